"""Forms written by hand, and the Python that they become."""

from __future__ import annotations

from decimal import Decimal

import pytest

from transpile.errors import UnsupportedError
from transpile.legacy.expressions import (
    Arithmetic,
    Both,
    Compare,
    Consists,
    Constant,
    Either,
    Expression,
    Fit,
    Load,
    Named,
    Not,
    Padded,
    Part,
    Place,
    Repeated,
)
from transpile.legacy.fields import Dimension, Field, Record, View
from transpile.legacy.statements import (
    Assign,
    Body,
    Function,
    If,
    Leave,
    Operation,
    Perform,
    Program,
    Statement,
    Store,
    While,
)
from transpile.legacy.types import Number, Text, Truth
from transpile.python.emitter import emit

ONE, NINE = Constant(1, Number(1)), Constant(9, Number(1))


def number(at: int, name: str, digits: int = 3, scale: int = 0, signed: bool = False, shared: bool = False) -> Field:
    type = Number(digits, scale, signed)
    return Field(at, (name,), name.upper(), type, View(0, digits, "display"), shared=shared)


def text(at: int, name: str, size: int, shared: bool = False, offset: int = 0) -> Field:
    return Field(at, (name,), name.upper(), Text(size), View(offset, size, "text"), shared=shared)


PRICE = Constant(Decimal("1.555"), Number(4, 3))
A, B, C = number(1, "a"), number(2, "b"), number(3, "c", 4)
NET = number(4, "net", 7, 2, signed=True)
NAME = text(5, "name", 10)
COUNTS = Field(6, ("counts",), "COUNTS", Number(3), View(0, 3, "display"), dimensions=(Dimension(9, 3),), shared=False)
TABLE = Field(7, ("table",), "TABLE", None, View(0, 27, "text"), members=(COUNTS,))
DIRTY = number(9, "dirty", shared=True)
AREA = Field(8, ("area",), "AREA", None, View(0, 3, "text"), members=(DIRTY,), shared=True, initial=b"000")


def load(field: Field, *subscripts: Expression) -> Load:
    return Load(Place(field, subscripts))


def emitted(*body: Statement, functions: tuple[Function, ...] = ()) -> str:
    records = tuple(Record(root) for root in (A, B, C, NET, NAME, TABLE, AREA))
    main = Function(("run",), "RUN", (*body, Leave()))
    return emit(Program(("sample",), "SAMPLE", records, (main, *functions), ("run",), "default")).text


def lines(*body: Statement) -> list[str]:
    """What the body becomes."""
    made = emitted(*body).partition("def run(self) -> None:\n")[2].partition("\n\n")[0]
    return [line.removeprefix("        ") for line in made.splitlines()]


def add(target: Field, left: Expression, right: Expression) -> Assign:
    assert isinstance(target.type, Number)
    return Assign(Place(target), Fit(Arithmetic("+", left, right), target.type))


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (add(C, load(A), load(B)), "self.c = self.a + self.b"),
        (add(A, load(A), load(B)), "self.a = (self.a + self.b) % 1000"),
        (add(C, load(A), load(DIRTY)), "self.c = fit_int(self.a + self.area.dirty, 4, signed=False)"),
        (
            Assign(Place(A), Fit(Arithmetic("-", load(A), load(B)), Number(3))),
            "self.a = abs(self.a - self.b)",
        ),
        (Assign(Place(A), Fit(Arithmetic("/", load(C), NINE), Number(4))), "self.a = self.c // 9"),
        (
            Assign(Place(NET), Fit(Constant(Decimal("1.555"), Number(4, 3)), Number(7, 2, True))),
            'self.net = Decimal("1.55")',
        ),
        (
            Assign(Place(NET), Fit(load(NET), Number(7, 2, True), "half-up")),
            "self.net = self.net",
        ),
        (
            Assign(Place(NET), Fit(Arithmetic("*", load(NET), load(NET)), Number(7, 2, True), "half-up")),
            "self.net = fit_rounded(self.net * self.net, 7, 2)",
        ),
        (Assign(Place(NAME), Padded(Constant("AB", Text(2)), Text(10))), 'self.name = "AB        "'),
        (Assign(Place(NAME), Repeated(Constant(" ", Text(1)), Text(10))), 'self.name = " " * 10'),
        (
            Assign(Part(Place(NAME), Constant(2, Number(1)), Constant(3, Number(1))), Constant("xyz", Text(3))),
            'self.name = with_part(self.name, 2, "xyz")',
        ),
        (
            Assign(Place(COUNTS, (load(A),)), Fit(Arithmetic("+", load(COUNTS, load(A)), ONE), Number(4))),
            "self.table.counts[self.a - 1] += 1",
        ),
        (Perform(("other",)), "self.other()"),
        (Operation("display", (Constant("A=", Text(2)), load(A))), 'print(f"A={self.a:03d}")'),
    ],
)
def test_a_statement_is_one_line(statement: Statement, expected: str) -> None:
    other = Function(("other",), "OTHER", ())
    made = emitted(statement, functions=(other,)).partition("def run(self) -> None:\n")[2].partition("\n\n")[0]
    assert made.strip() == expected


