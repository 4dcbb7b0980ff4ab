"""Concrete values of terms, for refuting wrong equalities quickly.

A ``Program`` fixes the evaluation order of some terms once and then runs on many environments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from transpile.solvers.float_terms import compare_values, infinity
from transpile.solvers.term_pool import Term, postorder

LoadCallback: TypeAlias = Callable[[int, int, int], int]
"""``(version, address, nbytes) -> value``."""
ApplyCallback: TypeAlias = Callable[[str, int, tuple[int, ...]], int]
"""``(name, width, arguments) -> value``."""


def no_loads(version: int, address: int, nbytes: int) -> int:
    raise KeyError(f"no value for {nbytes} bytes at {address:#x} in memory {version}")


def no_functions(name: str, width: int, args: tuple[int, ...]) -> int:
    raise KeyError(f"no value for function {name}")


def evaluate(
    term: Term,
    env: Mapping[str, int],
    load: LoadCallback = no_loads,
    apply: ApplyCallback = no_functions,
) -> int:
    """The value of ``term`` with its variables as in ``env``."""
    return Program([term]).run(env, load, apply)[0]


class Program:
    """Evaluates the same terms on any number of environments."""

    def __init__(self, terms: Iterable[Term]) -> None:
        roots = list(terms)
        order = postorder(roots)
        index = {term: i for i, term in enumerate(order)}
        self._steps = [(term, [index[arg] for arg in term.args]) for term in order]
        self._roots = [index[term] for term in roots]
        self.names = {term.name: term.width for term in order if term.op == "var"}
        """The variables that an environment must have, with their widths."""

    def run(
        self, env: Mapping[str, int], load: LoadCallback = no_loads, apply: ApplyCallback = no_functions
    ) -> list[int]:
        """The values of the terms, in the order given."""
        values: list[int] = []
        for term, inputs in self._steps:
            op = term.op
            if op == "const":
                value = term.value
            elif op == "var":
                value = env[term.name] & ((1 << term.width) - 1)
            elif op == "load":
                value = load(term.value, values[inputs[0]], term.width // 8) & ((1 << term.width) - 1)
            elif op == "apply":
                value = apply(term.name, term.width, tuple([values[i] for i in inputs])) & ((1 << term.width) - 1)
            else:
                value = _OPERATIONS[op](term, [values[i] for i in inputs])
            values.append(value)
        return [values[i] for i in self._roots]


def _signed(value: int, width: int) -> int:
    return value - (1 << width) if value >> (width - 1) else value


def _sum(term: Term, args: list[int]) -> int:
    total = term.value
    for arg, coef in zip(args, term.coefs, strict=True):
        total += arg * coef
    return total & ((1 << term.width) - 1)


def _mul(term: Term, args: list[int]) -> int:
    product = 1
    for arg in args:
        product *= arg
    return product & ((1 << term.width) - 1)


def _and(term: Term, args: list[int]) -> int:
    result = args[0]
    for arg in args:
        result &= arg
    return result


def _or(term: Term, args: list[int]) -> int:
    result = 0
    for arg in args:
        result |= arg
    return result


def _xor(term: Term, args: list[int]) -> int:
    result = 0
    for arg in args:
        result ^= arg
    return result


def _concat(term: Term, args: list[int]) -> int:
    result = 0
    for part, value in zip(term.args, args, strict=True):
        result = result << part.width | value
    return result


def _ashr(term: Term, args: list[int]) -> int:
    return _signed(args[0], term.width) >> min(args[1], term.width) & ((1 << term.width) - 1)


def _sdiv(term: Term, args: list[int]) -> int:
    a, b = (_signed(arg, term.width) for arg in args)
    if b == 0:
        quotient = 1 if a < 0 else -1
    else:
        quotient = abs(a) // abs(b)
        if (a < 0) != (b < 0):
            quotient = -quotient
    return quotient & ((1 << term.width) - 1)


def _srem(term: Term, args: list[int]) -> int:
    a, b = (_signed(arg, term.width) for arg in args)
    if b == 0:
        return args[0]
    rest = abs(a) % abs(b)
    return (-rest if a < 0 else rest) & ((1 << term.width) - 1)


def _overflow(term: Term, result: int) -> int:
    half = 1 << (term.args[0].width - 1)
    return int(not -half <= result < half)


def _signed_args(term: Term, args: list[int]) -> tuple[int, int]:
    width = term.args[0].width
    return _signed(args[0], width), _signed(args[1], width)


def _less(term: Term, args: list[int]) -> int:
    a, b = _signed_args(term, args)
    return int(a < b)


_OPERATIONS: dict[str, Callable[[Term, list[int]], int]] = {
    "sum": _sum,
    "mul": _mul,
    "not": lambda t, a: ~a[0] & ((1 << t.width) - 1),
    "and": _and,
    "or": _or,
    "xor": _xor,
    "shl": lambda t, a: a[0] << a[1] & ((1 << t.width) - 1) if a[1] < t.width else 0,
    "lshr": lambda t, a: a[0] >> a[1],
    "ashr": _ashr,
    "concat": _concat,
    "extract": lambda t, a: a[0] >> t.value & ((1 << t.width) - 1),
    "zext": lambda t, a: a[0],
    "sext": lambda t, a: _signed(a[0], t.args[0].width) & ((1 << t.width) - 1),
    "eq": lambda t, a: int(a[0] == a[1]),
    "ult": lambda t, a: int(a[0] < a[1]),
    "slt": _less,
    "ite": lambda t, a: a[1] if a[0] else a[2],
    "udiv": lambda t, a: a[0] // a[1] if a[1] else (1 << t.width) - 1,
    "urem": lambda t, a: a[0] % a[1] if a[1] else a[0],
    "sdiv": _sdiv,
    "srem": _srem,
    "popcount": lambda t, a: a[0].bit_count() & ((1 << t.width) - 1),
    "lzcount": lambda t, a: (t.args[0].width - a[0].bit_length()) & ((1 << t.width) - 1),
    "scarry": lambda t, a: _overflow(t, sum(_signed_args(t, a))),
    "sborrow": lambda t, a: _overflow(t, _signed_args(t, a)[0] - _signed_args(t, a)[1]),
    "flt": lambda t, a: int(compare_values("flt", a[0], a[1], t.args[0].width)),
    "fle": lambda t, a: int(compare_values("fle", a[0], a[1], t.args[0].width)),
    "feq": lambda t, a: int(compare_values("feq", a[0], a[1], t.args[0].width)),
    "fnan": lambda t, a: int(a[0] > infinity(t.args[0].width + 1)),
}
