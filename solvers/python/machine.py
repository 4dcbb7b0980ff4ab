"""The machine of a module: its methods run to the next event, head of a loop, or end, on all paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from transpile.python.correspondence import Correspondence
from transpile.solvers.python import numbers as numbers
from transpile.solvers.python.classes import parse
from transpile.solvers.python.events import TRUTHS
from transpile.solvers.python.frames import Frame, hidden_of, key_of, with_hidden
from transpile.solvers.python.places import places_of
from transpile.solvers.python.running import Facts, Running, State, Stopped
from transpile.solvers.python.values import Num, PyValue, negation
from transpile.solvers.storage.steps import Answer, End, Event, Head, Path, Reached
from transpile.solvers.storage.storage import Storage
from transpile.solvers.storage.values import Int, NoTerm, Number, Value

ANSWER_DIGITS = 38
"""No number from outside has more."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where the machine goes on. ``callee``: the method that a ``perform`` would enter. ``asked``: where the answer of
    an ``accept`` is used; ``file``: the attribute of the file whose answers follow."""

    frames: tuple[Frame, ...]
    facts: Facts
    answers: Mapping[tuple[int, int], PyValue] = field(default_factory=dict)
    callee: str = ""
    asked: tuple[int, int] | None = None
    file: str = ""


class PythonMachine:
    """The class of a program in ``text``; ``correspondence`` says which of its attributes are which fields. What is
    given its meaning is the text: methods, views and properties are read from it."""

    def __init__(self, text: str, correspondence: Correspondence) -> None:
        module = parse(text)
        self.correspondence = correspondence
        self.places = places_of(correspondence, module)
        self.running = Running(module, self.places, correspondence)

    def start(self, paragraphs: tuple[int, int], storage: Storage, path: Path) -> list[Reached]:
        method = self.correspondence.method(paragraphs)
        if method is None:
            raise NoTerm(f"no method stands for the paragraphs {paragraphs[0]} to {paragraphs[1]}")
        return self._run(State(path, storage, (self.running.frame(method.name),)))

    def advance(self, reached: Reached, answer: Answer) -> list[Reached]:
        point = reached.point
        assert isinstance(point, Point)
        state = State(reached.path, reached.storage, point.frames, point.facts, point.answers)
        if isinstance(reached.at, Head):
            return self._reached(self.running.past_head(replace(state, facts={})))
        if isinstance(reached.at, End) or reached.at.kind in ("stop", "leave", "error"):
            return []
        if point.asked is not None:
            (result,) = answer.results
            state = replace(state, answers={**point.answers, point.asked: _python(result)})
        if point.file:
            told = {(point.file, TRUTHS[name]): truth for name, truth in answer.truths.items() if name in TRUTHS}
            if "ok" in answer.truths:
                told[point.file, "failed"] = negation(answer.truths["ok"])
            state = replace(state, facts={**point.facts, **told})
        if reached.at.kind in ("perform", "execute"):
            state = replace(state, facts={})
        return self._run(state)

    def enter(self, reached: Reached) -> list[Reached]:
        point = reached.point
        assert isinstance(point, Point) and point.callee
        frames = (*point.frames, self.running.frame(point.callee))
        return self._run(State(reached.path, reached.storage, frames))

    def with_hidden(self, reached: Reached, hidden: tuple[Int, ...]) -> Reached:
        point = reached.point
        assert isinstance(point, Point) and isinstance(reached.at, Head)
        frames = with_hidden(point.frames, hidden)
        return replace(reached, at=replace(reached.at, hidden=hidden), point=replace(point, frames=frames))

    def _run(self, state: State) -> list[Reached]:
        return self._reached([state])

    def _reached(self, states: list[State | Stopped]) -> list[Reached]:
        waiting, found = list(reversed(states)), list[Reached]()
        while waiting:
            state = waiting.pop()
            if isinstance(state, Stopped):
                found.append(self._point(state))
            else:
                waiting += reversed(self.running.step(state))
        return found

    def _point(self, stopped: Stopped) -> Reached:
        state, at = stopped.state, stopped.at
        if isinstance(at, Head):
            frames = tuple(each.live() for each in state.frames)
            point = Point(frames, {})
            return Reached(state.path, state.storage, Head(hidden_of(frames)), point, ("head", key_of(frames)))
        frames = state.frames
        point = Point(frames, state.facts, state.answers, stopped.callee, stopped.asked, stopped.file)
        terms = tuple(each.get_id() for each in (*hidden_of(frames), *state.facts.values()))
        where = (stopped.callee, stopped.asked, stopped.file)
        kind = at.kind if isinstance(at, Event) else "end"
        return Reached(state.path, state.storage, at, point, (kind, key_of(frames), where, terms, *state.facts))


def _python(value: Value) -> PyValue:
    if isinstance(value, Number):
        if value.scale or value.divisor is not None:
            raise NoTerm("an answer with decimals")
        return Num(value, "int", 0, ANSWER_DIGITS)
    return value