def counting(*body: Statement) -> Body:
    step = Assign(Place(A), Fit(Arithmetic("+", load(A), ONE), Number(3)))
    return Assign(Place(A), ONE), While(Not(Compare(">", load(A), NINE)), (*body, step))


def test_a_loop_whose_counter_nobody_sees_is_a_for() -> None:
    assert lines(*counting(Assign(Place(B), load(A)))) == ["for a in range(1, 10):", "    self.b = a"]


def test_a_counter_that_is_seen_later_stays_a_field() -> None:
    made = lines(*counting(Assign(Place(B), load(A))), Assign(Place(B), load(A)))
    assert made[:2] == ["self.a = 1", "while self.a <= 9:"]


def test_a_counter_that_the_loop_changes_stays_a_field() -> None:
    assert lines(*counting(Assign(Place(A), NINE)))[1] == "while self.a <= 9:"


def test_a_counter_without_room_for_its_end_stays_a_field() -> None:
    step = Assign(Place(A), Fit(Arithmetic("+", load(A), ONE), Number(3)))
    loop = While(Compare("<=", load(A), Constant(999, Number(3))), (Assign(Place(B), load(A)), step))
    assert lines(Assign(Place(A), ONE), loop)[1] == "while self.a <= 999:"


def test_what_may_not_fit_is_tried() -> None:
    store = Store(((Place(A), Arithmetic("+", load(A), load(B)), "down"),), (Assign(Place(B), ONE),))
    assert lines(store) == [
        "try:",
        "    self.a = checked_int(self.a + self.b, 3, signed=False)",
        "except SizeError:",
        "    self.b = 1",
    ]


def test_what_fits_is_not_tried() -> None:
    store = Store(((Place(C), Arithmetic("+", load(A), load(B)), "down"),), (Assign(Place(B), ONE),))
    assert lines(store) == ["self.c = self.a + self.b"]


def test_a_remainder_goes_where_the_quotient_says() -> None:
    """The subscript of the second place is the first result."""
    results = (
        (Place(A), Arithmetic("/", load(C), load(B)), "down"),
        (Place(COUNTS, (load(A),)), Arithmetic("-", load(C), load(A)), "down"),
    )
    made = lines(Store(results))  # type: ignore[arg-type]
    assert made.index("    self.a = new_1") < made.index("    self.table.counts[self.a - 1] = new_2")


def test_conditions_are_a_chain() -> None:
    chain = If(
        Compare("==", load(A), ONE), (Perform(("run",)),), (If(Compare("<", load(A), NINE), (Perform(("run",)),)),)
    )
    made = lines(chain)
    assert made[0] == "if self.a == 1:"
    assert made[2] == "elif self.a < 9:"


def test_what_has_no_python_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedError, match="generate"):
        emitted(Operation("generate"))


def test_only_what_is_used_is_beside_it() -> None:
    main = Function(("run",), "RUN", (Assign(Place(A), ONE),))
    made = emit(Program(("sample",), "SAMPLE", (Record(A),), (main,), ("run",), "default"))
    assert set(made.files) == {"sample.py", "cobol_rules.py"}
    assert "def fit_int" not in made.files["cobol_rules.py"]


