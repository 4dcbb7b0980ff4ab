"""What the machine does with inputs that are not known: paths, loops, keys, events."""

from __future__ import annotations

from pathlib import Path as FilePath

import pytest
import z3
from python_twice import WORK, probe, written

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file
from transpile.python.emitter import Module, emit
from transpile.restructure.program import restructure
from transpile.solvers.python.machine import PythonMachine
from transpile.solvers.storage.cells import layout_of
from transpile.solvers.storage.coding import Codings
from transpile.solvers.storage.steps import Answer, End, Event, Head, Path, Reached
from transpile.solvers.storage.storage import Storage, fresh
from transpile.solvers.storage.values import NoTerm, Number, Text, known

DATASET = FilePath(__file__).parents[3] / "datasets" / "cobol"


class Solver:
    def possible(self, conditions: tuple[z3.BoolRef, ...]) -> bool:
        return self._check(*conditions) != z3.unsat

    def certain(self, conditions: tuple[z3.BoolRef, ...], consequence: z3.BoolRef) -> bool:
        return self._check(*conditions, z3.Not(consequence)) == z3.unsat

    @staticmethod
    def _check(*conditions: z3.BoolRef) -> z3.CheckSatResult:
        solver = z3.Solver()
        solver.set("rlimit", 2_000_000)
        solver.add(*conditions)
        return solver.check()


def started(body: str) -> tuple[PythonMachine, list[Reached]]:
    correspondence = probe().classes[-1]
    machine = PythonMachine(written(body), correspondence)
    storage, path = _unknown(probe())
    return machine, machine.start(WORK, storage, path)


def _unknown(module: Module) -> tuple[Storage, Path]:
    storage, facts = fresh(layout_of(module.classes[-1].program), Codings(), "in")
    return storage, Path(Solver(), (facts,))


def field(reached: Reached, origin: str) -> z3.ArithRef:
    (found,) = [each for each in reached.storage.layout.places.values() if each.field.origin == origin]
    value = reached.storage.read(found.field)
    assert isinstance(value, Number)
    return value.units


def entails(reached: Reached, condition: z3.BoolRef) -> bool:
    return reached.path.certain(condition)


def test_a_choice_of_assignments_is_one_path() -> None:
    _, found = started("if self.i > 3:\n    self.j = 1\nelif self.i > 1:\n    self.j = 2\nelse:\n    self.j = 3")
    (reached,) = found
    i, j = field(reached, "I"), field(reached, "J")
    assert entails(reached, j == z3.If(i > 3, 1, z3.If(i > 1, 2, 3)))


def test_what_happens_on_one_way_only_makes_two_paths() -> None:
    _, found = started("if self.i > 3:\n    print('high')\nself.j = 1")
    assert [type(each.at) for each in found] == [Event, End]
    assert entails(found[0], field(found[0], "I") > 3)
    assert entails(found[1], field(found[1], "I") <= 3)
    assert entails(found[1], field(found[1], "J") == 1)


def test_paths_that_cannot_be_are_none() -> None:
    _, found = started("if self.i > 99:\n    print('high')\nif self.i < 0:\n    print('low')")
    assert [type(each.at) for each in found] == [End]


def test_an_index_that_may_be_outside_is_an_error_on_a_path_of_its_own() -> None:
    _, found = started("self.tables.rows[self.i - 1].tag = 'abcd'")
    wrong, right = found
    assert wrong.at == Event("error", "IndexError")
    assert entails(wrong, z3.Or(field(wrong, "I") < 1, field(wrong, "I") > 4))
    assert entails(right, z3.And(field(right, "I") >= 1, field(right, "I") <= 4))


def test_an_index_behind_its_test_is_no_error() -> None:
    _, found = started("if 1 <= self.i <= 4 and self.tables.rows[self.i - 1].tag == 'abcd':\n    self.j = 1")
    assert [type(each.at) for each in found] == [End]


def test_a_size_error_is_a_path_of_its_own() -> None:
    _, found = started("with suppress(SizeError):\n    self.i = checked_int(self.wholes.n1, 2)\nself.j = 5")
    assert [type(each.at) for each in found] == [End, End]
    wrong, right = found
    assert entails(wrong, field(wrong, "N1") > 99)
    assert entails(right, field(right, "I") == field(right, "N1"))
    assert all(entails(each, field(each, "J") == 5) for each in found)


