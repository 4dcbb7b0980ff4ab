"""Z3 as the arbiter for what normalisation leaves open; the only module that talks to it.

``check_valid`` asks whether goals follow from assumptions, for all values of variables, memories and uninterpreted
functions. It never guesses: ``Valid`` is Z3's ``unsat``; a ``Model`` has been evaluated and does violate a goal; all
else is ``GaveUp``. Effort is bounded by ``rlimit``, never by time.

Loads and function results are free variables at first; that they depend on the address and the arguments is added only
where a model breaks it, so most queries are plain bit-vectors.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import z3
from z3 import z3core as core

from transpile.solvers import term_pool
from transpile.solvers import terms as t
from transpile.solvers.float_terms import expand
from transpile.solvers.terms import FALSE, TRUE, Program, Term, float_lemmas, postorder

MEMORY_MB = 2048
_ROUNDS = 60
"""How often a model may break a dependency before the query is given up."""
_SAMPLES = 12
_QUERIES_PER_CONTEXT = 500


@dataclass(frozen=True, slots=True)
class Valid:
    """Every goal holds under the assumptions."""

    rlimit: int = 0


@dataclass(frozen=True, slots=True)
class GaveUp:
    """No answer within the limits."""

    reason: str
    rlimit: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """A counterexample: variables, bytes of each memory version, function values. What is not listed is 0."""

    env: dict[str, int] = field(default_factory=dict)
    memory: dict[tuple[int, int], int] = field(default_factory=dict)
    """``(version, address) -> byte``."""
    functions: dict[tuple[str, tuple[int, ...]], int] = field(default_factory=dict)
    rlimit: int = 0

    def load(self, version: int, address: int, nbytes: int) -> int:
        mask = (1 << 64) - 1
        return sum(self.memory.get((version, address + i & mask), 0) << 8 * i for i in range(nbytes))

    def apply(self, name: str, width: int, args: tuple[int, ...]) -> int:
        return self.functions.get((name, args), 0)

    def values(self, terms: Iterable[Term]) -> list[int]:
        """The values of ``terms`` in this model."""
        program = Program(terms)
        env = {name: self.env.get(name, 0) for name in program.names}
        return program.run(env, self.load, self.apply)

    def satisfies(self, term: Term) -> bool:
        return self.values([term])[0] == 1


Answer: TypeAlias = Valid | Model | GaveUp
Lemmas: TypeAlias = Callable[[list[Term]], list[Term]]


def check_valid(
    assumptions: Sequence[Term], goals: Sequence[Term], rlimit: int, lemmas: Lemmas = float_lemmas
) -> Answer:
    """Do all ``goals`` hold wherever ``assumptions`` do? ``lemmas`` adds true facts about the functions that occur."""
    goals = [goal for goal in goals if goal is not TRUE]
    if not goals or any(fact is FALSE for fact in assumptions):
        return Valid()
    facts = [fact for fact in [*assumptions, *lemmas([*assumptions, *goals])] if fact is not TRUE]
    sample = _sample(facts, goals)
    if sample is not None:
        return sample
    used = 0
    failure = ""
    for goal in goals:
        answer = _Query(facts, goal).solve(rlimit - used)
        used += answer.rlimit
        if isinstance(answer, Model):
            return Model(answer.env, answer.memory, answer.functions, used)
        if isinstance(answer, GaveUp):
            failure = failure or answer.reason
            if used >= rlimit:
                break
    return GaveUp(failure, used) if failure else Valid(used)


def _sample(facts: list[Term], goals: list[Term]) -> Model | None:
    """A counterexample among a few random states, always the same ones."""
    program = Program([*facts, *goals])
    generator = random.Random(len(goals))
    for _ in range(_SAMPLES):
        model = _RandomModel(generator)
        env = {name: model.draw(width) for name, width in program.names.items()}
        values = program.run(env, model.load, model.apply)
        if all(values[: len(facts)]) and not all(values[len(facts) :]):
            return Model(env, model.memory, model.functions)
    return None


class _RandomModel:
    """Invents memory and function values on demand and remembers them."""

    def __init__(self, generator: random.Random) -> None:
        self.generator = generator
        self.memory: dict[tuple[int, int], int] = {}
        self.functions: dict[tuple[str, tuple[int, ...]], int] = {}

    def draw(self, width: int) -> int:
        generator = self.generator
        value = generator.getrandbits(width)
        kind = generator.randrange(8)
        if kind == 0:
            return value & 0xFF
        if kind == 1:
            return -(value & 0xFF) & ((1 << width) - 1)
        if kind == 2:
            return (1 << (width - 1)) - (value & 1)
        return value

    def load(self, version: int, address: int, nbytes: int) -> int:
        result = 0
        for i in range(nbytes):
            key = (version, address + i & ((1 << 64) - 1))
            byte = self.memory.get(key)
            if byte is None:
                byte = self.memory[key] = self.generator.getrandbits(8)
            result |= byte << 8 * i
        return result

    def apply(self, name: str, width: int, args: tuple[int, ...]) -> int:
        value = self.functions.get((name, args))
        if value is None:
            value = self.functions[name, args] = self.draw(width)
        return value


class _Query:
    """One goal under some facts."""

    def __init__(self, facts: list[Term], goal: Term) -> None:
        self.encoder = _encoder()
        self.facts = facts
        self.goal = goal
        order = postorder([*facts, goal])
        self.loads = [term for term in order if term.op == "load"]
        self.applications = [term for term in order if term.op == "apply"]
        self.variables = [term for term in order if term.op == "var"]
        self.known: set[tuple[Term, Term, int]] = set()

    def solve(self, rlimit: int) -> Answer:
        encoder = self.encoder
        solver = z3.SolverFor("QF_BV", ctx=encoder.context)
        solver.set("max_memory", MEMORY_MB)
        for fact in [*self.facts, *self._overlaps()]:
            encoder.add(solver, fact)
        encoder.add(solver, t.bnot(self.goal))
        start = encoder.spent(solver)
        used = 0
        try:
            for _ in range(_ROUNDS):
                if used >= rlimit:
                    return GaveUp("out of resources", used)
                solver.set("rlimit", rlimit - used)
                result = solver.check()
                used = encoder.spent(solver) - start
                if result == z3.unsat:
                    return Valid(used)
                if result != z3.sat:
                    return GaveUp(f"out of resources ({solver.reason_unknown()})", used)
                broken = self._broken(solver.model(), used)
                if isinstance(broken, Model):
                    return broken
                for fact in broken:
                    encoder.add(solver, fact)
        except z3.Z3Exception as error:
            _drop_encoder()
            return GaveUp(f"solver failed: {error}", max(used, 1))
        return GaveUp("too many dependencies between loads or functions", used)

    def _overlaps(self) -> list[Term]:
        """Loads from one memory at constant distances share bytes."""
        facts = []
        for i, a in enumerate(self.loads):
            for b in self.loads[:i]:
                if a.value == b.value and a.args[0].width == b.args[0].width:
                    distance = t.difference(a.args[0], b.args[0])
                    if distance is not None:
                        facts += self._shared(a, b, distance)
        return facts

    def _shared(self, a: Term, b: Term, distance: int) -> list[Term]:
        """The fact that ``a`` and ``b``, with addresses ``distance`` apart, agree where they overlap."""
        size = 1 << a.args[0].width
        if distance >= size // 2:
            a, b, distance = b, a, size - distance
        width = min(b.width - 8 * distance, a.width)
        if width <= 0 or (a, b, distance) in self.known:
            return []
        self.known.add((a, b, distance))
        # Raw extraction: simplification would turn both sides into the same narrower load.
        high = term_pool.make("extract", width, (b,), 8 * distance) if width < b.width else b
        low = term_pool.make("extract", width, (a,), 0) if width < a.width else a
        same = high if high is low else term_pool.make("eq", 1, (high, low))
        offset = t.const(distance, a.args[0].width)
        apart = t.eq(a.args[0], t.add(b.args[0], offset))
        return [same if apart is TRUE else t.bor(t.bnot(apart), same)]

    def _broken(self, z3_model: Any, used: int) -> Model | list[Term]:
        """A genuine counterexample, or the dependencies that this one ignores."""
        encoder = self.encoder
        value = {term: encoder.value(z3_model, term) for term in [*self.loads, *self.applications]}
        memory: dict[tuple[int, int], tuple[int, Term, int]] = {}
        facts: list[Term] = []
        for term in self.loads:
            address = encoder.value(z3_model, term.args[0])
            for i in range(term.width // 8):
                place = (term.value, address + i & ((1 << 64) - 1))
                byte = value[term] >> 8 * i & 0xFF
                other = memory.setdefault(place, (byte, term, i))
                if other[0] != byte:
                    distance = (other[2] - i) & ((1 << term.args[0].width) - 1)
                    facts += self._shared(term, other[1], distance)
        functions: dict[tuple[str, tuple[int, ...]], tuple[int, Term]] = {}
        for term in self.applications:
            args = tuple([encoder.value(z3_model, arg) for arg in term.args])
            known = functions.setdefault((term.name, args), (value[term], term))
            if known[0] != value[term] and known[1].width == term.width:
                equal = [t.eq(a, b) for a, b in zip(term.args, known[1].args, strict=True)]
                facts.append(t.bor(t.bnot(t.bitwise("and", [TRUE, *equal])), t.eq(term, known[1])))
        if facts:
            return facts
        env = {term.name: encoder.value(z3_model, term) for term in self.variables}
        bytes_of = {place: entry[0] for place, entry in memory.items()}
        results = {key: entry[0] for key, entry in functions.items()}
        model = Model(env, bytes_of, results, used)
        values = model.values([*self.facts, self.goal])
        if not all(values[:-1]) or values[-1]:
            raise z3.Z3Exception("a model does not replay")
        return model


class Encoder:
    """Terms as Z3 expressions of one context. Width-1 terms become Z3 booleans."""

    def __init__(self) -> None:
        self.context = z3.Context()
        self.ref = self.context.ref()
        self.generation = term_pool.generation()
        self.queries = 0
        self.cache: dict[Term, Any] = {}
        self.sorts: dict[int, Any] = {}
        self.one = self.constant(1, 1)
        self.zero = self.constant(0, 1)

    def keep(self, ast: Any) -> Any:
        core.Z3_inc_ref(self.ref, ast)
        return ast

    def sort(self, width: int) -> Any:
        sort = self.sorts.get(width)
        if sort is None:
            sort = self.sorts[width] = core.Z3_mk_bv_sort(self.ref, width)
            core.Z3_inc_ref(self.ref, core.Z3_sort_to_ast(self.ref, sort))
        return sort

    def constant(self, value: int, width: int) -> Any:
        if width <= 64:
            return self.keep(core.Z3_mk_unsigned_int64(self.ref, value, self.sort(width)))
        return self.keep(core.Z3_mk_numeral(self.ref, str(value), self.sort(width)))

    def variable(self, name: str, width: int) -> Any:
        symbol = core.Z3_mk_string_symbol(self.ref, f"{name}:{width}")
        return self.keep(core.Z3_mk_const(self.ref, symbol, self.sort(width)))

    def add(self, solver: Any, fact: Term) -> None:
        core.Z3_solver_assert(self.ref, solver.solver, self.encode(fact))

    def spent(self, solver: Any) -> int:
        statistics = solver.statistics()
        keys = statistics.keys()
        return int(statistics.get_key_value("rlimit count")) if "rlimit count" in keys else 0

    def value(self, model: Any, term: Term) -> int:
        if term.op == "const":
            return term.value
        ast = self.encode(term)
        expr = z3.BoolRef(ast, self.context) if term.width == 1 else z3.BitVecRef(ast, self.context)
        result = model.eval(expr, model_completion=True)
        return int(z3.is_true(result)) if term.width == 1 else int(result.as_long())

    def expression(self, term: Term) -> Any:
        """``term`` as a Z3 bit-vector expression."""
        self.encode(term)
        return z3.BitVecRef(self.bits(term), self.context)

    def encode(self, term: Term) -> Any:
        cache = self.cache
        found = cache.get(term)
        if found is not None:
            return found
        for sub in postorder([term]):
            if sub not in cache:
                cache[sub] = self._encode(sub)
        return cache[term]

    def bits(self, term: Term) -> Any:
        """The bit-vector of an already encoded term."""
        ast = self.cache[term]
        return self.keep(core.Z3_mk_ite(self.ref, ast, self.one, self.zero)) if term.width == 1 else ast

    def truth(self, bit: Any) -> Any:
        """The boolean of a 1-bit vector."""
        return self.keep(core.Z3_mk_eq(self.ref, bit, self.one))

    def _encode(self, term: Term) -> Any:
        op, width = term.op, term.width
        if op in ("flt", "fle", "feq", "fnan"):
            return self.encode(expand(term))
        if width == 1 and op in _BOOLEAN:
            return self.keep(_BOOLEAN[op](self, term, [self.cache[arg] for arg in term.args]))
        if op in ("eq", "ult", "slt"):
            a, b = (self.bits(arg) for arg in term.args)
            return self.keep(_COMPARE[op](self.ref, a, b))
        ast = self.keep(_VECTOR[op](self, term))
        return self.truth(ast) if width == 1 else ast

    def chain(self, build: Callable[..., Any], asts: Sequence[Any]) -> Any:
        result = asts[0]
        for ast in asts[1:]:
            result = self.keep(build(self.ref, result, ast))
        return result


_current: list[Encoder] = []


def _encoder() -> Encoder:
    """The context in use; a fresh one after each reset of the terms, so that no proof depends on earlier functions."""
    if _current:
        encoder = _current[0]
        encoder.queries += 1
        if encoder.generation == term_pool.generation() and encoder.queries < _QUERIES_PER_CONTEXT:
            return encoder
        _current.clear()
    _current.append(Encoder())
    return _current[0]


def _drop_encoder() -> None:
    _current.clear()


def _n_ary(build: Callable[..., Any]) -> Callable[[Encoder, Term, list[Any]], Any]:
    def encode(e: Encoder, term: Term, asts: list[Any]) -> Any:
        return build(e.ref, len(asts), (core.Ast * len(asts))(*asts))

    return encode


_BOOLEAN: dict[str, Callable[[Encoder, Term, list[Any]], Any]] = {
    "const": lambda e, term, asts: core.Z3_mk_true(e.ref) if term.value else core.Z3_mk_false(e.ref),
    "not": lambda e, term, asts: core.Z3_mk_not(e.ref, asts[0]),
    "and": _n_ary(core.Z3_mk_and),
    "or": _n_ary(core.Z3_mk_or),
    "xor": lambda e, term, asts: e.chain(core.Z3_mk_xor, asts),
    "ite": lambda e, term, asts: core.Z3_mk_ite(e.ref, *asts),
}
_COMPARE: dict[str, Callable[..., Any]] = {
    "eq": core.Z3_mk_eq,
    "ult": core.Z3_mk_bvult,
    "slt": core.Z3_mk_bvslt,
}


def _binary(build: Callable[..., Any]) -> Callable[[Encoder, Term], Any]:
    return lambda e, term: e.chain(build, [e.bits(arg) for arg in term.args])


def _sum(e: Encoder, term: Term) -> Any:
    width = term.width
    total = e.constant(term.value, width) if term.value else None
    for arg, coef in zip(term.args, term.coefs, strict=True):
        ast = e.bits(arg)
        negative = coef >> (width - 1)
        factor = (1 << width) - coef if negative else coef
        if factor != 1:
            ast = e.keep(core.Z3_mk_bvmul(e.ref, e.constant(factor, width), ast))
        if total is None:
            total = e.keep(core.Z3_mk_bvneg(e.ref, ast)) if negative else ast
        else:
            total = e.keep((core.Z3_mk_bvsub if negative else core.Z3_mk_bvadd)(e.ref, total, ast))
    return total


def _popcount(e: Encoder, term: Term) -> Any:
    inner = term.args[0]
    ast = e.bits(inner)
    width = max(term.width, inner.width.bit_length())
    ones = []
    for i in range(inner.width):
        bit = e.keep(core.Z3_mk_extract(e.ref, i, i, ast))
        ones.append(e.keep(core.Z3_mk_zero_ext(e.ref, width - 1, bit)))
    total = e.chain(core.Z3_mk_bvadd, ones)
    return core.Z3_mk_extract(e.ref, term.width - 1, 0, total)


def _lzcount(e: Encoder, term: Term) -> Any:
    inner = term.args[0]
    ast = e.bits(inner)
    n = inner.width
    result = e.constant(n & ((1 << term.width) - 1), term.width)
    for i in range(n):
        bit = e.truth(e.keep(core.Z3_mk_extract(e.ref, i, i, ast)))
        count = e.constant(n - 1 - i & ((1 << term.width) - 1), term.width)
        result = e.keep(core.Z3_mk_ite(e.ref, bit, count, result))
    return result


def _overflow(build: Callable[..., Any]) -> Callable[[Encoder, Term], Any]:
    """Signed overflow of ``build``: one more bit, and see whether the two top bits differ."""

    def encode(e: Encoder, term: Term) -> Any:
        width = term.args[0].width
        a, b = (e.keep(core.Z3_mk_sign_ext(e.ref, 1, e.bits(arg))) for arg in term.args)
        result = e.keep(build(e.ref, a, b))
        top, next_bit = (e.keep(core.Z3_mk_extract(e.ref, i, i, result)) for i in (width, width - 1))
        return core.Z3_mk_bvxor(e.ref, top, next_bit)

    return encode


_VECTOR: dict[str, Callable[[Encoder, Term], Any]] = {
    "const": lambda e, term: e.constant(term.value, term.width),
    "var": lambda e, term: e.variable(term.name, term.width),
    "load": lambda e, term: e.variable(f"load {term.id}", term.width),
    "apply": lambda e, term: e.variable(f"apply {term.id}", term.width),
    "sum": _sum,
    "mul": _binary(core.Z3_mk_bvmul),
    "not": lambda e, term: core.Z3_mk_bvnot(e.ref, e.bits(term.args[0])),
    "and": _binary(core.Z3_mk_bvand),
    "or": _binary(core.Z3_mk_bvor),
    "xor": _binary(core.Z3_mk_bvxor),
    "shl": _binary(core.Z3_mk_bvshl),
    "lshr": _binary(core.Z3_mk_bvlshr),
    "ashr": _binary(core.Z3_mk_bvashr),
    "udiv": _binary(core.Z3_mk_bvudiv),
    "urem": _binary(core.Z3_mk_bvurem),
    "sdiv": _binary(core.Z3_mk_bvsdiv),
    "srem": _binary(core.Z3_mk_bvsrem),
    "concat": _binary(core.Z3_mk_concat),
    "extract": lambda e, term: core.Z3_mk_extract(e.ref, term.value + term.width - 1, term.value, e.bits(term.args[0])),
    "zext": lambda e, term: core.Z3_mk_zero_ext(e.ref, term.width - term.args[0].width, e.bits(term.args[0])),
    "sext": lambda e, term: core.Z3_mk_sign_ext(e.ref, term.width - term.args[0].width, e.bits(term.args[0])),
    "ite": lambda e, term: core.Z3_mk_ite(e.ref, e.cache[term.args[0]], e.bits(term.args[1]), e.bits(term.args[2])),
    "popcount": _popcount,
    "lzcount": _lzcount,
    "scarry": _overflow(core.Z3_mk_bvadd),
    "sborrow": _overflow(core.Z3_mk_bvsub),
}
