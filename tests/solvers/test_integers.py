"""C integer expressions have the value in Z3 that C gives them, and are undefined where C leaves them undefined."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
import z3

from transpile.c.constants import integer_of
from transpile.c.parse import parse_text
from transpile.c.printing import text
from transpile.c.tree import Assign, Constant, Expression, Index, Return, Variable
from transpile.c.types import CType
from transpile.c.walking import substitute, variables, walk
from transpile.solvers.integers import Integers, NoInteger, value_range

TYPES = {"i": "int", "u": "unsigned", "l": "long", "z": "unsigned long", "s": "short", "c": "unsigned char"}
HEADER = ", ".join(f"{type} {name}" for name, type in TYPES.items())
OPERATORS = (*("+", "-", "*") * 8, *("<", "<=", ">", ">=", "==", "!=", "&&", "||"))
INTERESTING = (0, 1, -1, 2, 7, 255, 256, 2**31 - 1, -(2**31), 2**32 - 1, 2**63 - 1, -(2**63), 2**64 - 1)


def random_text(draw: random.Random, depth: int) -> str:
    if depth == 0 or draw.random() < 0.15:
        return draw.choice([*TYPES, "0", "1", "3", "255", "16u", "2l", "5ul", "-7"])
    a, b = random_text(draw, depth - 1), random_text(draw, depth - 1)
    return draw.choice(
        [
            *(
                f"({a} {operator} {b})"
                for operator in (*("+", "-", "*") * 8, "<", "<=", ">", ">=", "==", "!=", "&&", "||")
            ),
            *(f"({a} {operator} {draw.choice(['1', '2', '3', '16', '256u', '-3'])})" for operator in "/%"),
            f"({a} >> {draw.randrange(16)})",
            f"((unsigned){a} << {draw.randrange(8)})",
            f"(-{a})",
            f"(~{a})",
            f"(!{a})",
            f"({a} ? {b} : {a})",
            f"(({draw.choice([*TYPES.values(), '_Bool'])}){a})",
        ]
    )


def expressions(seed: int, count: int) -> Iterator[Expression]:
    draw = random.Random(seed)
    lines = "\n".join(f"r = {random_text(draw, 3)};" for _ in range(count))
    unit = parse_text(f"void f({HEADER}) {{ long r;\n{lines}\n}}")
    yield from (node.value for node in walk(unit.functions[0].body) if isinstance(node, Assign))


def chosen(draw: random.Random, type: CType) -> int:
    low, high = value_range(type)
    values = [value for value in (*INTERESTING, draw.randrange(-9, 9), low, high, high - 1) if low <= value <= high]
    return draw.choice(values)


def constants(expression: Expression, draw: random.Random) -> dict[Variable, Constant]:
    return {
        one: Constant(span=expression.span, type=one.type, value=(number := chosen(draw, one.type)), text=str(number))
        for one in variables(expression)
    }


@pytest.mark.parametrize("seed", range(3))
def test_values_are_those_of_c(seed: int) -> None:
    draw = random.Random(seed)
    undefined = 0
    for expression in expressions(seed, 60):
        for _ in range(4):
            values = constants(expression, draw)
            expected = integer_of(substitute(expression, values))
            integers = Integers()
            result = integers.value(expression)
            solver = z3.Solver()
            solver.set(rlimit=2_000_000)
            solver.add(*integers.facts, *(value == values[v].value for v, value in integers.variables.items()))
            assert solver.check() == z3.sat
            solver.add(*(one.condition for one in integers.defined))
            if expected is None:
                undefined += 1
                assert solver.check() == z3.unsat, text(expression)
            else:
                assert solver.check() == z3.sat, text(expression)
                solver.add(result != expected)
                assert solver.check() == z3.unsat, text(expression)
    assert undefined > 5


@pytest.mark.parametrize("written", ["x * 1.5 > 2", "p[0] + 1", "g()", "x / y", "x << y", "*p"])
def test_what_has_no_value_is_said(written: str) -> None:
    unit = parse_text(f"int g(void);\nlong f(int x, int y, int *p) {{ return {written}; }}")
    value = next(node.value for node in walk(unit.functions[0].body) if isinstance(node, Return))
    assert value is not None
    with pytest.raises(NoInteger) as caught:
        Integers().value(value)
    assert caught.value.span.line == 2


def test_equal_opaque_expressions_have_equal_values() -> None:
    unit = parse_text("long f(int *p) { return p[0] - p[0]; }")
    value = next(node.value for node in walk(unit.functions[0].body) if isinstance(node, Return))
    assert value is not None
    integers = Integers()
    for node in walk(value):
        if isinstance(node, Index):
            integers.opaque[node] = integers.fresh("p[0]", node.type)
    solver = z3.Solver()
    solver.add(*integers.facts, integers.value(value) != 0)
    assert solver.check() == z3.unsat


BLOCKS = """static unsigned blocks(long long threads, unsigned size, unsigned most)
{
    const long long count = threads / size + (threads % size > 0);
    if (count <= (most ? most : 2147483647)) return (unsigned)count;
    if (!most) exit(1);
    return most;
}
"""


def test_functions_are_looked_into() -> None:
    unit = parse_text(f"#include <stdlib.h>\n{BLOCKS}int f(int n) {{ return blocks(n, 256, 7); }}")
    (found,) = [node.value for node in walk(unit.function("f").body) if isinstance(node, Return)]
    assert found is not None
    integers = Integers(functions={"blocks": unit.function("blocks")})
    value = integers.value(found)
    (n,) = (known for variable, known in integers.variables.items() if variable.name == "n")
    for number, blocks in ((1, 1), (256, 1), (257, 2), (0, 0), (1792, 7), (1793, 7), (2**31 - 1, 7)):
        solver = z3.Solver()
        solver.add(*integers.facts, n == number, value != blocks)
        assert solver.check() == z3.unsat, number


def test_what_a_function_changes_is_not_followed() -> None:
    unit = parse_text("int g(int n) { n = 2; return n; }\nint f(int n) { return g(n); }")
    (found,) = [node.value for node in walk(unit.function("f").body) if isinstance(node, Return)]
    assert found is not None
    with pytest.raises(NoInteger):
        Integers(functions={"g": unit.function("g")}).value(found)
