"""Statements, one after the other, on one path; where it is not certain which way they go, on several."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import z3

from transpile.python.correspondence import Correspondence, Method
from transpile.solvers.python.assigning import Assigned, Assignment, assigned, straight, with_piece
from transpile.solvers.python.classes import Module
from transpile.solvers.python.events import FileCall, display, execute, file_call, file_event, stop
from transpile.solvers.python.expressions import Asked, Evaluation
from transpile.solvers.python.frames import Count, Frame, Guarded, Loop, Rest
from transpile.solvers.python.places import Places
from transpile.solvers.python.unstringing import takes_piece
from transpile.solvers.python.values import PyValue, negation, truth_of, units_of, whole
from transpile.solvers.storage.inspecting import Inspection
from transpile.solvers.storage.steps import End, Event, Head, Path
from transpile.solvers.storage.storage import Storage
from transpile.solvers.storage.values import Int, NoTerm, Text, Truth, integer, known

Facts: TypeAlias = Mapping[tuple[str, str], Truth]
_BUILTINS = frozenset(dir(builtins)) - {"_"}
"""Without what an interpreter keeps its last value in."""


@dataclass(frozen=True, slots=True)
class State:
    """``facts`` are what files said last; ``answers`` what came from outside within the statement that is next."""

    path: Path
    storage: Storage
    frames: tuple[Frame, ...]
    facts: Facts = field(default_factory=dict)
    answers: Mapping[tuple[int, int], PyValue] = field(default_factory=dict)

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    def on(self, frame: Frame) -> State:
        return replace(self, frames=(*self.frames[:-1], frame))

    def along(self, path: Path) -> State:
        return replace(self, path=path)

    def where(self, condition: Truth) -> list[State]:
        path = self.path.where(condition)
        return [] if path is None else [self.along(path)]


@dataclass(frozen=True, slots=True)
class Stopped:
    """``state`` is as it will be when the event is over; see ``machine.Point`` for the rest."""

    state: State
    at: Event | Head | End
    callee: str = ""
    asked: tuple[int, int] | None = None
    file: str = ""


Next: TypeAlias = list[State | Stopped]


@dataclass(frozen=True, slots=True)
class Running:
    module: Module
    places: Places
    correspondence: Correspondence

    def step(self, state: State) -> Next:
        """What is next to be done, done."""
        frame = state.frame
        if not frame.work:
            return self._through(state)
        match frame.work[-1]:
            case Rest(block=block, at=at):
                after = frame.without().then(Rest(block, at + 1))
                return self.statement(state.on(after), block[at], state)
            case Loop() | Count():
                return [Stopped(state, Head())]
            case Guarded(node=node):
                more = [Rest(tuple(node.orelse))] if isinstance(node, ast.Try) else []
                return [state.on(frame.without().then(*more))]
        raise AssertionError(frame)

    def _through(self, state: State) -> Next:
        """A method has come to its end, and goes back to the one that called it."""
        if len(state.frames) > 1:
            return [replace(state, frames=state.frames[:-1], facts={})]
        return [Stopped(state, Event("leave") if self._leaves(state.frame.method) else End())]

    def _leaves(self, method: str) -> bool:
        """Whether the end of a method is that of the program: it is where the program begins, and nobody calls it."""
        found = _entry(self.correspondence)
        if found is None or found.name != method:
            return False
        nodes = [each for body in self.places.own.methods.values() for each in ast.walk(body)]
        return not any(isinstance(each, ast.Attribute) and each.attr == method for each in nodes)

    def statement(self, state: State, node: ast.stmt, before: State) -> Next:
        """``state`` is where it goes on after it, ``before`` where it is the next."""
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return [state]
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))) if isinstance(
                state.frame.locals.get(name), Inspection
            ):
                return self._assignment(state, node, before)
            case ast.Expr(value=ast.Call() as call):
                return self._called(state, call, before)
            case ast.Assign() | ast.AugAssign() | ast.AnnAssign():
                return self._assignment(state, node, before)
            case ast.If(test=test) if takes_piece(test):
                return self._piece(state, node)
            case ast.If(test=test, body=body, orelse=orelse):
                return self._if(state, test, body, orelse)
            case ast.While(orelse=[]):
                return [state.on(state.frame.then(Loop(node)))]
            case ast.For(orelse=[]):
                return self._for(state, node)
            case ast.Match(subject=subject, cases=cases):
                return self._match(state, subject, cases)
            case ast.With() | ast.Try():
                self._catches(node)
                return [state.on(state.frame.then(Guarded(node), Rest(tuple(node.body))))]
            case ast.Break() | ast.Continue() | ast.Return() | ast.Raise():
                return self._jump(state, node)
        raise NoTerm(f"the statement {ast.unparse(node).splitlines()[0][:60]} is not in the model")

    def frame(self, name: str) -> Frame:
        """The start of a method."""
        node = self.places.own.methods.get(name)
        if node is None:
            raise NoTerm(f"there is no method {name}")
        arguments = node.args
        others = [*arguments.posonlyargs, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        if [each.arg for each in arguments.args] != ["self"] or any(others) or node.decorator_list:
            raise NoTerm(f"the method {name} has arguments")
        tests = [each.test for each in ast.walk(node) if isinstance(each, ast.If)]
        known = [each for each in tests if takes_piece(each)]
        if any(isinstance(each, _STRANGE) and each not in known for each in ast.walk(node)):
            raise NoTerm(f"the method {name} does something that is not in the model")
        written = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
        for each in sorted(written):
            if not self.module.builtin(each) or each in _BUILTINS:
                raise NoTerm(f"the variable {each}, which is called as something outside of the method {name}")
        return Frame(name, (Rest(tuple(node.body)),), {})

    def evaluation(self, state: State) -> Evaluation:
        return Evaluation(
            self.module, self.places, state.storage, state.path, state.frame.locals, state.answers, state.facts
        )

    # Exceptions

    def settled(self, state: State, evaluation: Evaluation) -> tuple[Next, Path | None]:
        """The paths on which the expressions raise something, and the one on which they do not."""
        found: Next = []
        path: Path | None = state.path
        for condition, exception in evaluation.raised:
            if path is None:
                break
            wrong = path.where(condition)
            if wrong is not None:
                found += self._raised(replace(state, path=wrong, answers={}), exception)
            path = path.where(negation(condition))
        return found, path

    def _raised(self, state: State, exception: str) -> Next:
        frame = state.frame
        while frame.work:
            work, frame = frame.work[-1], frame.without()
            if isinstance(work, Guarded) and exception == "SizeError":
                handlers = work.node.handlers if isinstance(work.node, ast.Try) else []
                return [state.on(frame.then(*(Rest(tuple(each.body)) for each in handlers)))]
        return [Stopped(state, Event("error", exception))]

    def _catches(self, node: ast.With | ast.Try) -> None:
        """Raises NoTerm unless it is SizeError that is caught, and nothing else."""
        match node:
            case ast.With(items=[ast.withitem(context_expr=call, optional_vars=None)]):
                match call:
                    case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=name)], keywords=[]):
                        if self._is(function, "contextlib.suppress") and self._is(name, "cobol_rules.SizeError"):
                            return
            case ast.Try(handlers=[ast.ExceptHandler(type=ast.Name(id=name), name=None)], finalbody=[]):
                if self._is(name, "cobol_rules.SizeError"):
                    return
        raise NoTerm(f"{ast.unparse(node).splitlines()[0][:60]} is not in the model")

    def _is(self, name: str, meaning: str) -> bool:
        return self.module.rule(name) == meaning

    # Simple statements

    def _assignment(self, state: State, node: Assignment, before: State) -> Next:
        if isinstance(node, ast.Assign) and (call := file_call(self.correspondence, node.value)) is not None:
            return self._file(state, call, node.targets)
        evaluation = self.evaluation(state)
        try:
            made = assigned(evaluation, node)
        except Asked as asked:
            return [Stopped(before, asked.event, asked=asked.at)]
        found, path = self.settled(state, evaluation)
        if path is not None:
            found.append(self._having(state.along(path), made))
        return found

    def _having(self, state: State, made: Assigned) -> State:
        return replace(state.on(replace(state.frame, locals=made.locals)), storage=made.storage, answers={})

    def _called(self, state: State, node: ast.Call, before: State) -> Next:
        if (call := file_call(self.correspondence, node)) is not None:
            return self._file(state, call, [])
        match node.func:
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if name in self.correspondence.interfaces:
                event, words = execute(self.correspondence, self.places.own.methods, node, state.frame.guarded)
                return [Stopped(state.along(state.path.granting(words)), event)]
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if name in self.places.own.methods:
                return self._perform(state, name, node)
            case ast.Attribute(value=ast.Name(id="sys"), attr="exit") if self._is("sys", "sys"):
                return self._seen(state, before, lambda e: stop(e, node))
            case ast.Name(id="print") if self.module.builtin("print") and "print" not in state.frame.locals:
                return self._seen(state, before, lambda e: display(e, node))
            case ast.Attribute(value=owner, attr="set_area"):
                return self._set_area(state, owner, node, before)
        raise NoTerm(f"the call {ast.unparse(node)[:60]} is not in the model")

    def _seen(self, state: State, before: State, event: object) -> Next:
        assert callable(event)
        evaluation = self.evaluation(state)
        try:
            made = event(evaluation)
        except Asked as asked:
            return [Stopped(before, asked.event, asked=asked.at)]
        found, path = self.settled(state, evaluation)
        if path is not None:
            found.append(Stopped(replace(state, path=path, answers={}), made))
        return found

    def _perform(self, state: State, name: str, node: ast.Call) -> Next:
        if node.args or node.keywords:
            raise NoTerm(f"the method {name} with arguments")
        found = next((each for each in self.correspondence.methods if each.name == name), None)
        if state.frame.guarded:
            raise NoTerm(f"the method {name} within a try")
        if found is None or found.paragraphs is None:
            if any(each.method == name for each in state.frames):
                raise NoTerm(f"the method {name}, which calls itself")
            return [replace(state, frames=(*state.frames, self.frame(name)), facts={})]
        first, last = found.paragraphs
        return [Stopped(state, Event("perform", f"{first}-{last}", changes=None), callee=name)]

    def _file(self, state: State, call: FileCall, targets: Sequence[ast.expr]) -> Next:
        """The status is what the file says; it must be kept where the program keeps it."""
        evaluation = self.evaluation(state)
        status = call.file.status
        kept = [self.places.target(ref) for each in targets if (ref := evaluation.ref(each)) is not None]
        wanted = [] if status is None else [status.field]
        if kept != wanted or len(targets) != len(wanted) or (status is not None and status.subscripts):
            raise NoTerm(f"the status of the file {call.file.origin} is not kept where it belongs")
        event = file_event(evaluation, call)
        found, path = self.settled(state, evaluation)
        if path is not None:
            found.append(Stopped(state.along(path), event, file=call.name))
        return found

    def _set_area(self, state: State, owner: ast.expr, node: ast.Call, before: State) -> Next:
        """``record.set_area(offset, text)``."""
        evaluation = self.evaluation(state)
        ref = evaluation.ref(owner)
        area = self.places.area(ref) if ref is not None else None
        if area is None or len(node.args) != 2 or node.keywords:
            raise NoTerm(f"the call {ast.unparse(node)[:60]} is not in the model")
        offset, value = evaluation.integer(node.args[0]), evaluation.value(node.args[1])
        start = known(offset)
        if start is None or not isinstance(value, Text):
            raise NoTerm("bytes of a record, whose place depends on the data")
        storage = state.storage
        if not 0 <= start <= start + len(value) <= area.size:
            evaluation.note(z3.BoolVal(True), "IndexError")
        else:
            storage = storage.put_bytes(area.number, start, value)
        found, path = self.settled(state, evaluation)
        return found if path is None else [*found, replace(state, path=path, storage=storage)]

    # Choices

    def _piece(self, state: State, node: ast.If) -> Next:
        """``if piece := unstring.next():`` is one path."""
        try:
            return [self._having(state, with_piece(self.evaluation(state), node))]
        except Asked:
            raise NoTerm("a line that is read for an Unstring") from None

    def _if(self, state: State, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt]) -> Next:
        evaluation = self.evaluation(state)
        condition = self._condition(evaluation, test)
        found, path = self.settled(state, evaluation)
        if path is None:
            return found
        state = state.along(path)
        both = straight(self.evaluation(state), condition, body, orelse)
        if both is not None:
            return [*found, self._having(state, both)]
        for taken, block in ((condition, body), (negation(condition), orelse)):
            found += [each.on(each.frame.then(Rest(tuple(block)))) for each in state.where(taken)]
        return found

    @staticmethod
    def _condition(evaluation: Evaluation, test: ast.expr) -> Truth:
        try:
            return evaluation.truth(test)
        except Asked:
            raise NoTerm("a line that is read within a condition") from None

    def _match(self, state: State, subject: ast.expr, cases: list[ast.match_case]) -> Next:
        evaluation = self.evaluation(state)
        evaluation.value(subject)
        found, path = self.settled(state, evaluation)
        rest = [] if path is None else [state.along(path)]
        for case in cases:
            if case.guard is not None:
                raise NoTerm("a case with a condition")
            after: list[State] = []
            for each in rest:
                condition = self._fits(self.evaluation(each), subject, case.pattern)
                found += [way.on(way.frame.then(Rest(tuple(case.body)))) for way in each.where(condition)]
                after += each.where(negation(condition))
            rest = after
        return [*found, *rest]

    def _fits(self, evaluation: Evaluation, subject: ast.expr, pattern: ast.pattern) -> Truth:
        match pattern:
            case ast.MatchAs(pattern=None, name=None):
                return z3.BoolVal(True)
            case ast.MatchValue(value=ast.Constant() as value):
                return evaluation.truth(ast.Compare(subject, [ast.Eq()], [value]))
            case ast.MatchOr(patterns=patterns):
                return truth_of(z3.Or(*(self._fits(evaluation, subject, each) for each in patterns)))
        raise NoTerm("a case that is no constant")

    # Loops and jumps

    def _for(self, state: State, node: ast.For) -> Next:
        match node:
            case ast.For(target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range"), args=args, keywords=[])):
                if name == "self" or not self.module.builtin("range") or not 1 <= len(args) <= 3:
                    raise NoTerm("a loop that is not in the model")
            case _:
                raise NoTerm("a loop over something else than a range")
        evaluation = self.evaluation(state)
        given = [evaluation.integer(each) for each in args]
        step = known(given[2]) if len(given) == 3 else 1
        if not step:
            raise NoTerm("a loop whose step depends on the data")
        first, end = (integer(0), given[0]) if len(given) == 1 else (given[0], given[1])
        found, path = self.settled(state, evaluation)
        if path is not None:
            found.append(state.along(path).on(state.frame.then(Count(node, first, end, step))))
        return found

    def past_head(self, state: State) -> Next:
        """The next round of the loop, or what comes after it."""
        frame, work = state.frame, state.frame.work[-1]
        if isinstance(work, Loop):
            evaluation = self.evaluation(state)
            condition = self._condition(evaluation, work.node.test)
            found, path = self.settled(state, evaluation)
            if path is None:
                return found
            state = state.along(path)
            found += [each.on(frame.then(Rest(tuple(work.node.body)))) for each in state.where(condition)]
            return [*found, *(each.on(frame.without()) for each in state.where(negation(condition)))]
        assert isinstance(work, Count) and isinstance(work.node.target, ast.Name)
        more = truth_of(work.next < work.stop if work.step > 0 else work.next > work.stop)
        round_ = frame.without().then(replace(work, next=_sum(work.next, work.step)), Rest(tuple(work.node.body)))
        round_ = round_.having(work.node.target.id, whole(work.next, COUNT_DIGITS))
        return [
            *(each.on(round_) for each in state.where(more)),
            *(each.on(frame.without()) for each in state.where(negation(more))),
        ]

    def _jump(self, state: State, node: ast.Break | ast.Continue | ast.Return | ast.Raise) -> Next:
        match node:
            case ast.Return(value=None | ast.Constant(value=None)):
                return [state.on(replace(state.frame, work=()))]
            case ast.Break() | ast.Continue():
                frame = state.frame
                while not isinstance(frame.work[-1], Loop | Count):
                    frame = frame.without()
                return [state.on(frame.without() if isinstance(node, ast.Break) else frame)]
            case ast.Raise(exc=ast.Name(id=name), cause=None) if self._is(name, "cobol_programs.Left"):
                return [Stopped(state, Event("leave"))]
        raise NoTerm(f"the statement {ast.unparse(node)[:60]} is not in the model")


def _entry(correspondence: Correspondence) -> Method | None:
    """The method of the function that runs the program."""
    program = correspondence.program
    functions = [each.name for each in program.functions]
    return correspondence.methods[functions.index(program.entry)] if program.entry in functions else None


_STRANGE = (
    ast.AsyncFor, ast.AsyncWith, ast.Await, ast.ClassDef, ast.Delete, ast.Global, ast.Import, ast.ImportFrom,
    ast.NamedExpr, ast.Nonlocal, ast.Yield, ast.YieldFrom,
)  # fmt: skip
COUNT_DIGITS = 20
"""No counter of a loop has more."""


def _sum(term: Int, step: int) -> Int:
    return units_of(term + step)