def test_a_record_that_is_shorter_than_what_lies_over_it_is_a_part_of_the_area() -> None:
    short, long = text(20, "short", 3, shared=True), text(21, "long", 5, shared=True)
    group = Field(22, ("group",), "GROUP", None, View(0, 3, "text"), members=(short,), shared=True)
    body = (Assign(Place(group), Padded(Constant("AB", Text(2)), Text(3))),)
    main = Function(("run",), "RUN", body)
    made = emit(Program(("sample",), "SAMPLE", (Record(group, (long,)),), (main,), ("run",), "default")).text
    assert "SIZE = 5" in made
    assert "value = Text(0, 3)" in made
    assert 'self.group.value = "AB"' in made


def test_a_part_from_a_place_that_varies_is_filled_to_the_end_of_its_field() -> None:
    part = Part(Place(NAME), load(A))
    padded = Assign(part, Padded(load(NAME), Text(None)))
    assert lines(padded) == ["self.name = with_part(self.name, self.a, fit_text(self.name, 11 - self.a))"]


def equal(field: Field, value: str) -> Compare:
    return Compare("==", load(field), Constant(value, Text(len(value))))


def ranging(low: int, high: int) -> Both:
    bounds = (Constant(low, Number(1)), Constant(high, Number(1)))
    return Both((Compare(">=", load(A), bounds[0]), Compare("<=", load(A), bounds[1])))


ABC = Either((equal(NAME, "AB"), equal(NAME, "C"), equal(NAME, "AB")))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (ABC, 'self.name in ("AB        ", "C         ")'),
        (Not(ABC), 'self.name not in ("AB        ", "C         ")'),
        (Either((Compare("==", load(A), ONE), ABC)), 'self.a == 1 or self.name in ("AB        ", "C         ")'),
        (ranging(2, 5), "2 <= self.a <= 5"),
        (Not(ranging(2, 5)), "not 2 <= self.a <= 5"),
        (Both((ranging(2, 5), Compare("==", load(B), ONE))), "2 <= self.a <= 5 and self.b == 1"),
        (Not(Both((Compare("==", load(A), ONE), Compare("<", load(B), ONE)))), "self.a != 1 or self.b >= 1"),
        (
            Either((Compare("==", load(A), ONE), Both((Compare("==", load(B), ONE), Compare("==", load(C), ONE))))),
            "self.a == 1 or (self.b == 1 and self.c == 1)",
        ),
        (Both((Compare(">", load(A), load(B)), Compare("<", load(A), load(C)))), "self.b < self.a < self.c"),
        (Both((Compare(">", load(A), ONE), Compare("<", load(B), NINE))), "self.a > 1 and self.b < 9"),
        (Either((Compare("==", load(A), load(B)), Compare("==", load(A), ONE))), "self.a == self.b or self.a == 1"),
    ],
)
def test_conditions_read_as_a_programmer_writes_them(condition: Expression, expected: str) -> None:
    assert lines(If(condition, (Perform(("run",)),)))[0] == f"if {expected}:"


def test_a_class_is_not_turned_round() -> None:
    """Sets that are not within another are not larger than it."""
    body = (If(Not(Consists(load(NAME), "vowels")), (Perform(("run",)),)),)
    classes = (("vowels", frozenset("AEIOU")),)
    main = Function(("run",), "RUN", body)
    made = emit(Program(("s",), "S", (Record(NAME),), (main,), ("run",), "default", classes=classes)).text
    assert "if not set(self.name) <= CLASS_VOWELS:" in made


def test_a_condition_with_a_name_is_a_property() -> None:
    named = Named(("is", "one"), A, Compare("==", load(A), ONE))
    assert lines(If(named, (Perform(("run",)),)))[0] == "if self.is_one:"
    made = emitted(If(Not(named), (Perform(("run",)),)))
    assert "    @property\n    def is_one(self) -> bool:\n        return self.a == 1\n" in made
    assert "if not self.is_one:" in made


def test_a_condition_of_an_area_is_a_property_of_its_class() -> None:
    named = Named(("dirty",), DIRTY, Compare("==", load(DIRTY), ONE))
    made = emitted(If(named, (Perform(("run",)),)))
    assert "    def is_dirty(self) -> bool:\n        return self.dirty == 1\n" in made
    assert "if self.area.is_dirty:" in made