def test_a_loop_comes_back_to_the_same_head() -> None:
    machine, (head,) = started("self.j = 0\nwhile self.i < 9:\n    self.i += 1\n    self.j += self.i\nself.j = 1")
    assert head.at == Head()
    again, out = machine.advance(head, Answer())
    assert again.at == Head() and again.key == head.key
    assert isinstance(out.at, End)
    assert entails(again, field(again, "I") == field(head, "I") + 1)
    assert entails(out, field(out, "I") >= 9)


def test_a_counting_loop_hides_its_counter_and_its_end() -> None:
    machine, (head,) = started("for n in range(self.i, self.i + self.j, 2):\n    self.wholes.n2 = n")
    assert isinstance(head.at, Head)
    first, stop = head.at.hidden
    assert entails(head, z3.And(first == field(head, "I"), stop == field(head, "I") + field(head, "J")))
    at, end = z3.Ints("at end")
    general = machine.with_hidden(head, (at, end))
    again, out = machine.advance(general, Answer())
    assert isinstance(again.at, Head) and again.key == head.key
    assert entails(again, z3.And(at < end, again.at.hidden[0] == at + 2, again.at.hidden[1] == end))
    assert entails(again, field(again, "N2") == at)
    assert entails(out, at >= end)


def test_loops_within_each_other_hide_all_counters() -> None:
    machine, (head,) = started("for n in range(3):\n    for m in range(self.j):\n        self.i = n")
    (inner, _) = machine.advance(machine.with_hidden(head, z3.Ints("n stop")), Answer())
    assert isinstance(inner.at, Head) and inner.key != head.key
    assert [str(each) for each in inner.at.hidden] == ["1 + n", "stop", "0", str(field(inner, "J")), "n"]


def test_a_constant_that_is_looked_at_is_part_of_the_key() -> None:
    body = "state = {}\nwhile self.i < 9:\n    self.i += 1\n    if state == 'a':\n        state = 'b'\nself.j = 1"
    machine, (head,) = started(body.format("'a'"))
    keys = {head.key}
    again = [each for each in machine.advance(head, Answer()) if isinstance(each.at, Head)]
    assert len(again) == 1 and again[0].key not in keys
    keys.add(again[0].key)
    assert all(each.key in keys for each in machine.advance(again[0], Answer()) if isinstance(each.at, Head))


def test_a_variable_that_nobody_looks_at_is_not() -> None:
    machine, (head,) = started("while self.i < 9:\n    local = self.i + 1\n    self.i = local")
    (again, _) = machine.advance(head, Answer())
    assert isinstance(again.at, Head)
    assert again.at.hidden == () and again.key == head.key


def test_a_variable_that_counts_is_hidden() -> None:
    body = "total = self.j\nwhile self.i < 9:\n    total = total + self.i\n    self.i += 1\nself.wholes.n2 = total"
    machine, (head,) = started(body)
    assert isinstance(head.at, Head) and len(head.at.hidden) == 1
    (total,) = z3.Ints("total")
    again, out = machine.advance(machine.with_hidden(head, (total,)), Answer())
    assert isinstance(again.at, Head)
    assert entails(again, again.at.hidden[0] == total + field(head, "I"))
    assert entails(out, field(out, "N2") == total)


@pytest.mark.parametrize(
    ("value", "use"),
    [
        ("self.texts.t2.encode('latin-1')", "is_numeric_display(kept)"),
        ("divide(self.i, self.j + 1)", "rounded(kept, 2) > 5"),
    ],
)
def test_what_a_variable_kept_before_a_loop_is_not_known_within(value: str, use: str) -> None:
    """Bytes, and the digits of a quotient that were cut."""
    body = f"kept = {value}\nwhile self.j < 9:\n    if {use}:\n        self.wholes.n2 = 1\n    self.j += 1"
    machine, (head,) = started(body)
    assert isinstance(head.at, Head) and head.at.hidden
    hidden = tuple(z3.Int(f"hidden {at}") for at in range(len(head.at.hidden)))
    general = machine.with_hidden(head, hidden)
    for reached in machine.advance(general, Answer()):
        names = {str(each) for each in _unknowns(field(reached, "N2"))}
        assert names <= {str(each) for each in (*hidden, field(head, "N2"))}


