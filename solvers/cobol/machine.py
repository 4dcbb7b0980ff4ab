"""A COBOL program as a machine: from its syntax tree, step by step, as GnuCOBOL 3.1.2 runs it (``-std=default``).

Statements that neither wait for anything nor go anywhere are done on both ways of an IF at once; all others fork the
path. What has no meaning here raises NoTerm, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from transpile.cobol import programs, tree
from transpile.cobol import statements as verbs
from transpile.legacy.statements import Program
from transpile.restructure.program import Restructured
from transpile.solvers.cobol import executing, filing, searching, showing
from transpile.solvers.cobol.conditions import chosen, condition
from transpile.solvers.cobol.frames import (
    Activation,
    Awaiting,
    Block,
    Frame,
    Look,
    NextFile,
    Rest,
    Round,
    Stack,
    activation,
    inline_loop,
    paragraph,
    with_hidden,
)
from transpile.solvers.cobol.operands import Evaluation
from transpile.solvers.cobol.rounds import Rounds
from transpile.solvers.cobol.scene import Scene, scene
from transpile.solvers.cobol.straight import Fallible, State, attempted, done, handler_of, is_straight, negated
from transpile.solvers.cobol.ways import Next, Way, end, label, reached
from transpile.solvers.storage.steps import Answer, Event, Head, Path, Reached
from transpile.solvers.storage.storage import Storage
from transpile.solvers.storage.values import Int, NoTerm, Number, Truth, units_at

MAX_WAYS = 200
"""Paths between two points; more are not followed."""

_FILE = verbs.Open | verbs.Close | verbs.Read | verbs.Write | verbs.Rewrite | verbs.Delete | verbs.Start


@dataclass(frozen=True, slots=True)
class CobolMachine:
    """One program. Paragraphs are numbered from 0 in the order of the text, declaratives included."""

    scene: Scene

    @property
    def rounds(self) -> Rounds:
        return Rounds(self.scene)

    def start(self, paragraphs: tuple[int, int], storage: Storage, path: Path) -> list[Reached]:
        begin, end = paragraphs
        return self._begin(State(path, storage), (Activation(begin, end),), begin)

    def advance(self, reached: Reached, answer: Answer) -> list[Reached]:
        stack = _stack(reached)
        state = State(reached.path, reached.storage)
        if isinstance(reached.at, Event):
            waiting = stack[-1]
            assert isinstance(waiting, Awaiting)
            return self._run(list(self._answered(state, stack[:-1], waiting, answer)))
        return self._run([Way(state, stack)])

    def enter(self, reached: Reached) -> list[Reached]:
        stack = _stack(reached)
        waiting = stack[-1]
        assert isinstance(waiting, Awaiting) and isinstance(waiting.statement, verbs.Perform)
        begin, end = self.rounds.performed(waiting.statement, stack)
        return self._begin(State(reached.path, reached.storage), (*stack[:-1], Activation(begin, end)), begin)

    def with_hidden(self, reached: Reached, hidden: tuple[Int, ...]) -> Reached:
        stack = with_hidden(_stack(reached), hidden)
        assert isinstance(reached.at, Head)
        return replace(reached, at=replace(reached.at, hidden=hidden), point=stack)

    # Running

    def _begin(self, state: State, base: Stack, number: int) -> list[Reached]:
        if number in self.scene.returned:
            return [self._label(state, base, number)]
        return self._run([Way(state, (*base, Rest(number, 0)))])

    def _run(self, ways: list[Way]) -> list[Reached]:
        found: list[Reached] = []
        while ways:
            way = ways.pop()
            for each in self._step(way.state, way.stack):
                if isinstance(each, Reached):
                    found.append(each)
                else:
                    ways.append(each)
            if len(found) + len(ways) > MAX_WAYS:
                raise NoTerm(f"more than {MAX_WAYS} paths between two points")
        return found

    def _step(self, state: State, stack: Stack) -> Iterator[Next]:
        *below, frame = stack
        rest = tuple(below)
        match frame:
            case Block(statements, at):
                if at == len(statements):
                    yield Way(state, rest)
                    return
                outer = (*rest, Block(statements, at + 1)) if at + 1 < len(statements) else rest
                yield from self._statement(state, outer, statements[at])
            case Rest(number, sentence):
                sentences = self.scene.paragraphs[number].paragraph.sentences
                if sentence == len(sentences):
                    yield from self._through(state, rest, number)
                else:
                    inner = (Rest(number, sentence + 1), Block(sentences[sentence].statements))
                    yield Way(state, (*rest, *inner))
            case Round():
                yield from self.rounds.again(state, rest, frame)
            case Look():
                yield from self.rounds.look(state, rest, frame)
            case NextFile(waits, at):
                yield from self._file(state, rest, Awaiting(waits, at))
            case Activation() | Awaiting():
                raise AssertionError(frame)

    def _through(self, state: State, stack: Stack, number: int) -> Iterator[Next]:
        """Paragraph ``number`` is at its end; the range that it is performed in is on top of ``stack``."""
        top = stack[-1]
        assert isinstance(top, Activation)
        if top.end == number:
            yield end(state) if len(stack) == 1 else Way(state, stack[:-1])
        elif number + 1 in (len(self.scene.paragraphs), self.scene.first):
            yield reached(state, stack, Event("leave"))
        else:
            yield self._label(state, stack, number + 1)

    def _statement(self, state: State, stack: Stack, statement: tree.Statement) -> Iterator[Next]:
        """``stack``: where it goes on behind ``statement``."""
        if is_straight(statement):
            made = done(self.scene, state, (statement,))
            if made is not None:
                yield Way(made, stack)
            return
        match statement:
            case verbs.If(tested, then, otherwise):
                evaluation = self._evaluation(state)
                truth = condition(evaluation, tested)
                yield from self._fork(state, evaluation, truth, (*stack, Block(then)), (*stack, Block(otherwise)))
            case verbs.Evaluate():
                yield from self._evaluate(state, stack, statement)
            case verbs.Perform():
                yield from self.rounds.perform(state, stack, statement)
            case verbs.Search():
                evaluation = self._evaluation(state)
                if statement.all:
                    searching.begin_halving(evaluation, statement)
                yield from self.rounds.on(evaluation, state, (*stack, Look(statement)))
            case verbs.GoTo():
                yield from self._go_to(state, stack, statement)
            case verbs.Exit() | verbs.NextSentence():
                yield from self._exit(state, stack, statement)
            case verbs.Stop() | verbs.GoBack():
                yield from self._leave(state, stack, statement)
            case verbs.Display() | verbs.Accept():
                evaluation = self._evaluation(state)
                event = (
                    showing.display(evaluation, statement)
                    if isinstance(statement, verbs.Display)
                    else showing.accept(evaluation, statement)
                )
                yield from self._wait(evaluation, state, stack, Awaiting(statement), event)
            case verbs.Execute():
                event = executing.event(self.scene, state.storage.layout, statement)
                yield from self._wait(self._evaluation(state), state, stack, Awaiting(statement), event)
            case _ if isinstance(statement, _FILE):
                yield from self._file(state, stack, Awaiting(statement))
            case _:
                yield from self._handled(state, stack, statement)

    def _evaluation(self, state: State) -> Evaluation:
        return Evaluation(self.scene, state.storage)

    def _fork(self, state: State, evaluation: Evaluation, truth: Truth, yes: Stack, no: Stack) -> Iterator[Next]:
        path = evaluation.settle(state.path)
        if path is None:
            return
        for condition_, stack in ((truth, yes), (negated(truth), no)):
            way = path.where(condition_)
            if way is not None:
                yield Way(State(way, evaluation.storage), stack)

    def _wait(
        self, evaluation: Evaluation, state: State, stack: Stack, waiting: Awaiting, event: Event
    ) -> Iterator[Next]:
        path = evaluation.settle(state.path)
        if path is not None:
            yield reached(State(path, evaluation.storage), (*stack, waiting), event)

    def _handled(self, state: State, stack: Stack, statement: tree.Statement) -> Iterator[Next]:
        """What has phrases ON SIZE ERROR or ON OVERFLOW that go somewhere."""
        if not isinstance(statement, Fallible) or (handler := handler_of(statement)) is None:
            raise NoTerm(f"{_verb(statement)} is not in the model")
        evaluation = self._evaluation(state)
        failed = attempted(evaluation, statement)
        yes, no = (*stack, Block(handler.yes or ())), (*stack, Block(handler.no or ()))
        yield from self._fork(state, evaluation, failed, yes, no)

    def _evaluate(self, state: State, stack: Stack, statement: verbs.Evaluate) -> Iterator[Next]:
        current: State | None = state
        for branch in statement.branches:
            if current is None:
                return
            evaluation = self._evaluation(current)
            truth = chosen(evaluation, statement.subjects, branch.choices)
            path = evaluation.settle(current.path)
            if path is None:
                return
            way, other = path.where(truth), path.where(negated(truth))
            if way is not None:
                yield Way(State(way, state.storage), (*stack, Block(branch.statements)))
            current = None if other is None else State(other, state.storage)
        if current is not None:
            yield Way(current, (*stack, Block(statement.other or ())))

    # Jumps

    def _label(self, state: State, base: Stack, number: int) -> Reached:
        return label(state, (*base, Rest(number, 0)), number in self.scene.returned)

    def _go_to(self, state: State, stack: Stack, statement: verbs.GoTo) -> Iterator[Next]:
        if self.scene.alters:
            raise NoTerm("GO TO in a program with ALTER is not in the model")
        base = stack[: activation(stack) + 1]
        section = self.scene.paragraphs[paragraph(stack)].section
        goals = [self.scene.range(label, section)[0] for label in statement.labels]
        if statement.depending is None:
            (goal,) = goals
            yield self._label(state, base, goal)
            return
        evaluation = self._evaluation(state)
        chosen_ = units_at(evaluation.number(statement.depending), 0)
        path = evaluation.settle(state.path)
        for at, goal in enumerate(goals):
            if path is None:
                return
            way, path = path.where(chosen_ == at + 1), path.where(negated(chosen_ == at + 1))
            if way is not None:
                yield self._label(State(way, state.storage), base, goal)
        if path is not None:
            yield Way(State(path, state.storage), stack)

    def _exit(self, state: State, stack: Stack, statement: verbs.Exit | verbs.NextSentence) -> Iterator[Next]:
        base = activation(stack)
        number = paragraph(stack)
        if isinstance(statement, verbs.NextSentence):
            yield Way(state, stack[: base + 2])
            return
        match statement.what:
            case "PARAGRAPH":
                yield Way(state, (*stack[: base + 1], self._end_of(number)))
            case "SECTION":
                yield Way(state, (*stack[: base + 1], self._end_of(self.scene.paragraphs[number].last)))
            case "PERFORM" | "CYCLE":
                at = inline_loop(stack)
                if at is None:
                    raise NoTerm("EXIT PERFORM outside of an inline PERFORM")
                yield Way(state, stack[: at + (statement.what == "CYCLE")])
            case _:
                raise NoTerm(f"EXIT {statement.what} is not in the model")

    def _end_of(self, number: int) -> Frame:
        return Rest(number, len(self.scene.paragraphs[number].paragraph.sentences))

    def _leave(self, state: State, stack: Stack, statement: verbs.Stop | verbs.GoBack) -> Iterator[Next]:
        if isinstance(statement, verbs.Stop) and statement.literal is not None:
            raise NoTerm("STOP with a literal is not in the model")
        evaluation = self._evaluation(state)
        code = self.scene.registers.get("RETURN-CODE")
        if statement.status is not None:
            if code is None:
                raise NoTerm("RETURN-CODE is not in the model")
            value = evaluation.number(statement.status)
            evaluation.storage = evaluation.storage.write(code, Number(units_at(value, 0)))
        if isinstance(statement, verbs.GoBack):
            event = Event("leave")
        else:
            event = Event("stop", values=() if code is None else (evaluation.storage.read(code),))
        yield from self._wait(evaluation, state, stack, Awaiting(statement), event)

    # Files, and what events bring

    def _file(self, state: State, stack: Stack, waiting: Awaiting) -> Iterator[Next]:
        evaluation, statement = self._evaluation(state), waiting.statement
        assert isinstance(statement, _FILE)
        filing.before(evaluation, statement)
        event = filing.event(evaluation, statement, waiting.at)
        yield from self._wait(evaluation, state, stack, waiting, event)

    def _answered(self, state: State, stack: Stack, waiting: Awaiting, answer: Answer) -> Iterator[Way]:
        statement, evaluation = waiting.statement, self._evaluation(state)
        match statement:
            case verbs.Accept():
                showing.accepted(evaluation, statement, answer.results[0])
                path = evaluation.settle(state.path)
                if path is not None:
                    yield Way(State(path, evaluation.storage), stack)
            case _ if isinstance(statement, _FILE):
                yield from self._file_answered(state, stack, waiting, answer)
            case verbs.Stop() | verbs.GoBack():
                raise NoTerm("nothing follows the end of a run")
            case _:
                yield Way(state, stack)

    def _file_answered(self, state: State, stack: Stack, waiting: Awaiting, answer: Answer) -> Iterator[Way]:
        statement, evaluation = waiting.statement, self._evaluation(state)
        assert isinstance(statement, _FILE)
        found = filing.outcome(evaluation, statement, waiting.at, answer)
        path = state.path.where(found.facts)
        if isinstance(statement, verbs.Open | verbs.Close) and waiting.at + 1 < len(statement.files):
            stack = (*stack, NextFile(statement, waiting.at + 1))
        for truth, statements in found.phrases:
            if path is None:
                return
            way, path = path.where(truth), path.where(negated(truth))
            if way is None:
                continue
            inner = Evaluation(self.scene, evaluation.storage)
            if truth is found.ok and isinstance(statement, verbs.Read):
                filing.into(inner, statement)
                way = inner.settle(way)
            if way is not None:
                yield Way(State(way, inner.storage), (*stack, Block(statements)))
        if path is not None:
            yield Way(State(path, evaluation.storage), stack)


def machine(restructured: Restructured, source: programs.Program, program: Program) -> CobolMachine:
    """The machine of ``source``, a program of the unit that ``program`` was made from."""
    return CobolMachine(scene(restructured, source, program))


def _stack(reached: Reached) -> Stack:
    stack = reached.point
    assert isinstance(stack, tuple)
    return stack


def _verb(statement: tree.Statement) -> str:
    if isinstance(statement, verbs.Unsupported):
        return statement.verb
    return type(statement).__name__.upper()
