"""A paragraph and a method, walked together from event to event.

Both begin with the same storage, of which nothing is known but what the pictures say. They must come to the same events
with the same values, get the same answers, and leave the same storage. What another paragraph does is an answer too:
the claim of each paragraph stands on those that it performs, which have their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import z3

from transpile.solvers.paragraphs.cuts import Again, Cut, Cuts
from transpile.solvers.paragraphs.questions import Questions
from transpile.solvers.storage.cells import Cell, Layout
from transpile.solvers.storage.coding import Codings
from transpile.solvers.storage.steps import Answer, End, Event, Head, Machine, Path, Reached
from transpile.solvers.storage.storage import differences, fresh
from transpile.solvers.storage.values import NoTerm, Number, Text, Truth, Value, same

ENDS = ("stop", "leave", "error")
MAX_STEPS = 1500
MAX_ROUNDS = 60
MAX_RLIMIT = 12_000_000


class Differs(Exception):
    """The two were not shown to do the same; the message says where."""


@dataclass(frozen=True, slots=True)
class Proof:
    """``reason``: why there is none. ``assumptions``: what it takes for granted; ``performs``: the ranges of paragraphs
    on whose claims it stands. ``rlimit``: resources of Z3."""

    proved: bool
    reason: str = ""
    assumptions: tuple[str, ...] = ()
    performs: frozenset[tuple[int, int]] = frozenset()
    rlimit: int = 0


@dataclass(slots=True)
class Walk:
    """``counters``: cells of fields that Python has as variables of loops only."""

    cobol: Machine
    python: Machine
    layout: Layout
    codings: Codings
    counters: frozenset[Cell] = frozenset()
    questions: Questions = field(default_factory=Questions)
    entry: tuple[int, int] | None = None
    """The range that runs the program, if nothing performs it: behind its end the program is left."""

    def prove(self, paragraphs: tuple[int, int]) -> Proof:
        """Whether the range of paragraphs and its method do the same."""
        before = self.questions.spent
        found, passed = self._attempt(paragraphs, labels=False)
        if passed and not found.proved:
            again, _ = self._attempt(paragraphs, labels=True)
            found = again if again.proved else found
        return replace(found, rlimit=self.questions.spent - before)

    def _attempt(self, paragraphs: tuple[int, int], labels: bool) -> tuple[Proof, bool]:
        """Where both come to heads of loops with other storage, Python goes on to the next, and with ``labels`` COBOL:
        then loops of Python may stand for labels to which nothing leads back, too, as some run through a state for
        each label. Also whether the other attempt may go another way."""
        cuts, before, passed, apart = Cuts(self.counters), self.questions.spent, False, ""
        try:
            for _ in range(MAX_ROUNDS):
                cuts.numbers = 0
                journey = _Journey(self, cuts, before, paragraphs == self.entry, labels)
                try:
                    journey.all(paragraphs)
                except Again:
                    continue
                finally:
                    passed, apart = passed or journey.passed, journey.apart
                return Proof(True, "", tuple(sorted(journey.assumed)), frozenset(journey.performs)), passed
            raise Differs("what its loops keep was not found")
        except (Differs, NoTerm) as why:
            return Proof(False, apart or str(why)), passed
        except Exception as error:
            # A fault of the prover costs one proof, not the translation.
            return Proof(False, f"the prover fails with {type(error).__name__}: {error}"), passed


@dataclass(frozen=True, slots=True)
class _Pair:
    cobol: Reached
    python: Reached
    cuts: tuple[Cut, ...] = ()


@dataclass(slots=True)
class _Journey:
    """One attempt at all paths."""

    walk: Walk
    cuts: Cuts
    before: int
    leaves: bool
    """The end is as good as leaving the program."""
    labels: bool
    passed: bool = False
    """Another attempt may go another way."""
    apart: str = ""
    """Why heads were not taken together."""
    steps: int = 0
    answers: int = 0
    pending: list[_Pair] = field(default_factory=list)
    assumed: set[str] = field(default_factory=set)
    performs: set[tuple[int, int]] = field(default_factory=set)

    def all(self, paragraphs: tuple[int, int]) -> None:
        storage, facts = fresh(self.walk.layout, self.walk.codings, "at the start")
        path = Path(self.walk.questions, (facts,))
        own = fresh(self.walk.layout, self.walk.codings, "python at the start", self.walk.counters)[0].held
        other = replace(storage, held={**storage.held, **own})
        for cobol in self.walk.cobol.start(paragraphs, storage, path):
            for python in self.walk.python.start(paragraphs, other, cobol.path):
                self._meet(cobol, python, ())
        while self.pending:
            self.steps += 1
            if self.steps > MAX_STEPS or self.walk.questions.spent - self.before > MAX_RLIMIT:
                raise Differs("it has too many paths")
            self._step(self.pending.pop())

    def _meet(self, cobol: Reached, python: Reached, cuts: tuple[Cut, ...]) -> None:
        """``python`` came on the longer path."""
        path = replace(python.path, assumed=cobol.path.assumed | python.path.assumed)
        self.assumed |= path.assumed
        self.pending.append(_Pair(replace(cobol, path=path), replace(python, path=path), cuts))

    def _step(self, pair: _Pair) -> None:
        match pair.cobol.at, pair.python.at:
            case Event() as mine, Event() as theirs:
                self._events(pair, mine, theirs)
            case Head() as mine, Head():
                if mine.label != "forward" or self.labels:
                    self._heads(pair, mine)
                else:
                    self.passed = True
                    self._cobol_on(pair)
            case Head(label="" | "back"), Event(kind="perform") if not self.labels:
                # Python has yet to do what stands before the loop.
                self.passed = True
                self._python_enters(pair)
            case Head(), _:
                self._cobol_on(pair)
            case _, Head():
                self._python_on(pair)
            case End(), End():
                self._equal(pair)
            case (End(), Event(kind="leave")) | (Event(kind="leave"), End()) if self.leaves:
                self._equal(pair)
            case Event(kind="perform"), _:
                self._cobol_enters(pair)
            case _, Event(kind="perform"):
                self._python_enters(pair)
            case mine, theirs:
                raise Differs(f"COBOL comes to {_words(mine)}, Python to {_words(theirs)}")

    # One side alone

    def _cobol_on(self, pair: _Pair) -> None:
        for cobol in self.walk.cobol.advance(pair.cobol, Answer()):
            self._meet(cobol, replace(pair.python, path=cobol.path), pair.cuts)

    def _python_on(self, pair: _Pair) -> None:
        for python in self.walk.python.advance(pair.python, Answer()):
            self._meet(pair.cobol, python, pair.cuts)

    def _cobol_enters(self, pair: _Pair) -> None:
        for cobol in self.walk.cobol.enter(pair.cobol):
            self._meet(cobol, replace(pair.python, path=cobol.path), pair.cuts)

    def _python_enters(self, pair: _Pair) -> None:
        for python in self.walk.python.enter(pair.python):
            self._meet(pair.cobol, python, pair.cuts)

    # Both together

    def _heads(self, pair: _Pair, mine: Head) -> None:
        key = (pair.cobol.key, pair.python.key)
        cut = next((each for each in reversed(pair.cuts) if each.key == key), None)
        apart = self._apart(pair)
        if apart is not None and not mine.label:
            raise Differs(apart)
        if apart is not None:
            self.passed, self.apart = True, self.apart or apart
            (self._cobol_on if self.labels else self._python_on)(pair)
            return
        if cut is not None:
            self.cuts.close(cut, pair.cobol, pair.python)
            return
        cut = self.cuts.begin(key, pair.cobol, pair.python)
        cobol = self.walk.cobol.with_hidden(cut.cobol, cut.hidden[0])
        python = self.walk.python.with_hidden(cut.python, cut.hidden[1])
        for one in self.walk.cobol.advance(cobol, Answer()):
            for other in self.walk.python.advance(replace(python, path=one.path), Answer()):
                self._meet(one, other, (*pair.cuts, cut))

    def _events(self, pair: _Pair, mine: Event, theirs: Event) -> None:
        if (mine.kind, mine.name, mine.options) != (theirs.kind, theirs.name, theirs.options):
            if theirs.kind == "perform" and (mine.kind != "perform" or _within(theirs, mine)):
                self._python_enters(pair)
            elif mine.kind == "perform":
                self._cobol_enters(pair)
            else:
                raise Differs(f"COBOL comes to {_words(mine)}, Python to {_words(theirs)}")
            return
        self._same_values(pair, mine, theirs)
        if mine.kind in ENDS:
            if mine.kind != "error":
                self._equal(pair)
            return
        # What an event may change is the same on both sides afterwards, so it must have been before. What a paragraph
        # does depends on all storage.
        self._equal(pair, None if mine.kind == "perform" else _changes(mine, theirs))
        if mine.kind == "perform":
            first, _, last = mine.name.partition("-")
            self.performs.add((int(first), int(last)))
        self._answered(pair, mine, theirs)

    def _answered(self, pair: _Pair, mine: Event, theirs: Event) -> None:
        if (mine.truths, mine.results) != (theirs.truths, theirs.results):
            raise Differs(f"the two look at other outcomes of {_words(mine)}")
        self.answers += 1
        name = f"answer {self.answers}"
        changes = _changes(mine, theirs)
        cells = [each for each in self.walk.layout.all() if changes is None or each.record in changes]
        after, facts = fresh(self.walk.layout, self.walk.codings, name, cells)
        results: list[Value] = []
        conditions = [facts]
        for at, size in enumerate(mine.results):
            result, fact = _result(f"{name} result {at}", size)
            results.append(result)
            conditions.append(fact)
        answer = Answer({each: z3.Bool(f"{name} {each}") for each in mine.truths}, tuple(results))
        path = replace(pair.python.path, conditions=(*pair.python.path.conditions, *conditions))
        left = replace(pair.cobol.storage, held={**pair.cobol.storage.held, **after.held})
        kept = {cell: pair.python.storage.held[cell] for cell in self.walk.counters}
        right = replace(pair.python.storage, held={**pair.python.storage.held, **after.held, **kept})
        for cobol in self.walk.cobol.advance(replace(pair.cobol, storage=left, path=path), answer):
            python = replace(pair.python, storage=right, path=cobol.path)
            for other in self.walk.python.advance(python, answer):
                self._meet(cobol, other, pair.cuts)

    # What must be equal

    def _same_values(self, pair: _Pair, mine: Event, theirs: Event) -> None:
        if len(mine.values) != len(theirs.values):
            raise Differs(f"the two give {_words(mine)} another number of values")
        for left, right in zip(mine.values, theirs.values, strict=True):
            if isinstance(left, Text) and isinstance(right, Text) and len(left) != len(right):
                raise Differs(f"{_words(mine)}: {len(left)} characters against {len(right)}")
            if not self._shown(pair, same(left, right)):
                raise Differs(f"{_words(mine)}: what is given was not shown to be equal")

    def _shown(self, pair: _Pair, equality: Truth) -> bool:
        return self.walk.questions.equal(pair.python.path.conditions, equality)

    def _equal(self, pair: _Pair, records: frozenset[int] | None = None) -> None:
        """All cells that Python has, or those of some records."""
        apart = self._apart(pair, records)
        if apart is not None:
            raise Differs(apart)

    def _apart(self, pair: _Pair, records: frozenset[int] | None = None) -> str | None:
        """What was not shown to be equal."""
        found = differences(pair.cobol.storage, pair.python.storage, self.walk.counters)
        found = [(cell, condition) for cell, condition in found if records is None or cell.record in records]
        for cell, condition in found:
            if not self._shown(pair, condition):
                return f"{_called(self.walk.layout, cell)} was not shown to be equal"
        return None


def _changes(mine: Event, theirs: Event) -> frozenset[int] | None:
    """The records that may change; of what a paragraph performs and of EXEC the COBOL text says it, for both."""
    if mine.kind in ("perform", "execute"):
        return mine.changes
    return None if mine.changes is None or theirs.changes is None else mine.changes | theirs.changes


def _within(inner: Event, outer: Event) -> bool:
    first, last = map(int, inner.name.split("-"))
    begin, end = map(int, outer.name.split("-"))
    return not (begin <= first and last <= end)


def _words(at: Event | Head | End) -> str:
    match at:
        case End():
            return "the end"
        case Head():
            return "a loop"
    return f"{at.kind} {at.name} {' '.join(at.options)}".strip()


def _called(layout: Layout, cell: Cell) -> str:
    if cell.field is not None:
        return cell.field.origin
    root = next((each for number, each in layout.roots.items() if number == cell.record), None)
    return f"bytes of {root.root.origin}" if root is not None else "bytes"


def _result(name: str, size: int | None) -> tuple[Value, Truth]:
    if size is None:
        return Number(z3.Int(name)), z3.BoolVal(True)
    chars = tuple(z3.Int(f"{name} {at}") for at in range(size))
    return Text(chars), z3.And(*(z3.And(char >= 0, char <= 255) for char in chars))