def _unknowns(term: z3.ExprRef) -> list[z3.ExprRef]:
    if z3.is_const(term):
        return [] if z3.is_int_value(term) or z3.is_true(term) or z3.is_false(term) else [term]
    return [found for each in term.children() for found in _unknowns(each)]


@pytest.mark.parametrize(
    ("kept", "use"),
    [
        ("Inspection(self.texts.t2)", "kept.replace('ALL', 'a', 'b')"),
        ("string(self.texts.t1, [(self.texts.t2, None)], self.i)", "self.texts.t1 = kept.target"),
        ("Unstring(self.texts.t1, [(self.texts.t2, False)])", "self.j = kept.pointer"),
    ],
)
def test_an_inspection_does_not_go_on_over_a_loop(kept: str, use: str) -> None:
    machine, (head,) = started(f"kept = {kept}\nwhile self.j < 9:\n    self.j += 1\n    {use}")
    assert isinstance(head.at, Head)
    with pytest.raises(NoTerm, match="over the head of a loop"):
        machine.with_hidden(head, tuple(z3.Int(f"hidden {at}") for at in range(len(head.at.hidden))))


def test_an_inspection_on_one_way_makes_no_path() -> None:
    body = "if self.i > 3:\n    seen = Inspection(self.texts.t2)\n    seen.replace('ALL', 'a', 'b')\n"
    _, (reached,) = started(body + "    self.texts.t2 = seen.replaced()\nself.j = 1")
    assert isinstance(reached.at, End)


def test_a_method_is_performed_or_entered() -> None:
    machine, (reached,) = started("self.second_part()\nself.j = self.wholes.n1 % 100")
    assert reached.at == Event("perform", "2-2", changes=None)
    (after,) = machine.advance(reached, Answer())
    assert isinstance(after.at, End)
    assert entails(after, field(after, "J") == field(after, "N1") % 100)
    (entered,) = machine.enter(reached)
    assert entails(entered, field(entered, "N1") == (field(reached, "N1") + 2) % 1000)


def test_what_is_printed_is_one_text() -> None:
    _, (reached,) = started("print(f'N1 {self.wholes.n1:03d}', self.texts.t2, sep='/')")
    assert isinstance(reached.at, Event) and reached.at.options == ("newline",)
    (shown,) = reached.at.values
    assert isinstance(shown, Text) and len(shown) == 3 + 3 + 1 + 3
    assert [known(each) for each in shown.chars[:3]] == [78, 49, 32]
    n1 = field(reached, "N1")
    assert entails(reached, shown.chars[3] == 48 + n1 / 100)


def test_digits_without_room_are_an_error() -> None:
    _, found = started("print(f'{self.wholes.n1:02d}')")
    assert [each.at.name for each in found if isinstance(each.at, Event)] == ["digits without room", ""]


def test_a_line_is_asked_for_in_the_size_of_its_place() -> None:
    machine, (reached,) = started("self.shared_bytes.s4 = accept(0)")
    assert reached.at == Event("accept", results=(5,))
    given = Text(tuple(z3.Ints("a b c d e")))
    (after,) = machine.advance(reached, Answer(results=(given,)))
    place = next(each for each in after.storage.layout.places.values() if each.field.origin == "S4")
    value = after.storage.read(place.field)
    assert isinstance(value, Text) and all(a.eq(b) for a, b in zip(value.chars, given.chars, strict=True))


@pytest.mark.parametrize("ways", ["raise Left", "sys.exit(self.i)", "return"])
def test_ways_out(ways: str) -> None:
    _, (reached,) = started(f"{ways}\nself.j = 1")
    match ways:
        case "raise Left":
            assert reached.at == Event("leave")
        case "return":
            assert reached.at == End()
        case _:
            assert isinstance(reached.at, Event) and reached.at.kind == "stop"
            assert reached.at.values == (Number(field(reached, "I")),)


