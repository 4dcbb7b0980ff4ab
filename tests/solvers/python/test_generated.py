"""Generated and mutated methods: the machine, with known inputs, agrees with Python, or says that it does not know."""

from __future__ import annotations

import random
import warnings

import pytest
from python_twice import WORK, executed, modelled, written
from test_methods import BLOCKS, BODIES, CONDITIONS, GIVEN

from transpile.solvers.storage.values import NoTerm

WHOLE = ["self.wholes.n1", "self.wholes.n2", "self.wholes.n3", "self.i", "self.j", "self.shared_bytes.s1"]
WHOLE += ["self.shared_bytes.s3", "self.line_area.l2", "self.tables.rows[self.i - 1].grid[self.j - 1]"]
WHOLE += ["self.shared_bytes.s5[self.i - 1]", "0", "1", "7", "-3", "100", "int(self.exacts.d1)"]
EXACT = ["self.exacts.d1", "self.exacts.d2", "self.exacts.d3", "self.shared_bytes.s2", "self.line_area.l5"]
EXACT += ['Decimal("0.5")', 'Decimal("-1.25")', 'Decimal("12")']
TEXT = ["self.texts.t1", "self.texts.t2", "self.shared_bytes.s4", "self.line_area.l1", "self.line_area.line_group"]
TEXT += ['"xyz"', '"AbC dE"', '"  "', "self.tables.rows[self.j - 1].tag", "self.shared_bytes.area(2, 5)"]
SEVEN, STAR, AB = 'Decimal("0.7")', '"*"', '"ab"'
PICTURES = ['"ZZ,ZZ9.99-"', '"$$$9.9"', '"9(4)CR"', '"-(5)9"']
ENDS = ['""', '"\\n"', '"-"']