def test_a_condition_of_an_element_that_has_no_class_is_written_out() -> None:
    named = Named(("used",), COUNTS, Compare("==", load(COUNTS, load(A)), ONE))
    assert lines(If(named, (Perform(("run",)),)))[0] == "if self.table.counts[self.a - 1] == 1:"


def test_a_condition_of_an_element_with_a_class_is_its_property() -> None:
    rows = (Dimension(4, 3),)
    code = Field(31, ("code",), "CODE", Number(3), View(0, 3, "display"), dimensions=rows)
    row = Field(30, ("row",), "ROW", None, View(0, 3, "text"), dimensions=rows, members=(code,))
    top = Field(32, ("rows",), "ROWS", None, View(0, 12, "text"), members=(row,))
    named = Named(("used",), code, Compare("==", load(code, load(A)), ONE))
    main = Function(("run",), "RUN", (If(named, (Perform(("run",)),)),))
    made = emit(Program(("s",), "S", (Record(A), Record(top)), (main,), ("run",), "default")).text
    assert "if self.rows.row[self.a - 1].used:" in made
    assert "        return self.code == 1\n" in made


def test_nested_conditions_are_one() -> None:
    inner = If(Compare("==", load(B), ONE), (Perform(("run",)),))
    assert lines(If(Compare("==", load(A), ONE), (inner,)))[0] == "if self.a == 1 and self.b == 1:"


def test_a_counter_that_nobody_looks_at_has_no_name() -> None:
    assert lines(*counting(Perform(("run",))))[0] == "for _ in range(1, 10):"


def displayed(*values: Expression | str) -> list[str]:
    return lines(
        Operation(
            "display", tuple(Constant(each, Text(len(each))) if isinstance(each, str) else each for each in values)
        )
    )


def test_a_display_of_several_values_is_one_text() -> None:
    assert displayed("A ", load(A), " {", load(NAME), "}") == ['print(f"A {self.a:03d} {{{self.name}}}")']


def test_a_long_one_has_several_lines() -> None:
    made = displayed(*(part for at in range(5) for part in (f"WHAT THERE IS IN {at}: ", load(NAME), " ")))
    assert made[0] == "print("
    assert all(line.startswith('    f"WHAT') and len(line) < 112 for line in made[1:-1])
    assert made[-1] == ")"


def test_classes_of_the_same_name_have_that_of_their_program() -> None:
    def program(name: str, *inner: Program) -> Program:
        main = Function(("run",), "RUN", (Assign(Place(COUNTS, (ONE,)), ONE),))
        table = Field(7, ("table",), "TABLE", None, View(0, 27, "text"), members=(COUNTS,))
        return Program((name,), name.upper(), (Record(table),), (main,), ("run",), "default", programs=inner)

    made = emit(program("outside", program("inside"))).text
    assert "class InsideTable:" in made
    assert "class OutsideTable:" in made


def test_constants_stand_on_the_right() -> None:
    assert lines(If(Compare("<", ONE, load(A)), (Perform(("run",)),)))[0] == "if self.a > 1:"


def test_what_says_nothing_is_left_out() -> None:
    true = Constant(True, Truth())
    assert lines(If(Both((true, Compare("==", load(A), ONE))), (Perform(("run",)),)))[0] == "if self.a == 1:"
    assert lines(If(Either((true, Compare("==", load(A), ONE))), (Perform(("run",)),)))[0] == "if True:"


def test_quotes_in_a_text_stand_in_the_other_ones() -> None:
    assert displayed('A "', load(NAME), '"') == ["""print(f'A "{self.name}"')"""]


def test_a_small_decimal_has_no_exponent() -> None:
    small = Field(40, ("small",), "SMALL", Number(13, 8), View(0, 13, "display"), initial=0)
    main = Function(("run",), "RUN", (Assign(Place(A), ONE),))
    made = emit(Program(("s",), "S", (Record(A), Record(small)), (main,), ("run",), "default")).text
    assert 'small: Decimal = Decimal("0.00000000")' in made