# Views and properties


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("s1 = Display(0, 4, 0)", "s1 = Display(1, 4, 0)"),
        ("s1 = Display(0, 4, 0)", "s1 = Display(0, 3, 0)"),
        ("s1 = Display(0, 4, 0)", 's1 = Display(0, 4, 0, sign="trailing")'),
        ("s1 = Display(0, 4, 0)", "s1 = Binary(0, 4, 0)"),
        ("s1 = Display(0, 4, 0)", "s1 = Scaled(Display(0, 4), 1)"),
        ("s1 = Display(0, 4, 0)", "s1 = Text(0, 4)"),
        ("SIZE = 20", "SIZE = 21"),
        ("class SharedBytes(Record)", "class SharedBytes(Other)"),
        ("shared_bytes: SharedBytes", "shared_bytes: LineArea"),
    ],
)
def test_a_view_that_lies_elsewhere_is_not_the_field(old: str, new: str) -> None:
    text = written("self.shared_bytes.s1 = 5")
    assert text.count(old) == 1
    machine = PythonMachine(text.replace(old, new), probe().classes[-1])
    with pytest.raises(NoTerm):
        machine.start(WORK, *_unknown(probe()))


def test_properties_are_read_from_the_text() -> None:
    text = written("if self.texts.is_high or self.late:\n    self.j = 1")
    body = '"""Said."""\n        return self.i in (7, 8)\n\n    def work('
    own = f"    @property\n    def late(self) -> bool:\n        {body}"
    inner = "class Texts:\n    @property\n    def is_high(self) -> bool:\n        return self.t2 == 'abc'\n\n"
    text = text.replace("    def work(", own).replace("class Texts:\n", inner)
    (reached,) = PythonMachine(text, probe().classes[-1]).start(WORK, *_unknown(probe()))
    i, j = field(reached, "I"), field(reached, "J")
    assert entails(reached, z3.Implies(i == 8, j == 1))


# Programs of the data set


def _program(name: str) -> Module:
    options = Options(format="auto", copy_paths=(DATASET / "copybooks",))
    return emit(*restructure(parse_file(DATASET / f"{name}.cob", options)))


def test_files_are_events() -> None:
    module = _program("payroll")
    correspondence = module.classes[-1]
    machine = PythonMachine(module.text, correspondence)
    method = next(each for each in correspondence.methods if each.name == "read_employee")
    assert method.paragraphs is not None
    storage, path = _unknown(module)
    (reached,) = machine.start(method.paragraphs, storage, path)
    assert isinstance(reached.at, Event)
    assert (reached.at.kind, reached.at.options) == ("file", ("read_next", "expects=1"))
    truths = {name: z3.Bool(name) for name in reached.at.truths}
    (after,) = machine.advance(reached, Answer(truths))
    place = next(each for each in storage.layout.places.values() if each.field.origin == "END-OF-FILE-SW")
    switch = after.storage.read(place.field)
    assert isinstance(switch, Text)
    assert entails(after, z3.Implies(truths["at end"], switch.chars[0] == ord("Y")))
    assert entails(after, z3.Implies(z3.Not(truths["at end"]), switch.chars[0] == storage.read(place.field).chars[0]))


def test_a_status_must_be_kept_where_it_belongs() -> None:
    module = _program("fleet")
    text = module.text.replace("self.log_status = self.fleet_log_file.close()", "self.fleet_log_file.close()")
    assert text != module.text
    correspondence = module.classes[-1]
    with pytest.raises(NoTerm, match="status of the file"):
        for method in correspondence.methods:
            _all(PythonMachine(text, correspondence), module, method.paragraphs)


def _all(machine: PythonMachine, module: Module, paragraphs: tuple[int, int] | None) -> None:
    assert paragraphs is not None
    waiting, seen = machine.start(paragraphs, *_unknown(module)), set[object]()
    while waiting:
        reached = waiting.pop()
        if reached.key in seen or isinstance(reached.at, End):
            continue
        seen.add(reached.key)
        if isinstance(reached.at, Head):
            waiting += machine.advance(reached, Answer())
        elif reached.at.kind not in ("stop", "leave", "error"):
            truths = {name: z3.Bool(name) for name in reached.at.truths}
            waiting += machine.advance(reached, Answer(truths))
