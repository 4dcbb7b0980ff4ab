"""PERFORM and SEARCH: what is done at the head of a loop, behind its body, and before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from transpile.cobol import statements as verbs
from transpile.solvers.cobol import looping, searching
from transpile.solvers.cobol.conditions import condition
from transpile.solvers.cobol.frames import Awaiting, Block, Look, Round, Stack, paragraph
from transpile.solvers.cobol.operands import Evaluation
from transpile.solvers.cobol.scene import Scene
from transpile.solvers.cobol.straight import State, negated
from transpile.solvers.cobol.ways import Next, Way, head, reached
from transpile.solvers.cobol.written import Written
from transpile.solvers.storage.steps import Event, Reached
from transpile.solvers.storage.values import Int, integer, units_at


@dataclass(frozen=True, slots=True)
class Rounds:
    scene: Scene

    def evaluation(self, state: State) -> Evaluation:
        return Evaluation(self.scene, state.storage)

    def performed(self, statement: verbs.Perform, stack: Stack) -> tuple[int, int]:
        section = self.scene.paragraphs[paragraph(stack)].section
        assert statement.first is not None
        begin, end = self.scene.range(statement.first, section)
        return begin, end if statement.last is None else self.scene.range(statement.last, section)[1]

    def perform(self, state: State, stack: Stack, statement: verbs.Perform) -> Iterator[Next]:
        evaluation = self.evaluation(state)
        hidden: tuple[Int, ...] = ()
        if statement.times is not None:
            hidden = (integer(0), units_at(evaluation.number(statement.times), 0))
        elif statement.varying:
            looping.begin(evaluation, statement, 0)
        path = evaluation.settle(state.path)
        if path is None:
            return
        state = State(path, evaluation.storage)
        if statement.times is not None or statement.until is not None or statement.varying:
            yield head(state, (*stack, Look(statement, 0, hidden)))
        elif statement.first is None:
            yield Way(state, (*stack, Round(statement), Block(statement.body)))
        else:
            yield self._perform_range(state, stack, statement)

    def _perform_range(self, state: State, stack: Stack, statement: verbs.Perform) -> Reached:
        begin, end = self.performed(statement, stack)
        changes = Written(self.scene, state.storage.layout, self.scene.changed).records(begin, end)
        event = Event("perform", f"{begin}-{end}", changes=changes)
        return reached(state, (*stack, Awaiting(statement)), event)

    def _body(self, state: State, stack: Stack, look: Look) -> Next:
        statement = look.statement
        assert isinstance(statement, verbs.Perform)
        stack = (*stack, Round(statement, look.hidden))
        if statement.first is None:
            return Way(state, (*stack, Block(statement.body)))
        return self._perform_range(state, stack, statement)

    def on(self, evaluation: Evaluation, state: State, stack: Stack) -> Iterator[Next]:
        """To the head of a loop."""
        path = evaluation.settle(state.path)
        if path is not None:
            yield head(State(path, evaluation.storage), stack)

    def _search(self, state: State, stack: Stack, statement: verbs.Search) -> Iterator[Next]:
        """One round of a search: nothing is left, or a branch is taken, or the next element is looked at."""
        evaluation = self.evaluation(state)
        found = searching.table(evaluation, statement)
        none = searching.nothing_left(evaluation) if statement.all else searching.at_end(evaluation, found)
        path = evaluation.settle(state.path)
        if path is None:
            return
        over, path = path.where(none), path.where(negated(none))
        if over is not None:
            yield Way(State(over, state.storage), (*stack, Block(statement.at_end or ())))
        if statement.all:
            searching.halve(evaluation, statement)
        for branch in statement.branches:
            if path is None:
                return
            truth = condition(evaluation, branch.condition)
            path = evaluation.settle(path)
            if path is None:
                return
            taken, path = path.where(truth), path.where(negated(truth))
            if taken is not None:
                yield Way(State(taken, evaluation.storage), (*stack, Block(branch.statements)))
        if path is not None:
            if statement.all:
                searching.narrow(evaluation, statement)
            else:
                searching.count_up(evaluation, found)
            yield from self.on(evaluation, State(path, state.storage), (*stack, Look(statement)))

    def look(self, state: State, stack: Stack, look: Look) -> Iterator[Next]:
        """At the head of a loop: is it through?"""
        statement = look.statement
        if isinstance(statement, verbs.Search):
            yield from self._search(state, stack, statement)
            return
        inner = look.level + 1
        if statement.test_after and statement.times is None:
            if inner < len(statement.varying):
                yield head(state, (*stack, Look(statement, inner)))
            else:
                yield self._body(state, stack, look)
            return
        evaluation = self.evaluation(state)
        through = looping.through(evaluation, statement, look)
        path = evaluation.settle(state.path)
        if path is None:
            return
        after, before = path.where(through), path.where(negated(through))
        if after is not None:
            yield from self._level_done(State(after, state.storage), stack, look)
        if before is not None:
            more = State(before, state.storage)
            if inner < len(statement.varying):
                yield head(more, (*stack, Look(statement, inner)))
            else:
                yield self._body(more, stack, look)

    def _level_done(self, state: State, stack: Stack, look: Look) -> Iterator[Next]:
        """One level of a loop is through; the level around it, tested before, takes its next step."""
        statement = look.statement
        assert isinstance(statement, verbs.Perform)
        if look.level == 0:
            yield Way(state, stack)
        elif statement.test_after:
            yield from self._tested_after(state, stack, statement, look.level - 1)
        else:
            yield from self._stepped(state, stack, statement, look.level - 1)

    def _stepped(self, state: State, stack: Stack, statement: verbs.Perform, level: int) -> Iterator[Next]:
        evaluation = self.evaluation(state)
        looping.step_on(evaluation, statement, level)
        yield from self.on(evaluation, state, (*stack, Look(statement, level)))

    def again(self, state: State, stack: Stack, round_: Round) -> Iterator[Next]:
        """The body is through."""
        statement = round_.statement
        if statement.times is not None:
            done_, total = round_.hidden
            yield head(state, (*stack, Look(statement, 0, (looping.one_more(done_), total))))
        elif statement.test_after:
            yield from self._tested_after(state, stack, statement, max(0, len(statement.varying) - 1))
        elif statement.varying:
            yield from self._stepped(state, stack, statement, len(statement.varying) - 1)
        elif statement.until is not None:
            yield head(state, (*stack, Look(statement)))
        else:
            yield Way(state, stack)

    def _tested_after(self, state: State, stack: Stack, statement: verbs.Perform, level: int) -> Iterator[Next]:
        evaluation = self.evaluation(state)
        through = looping.through(evaluation, statement, Look(statement, level))
        path = evaluation.settle(state.path)
        if path is None:
            return
        after, before = path.where(through), path.where(negated(through))
        if after is not None:
            yield from self._level_done(State(after, state.storage), stack, Look(statement, level))
        if before is not None:
            more = State(before, state.storage)
            if statement.varying:
                yield from self._stepped(more, stack, statement, level)
            else:
                yield head(more, (*stack, Look(statement)))