class Writer:
    """Writes random Python of the kind that the emitter writes."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one(self, *choices: str) -> str:
        return self.random.choice(choices)

    def whole(self, depth: int = 2) -> str:
        if not depth or self.random.random() < 0.3:
            return self.one(*WHOLE)
        a, b = self.whole(depth - 1), self.number(depth - 1)
        return self.one(
            f"({a} {self.one('+', '-', '*')} {self.whole(depth - 1)})",
            f"{a} {self.one('//', '%')} {self.one('2', '7', '-3', '1000', 'self.j', 'self.wholes.n2')}",
            f"fit_int({b}, {self.one('1', '3', '5')}{self.signed()})",
            f"abs({a})",
            f"-{self.one(*WHOLE)}",
            f"int({b})",
            f"unscaled({b}, {self.one('0', '2', '3')})",
            f"integer({b})",
            f"fit_native({b}, {self.one('1', '2', '4')}{self.signed()})",
            f"({a} if {self.condition(0)} else {self.whole(depth - 1)})",
            f"{self.one('min', 'max')}({a}, {self.whole(depth - 1)})",
            f"len({self.text(depth - 1)})",
            f"compare({self.text(depth - 1)}, {self.text(depth - 1)})",
        )

    def signed(self) -> str:
        return self.one("", ", signed=False")

    def exact(self, depth: int = 2) -> str:
        if not depth or self.random.random() < 0.3:
            return self.one(*EXACT)
        a, b = self.exact(depth - 1), self.number(depth - 1)
        return self.one(
            f"({a} {self.one('+', '-', '*')} {b})",
            f"{a} {self.one('//', '%')} {self.one('2', SEVEN)}",
            f"fit_decimal({b}, {self.one('3', '7')}, {self.one('1', '2', '4')}{self.signed()})",
            f"fit_rounded({b}, {self.one('3', '7')}, {self.one('1', '2', '4')}{self.signed()})",
            f"rounded({a}, {self.one('0', '1', '2')}, {self.rounding()!r})",
            f"divide({b}, {self.number(depth - 1)})",
            f"remainder({b}, {self.number(depth - 1)}, {self.one('0', '2')})",
            f"scaled({self.whole(depth - 1)}, {self.one('0', '2')})",
            f"power({b}, {self.one('0', '1', '2', '3')})",
            f"abs({a})",
        )

    def rounding(self) -> str:
        toward = ("TOWARD-GREATER", "TOWARD-LESSER", "AWAY-FROM-ZERO")
        return self.one("NEAREST-AWAY-FROM-ZERO", "NEAREST-EVEN", "NEAREST-TOWARD-ZERO", "TRUNCATION", *toward)

    def number(self, depth: int = 2) -> str:
        return self.whole(depth) if self.random.random() < 0.5 else self.exact(depth)

    def text(self, depth: int = 2) -> str:
        if not depth or self.random.random() < 0.3:
            return self.one(*TEXT)
        a = self.text(depth - 1)
        return self.one(
            f"({a} + {self.text(depth - 1)})",
            f"fit_text({a}, {self.one('2', '5', '9')})",
            f"fit_right({a}, {self.one('2', '5', '9')})",
            f"{self.one(*TEXT)}[{self.one('', '1', '-2')}:{self.one('', '2', '4')}]",
            f"{self.one(*TEXT)}[{self.one('0', 'self.i', 'self.i + 1')}]",
            f"{self.one(*TEXT)}.{self.one('ljust', 'rjust')}({self.one('3', '7')})",
            f"with_part({a}, {self.one('1', '2', 'self.i')}, {self.one(STAR, 'self.texts.t2')})",
            f"fill({self.one(AB, 'self.texts.t2')}, 5)",
            f"upper_case({a})",
            f"digits_text({self.number(depth - 1)}, {self.one('3', '5')}{self.one('', ', 2')})",
            f"show({self.number(depth - 1)}, 5, {self.one('0', '2')}, signed={self.one('True', 'False')})",
            f"edit({self.number(depth - 1)}, {self.one(*PICTURES)})",
        )

    def condition(self, depth: int = 2) -> str:
        inner = 1 if depth else 0
        relation = self.one("==", "!=", "<", "<=", ">", ">=")
        if depth and self.random.random() < 0.4:
            operator = self.one("and", "or")
            return f"({self.condition(depth - 1)} {operator} {self.one('', 'not ')}({self.condition(depth - 1)}))"
        return self.one(
            f"{self.number(inner)} {relation} {self.number(inner)}",
            f"{self.whole(inner)} <= {self.whole(0)} < {self.whole(inner)}",
            f"{self.text(inner)} {relation} {self.text(inner)}",
            f"{self.whole(inner)} {self.one('in', 'not in')} (1, 3, {self.whole(0)})",
            f"compare({self.text(inner)}, {self.text(inner)}) {relation} 0",
            f"is_alphabetic({self.text(inner)})",
            f'is_numeric_display({self.text(inner)}.encode("latin-1"))',
        )

    def statement(self, depth: int = 2) -> list[str]:
        if depth and self.random.random() < 0.5:
            return self.block(depth)
        return [self.assignment()]

    def assignment(self) -> str:
        return self.one(
            f"self.wholes.n2 = fit_int({self.number()}, 5)",
            f"self.{self.one('i', 'j')} = {self.whole()} % {self.one('3', '4', '5')} + 1",
            f"self.wholes.n1 {self.one('+', '-')}= {self.whole(1)}",
            f"self.exacts.d1 = fit_rounded({self.number()}, 7, 2)",
            f"self.exacts.d1 = fit_decimal({self.number()}, 7, 2)",
            f"self.exacts.d2 = rounded({self.exact()}, 4)",
            f"self.texts.t1 = fit_text({self.text()}, 6)",
            f"self.texts.t2 = fit_right({self.text()}, 3)",
            f"self.shared_bytes.s4 = {self.text()}",
            f"self.shared_bytes.s3 = {self.whole()}",
            f"self.shared_bytes.s2 = fit_decimal({self.number()}, 5, 2)",
            f"self.shared_bytes.s5[self.i - 1] = fit_int({self.number()}, 2)",
            f"self.line_area.line_group = {self.text()}",
            f"self.line_area.l5 = fit_decimal({self.number()}, 3, 1)",
            f"self.tables.rows[self.i - 1].grid[self.j - 1] = fit_int({self.whole()}, 4)",
            f"self.tables.rows[self.j - 1].tag = fit_text({self.text()}, 4)",
            f"print({self.text()}, {self.text(1)}, sep={self.one(*ENDS)})",
            f"print({self.text(1)}, self.shared_bytes.text, end={self.one(*ENDS[:2])})",
            f"local = {self.whole()}",
        )

    def block(self, depth: int) -> list[str]:
        inner = [f"    {line}" for line in self.body(depth - 1)]
        other = [f"    {line}" for line in self.body(depth - 1)]
        size_error = [f"    self.wholes.n1 = checked_int({self.number()}, 3)", "except SizeError:", *inner]
        blocks = [
            [f"if {self.condition()}:", *inner],
            [f"if {self.condition()}:", *inner, f"elif {self.condition()}:", *other, "else:", "    self.j = 1"],
            [f"if {self.condition()}:", "    self.j = 2", "else:", "    self.j = 1"],
            ["try:", *size_error, "else:", *other],
            ["with suppress(SizeError):", *inner, f"    self.wholes.n2 = checked_int({self.number()}, 2)"],
            [f"for n in range({self.one('2', '1, 4', '3, 0, -1', 'self.i, self.j')}):", *inner],
        ]
        return self.random.choice(blocks)

    def body(self, depth: int = 2) -> list[str]:
        return [line for _ in range(self.random.randint(1, 3)) for line in self.statement(depth)]


def agree(body: str) -> bool:
    """Whether the machine knows; and if it does, it must be right."""
    text = written(body)
    try:
        compile(text, "method", "exec")
        found = modelled(text, WORK, GIVEN, "12\nabc\n")
    except (NoTerm, SyntaxError):
        return False
    if found.how.endswith("without room"):
        return False
    expected = executed(text, "work", GIVEN, "12\nabc\n")
    if found.how == "error IndexError" and expected.how != found.how:
        return False
    assert (found.how, found.printed) == (expected.how, expected.printed), body
    assert found.how.startswith("error") or found.fields == expected.fields, body
    return True


@pytest.mark.parametrize("start", range(0, 120, 20))
def test_generated_methods_mean_what_they_do(start: int) -> None:
    known = sum(agree("\n".join(Writer(seed).body())) for seed in range(start, start + 20))
    assert known >= 8


WORDS = ["self.i", "self.j", "self.wholes.n1", "self.exacts.d1", "self.texts.t1", "0", "1", "True", "None", "'a'", "-"]
WORDS += ["+", "*", "//", "%", "==", "<", "not", "and", "or", "abs", "fit_int", "int", "print", "len", "(", ")", ","]


def mutated(body: str, random_: random.Random) -> str:
    """One word of ``body`` changed, left out or doubled."""
    words = body.replace("(", " ( ").replace(")", " ) ").replace(",", " , ").split(" ")
    at = random_.randrange(len(words))
    words[at : at + 1] = random_.choice([[], [random_.choice(WORDS)], [words[at], random_.choice(WORDS)]])
    return " ".join(words)


@pytest.mark.parametrize("seed", range(6))
def test_mutated_methods_mean_what_they_do_or_nothing(seed: int) -> None:
    random_ = random.Random(seed)
    bodies = [
        *BODIES.strip().splitlines(),
        *BLOCKS,
        *(f"if {each}:\n    self.j = 7" for each in CONDITIONS.split("\n")),
    ]
    for body in random_.sample(bodies, 40):
        text = mutated(body, random_)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                agree(text)
        except (AttributeError, TypeError, NameError) as error:
            pytest.fail(f"{text!r} raises {error!r} when it is run, and has a meaning")
