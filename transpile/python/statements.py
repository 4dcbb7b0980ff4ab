"""Statements of the form as lines of Python."""

from __future__ import annotations

from dataclasses import dataclass, field

from transpile.legacy.expressions import (
    Arithmetic,
    Both,
    Compare,
    Constant,
    Edited,
    Expression,
    Fit,
    Load,
    Padded,
    Part,
    Place,
    Repeated,
    Rounding,
    Target,
)
from transpile.legacy.statements import (
    Assign,
    Body,
    Break,
    Continue,
    Dispatch,
    If,
    Leave,
    Operation,
    Perform,
    Repeat,
    Return,
    SetLocal,
    Statement,
    Stop,
    Store,
    While,
)
from transpile.legacy.types import Number, Text
from transpile.python.code import Code, binary, literal, method, shifted
from transpile.python.counting import Counting, counting
from transpile.python.expressions import Expressions
from transpile.python.extents import extent
from transpile.python.failing import depend, may_fail
from transpile.python.lines import Lines
from transpile.python.operations import emit_operation
from transpile.python.places import unsupported
from transpile.python.relations import extreme
from transpile.python.storing import ROUNDINGS


@dataclass(slots=True)
class Statements:
    """``leaving`` is how a program is left from here; ``loops`` are those around, the innermost last."""

    expressions: Expressions
    lines: Lines
    leaving: str = "return"
    loops: list[While | Repeat] = field(default_factory=list)
    variables: int = 0
    """How many new ones the function has."""

    def body(self, body: Body) -> None:
        at = 0
        while at < len(body):
            loop = counting(body[at : at + 2], self.expressions)
            if loop is not None:
                self.counted(loop)
                at += 2
                continue
            self.lines.comment(*body[at].remarks)
            self.statement(body[at])
            at += 1

    def statement(self, statement: Statement) -> None:
        if self.lines.full:
            raise unsupported(self.expressions.program.origin, "it is nested too deeply for Python", statement.span)
        match statement:
            case Assign(target=target, value=value):
                self.assign(target, value)
            case Store():
                self.store(statement)
            case If():
                self.conditional(statement)
            case While():
                self.loop(statement)
            case Repeat(times=times, body=body):
                with self.lines.block(f"for _ in range({self.expressions.whole(times)}):"):
                    self._inside(statement, body)
            case Perform(function=function, further=further):
                owner = self.expressions.further_out(further)
                self.lines.add(f"{owner.owner}.{owner.names.function(function)}()")
            case Operation():
                emit_operation(self, statement)
            case SetLocal(local=local, value=value):
                self.lines.add(f"{self.expressions.code(local)} = {self.expressions.code(value)}")
            case Dispatch(state=state, parts=parts):
                with self.lines.block(f"match {self.expressions.code(state)}:"):
                    for name, body in parts:
                        with self.lines.block(f"case {literal(name)}:"):
                            self.body(body)
            case _:
                self.jump(statement)

    def jump(self, statement: Statement) -> None:
        match statement:
            case Break():
                self.lines.add("break")
            case Continue():
                loop = self.loops[-1]
                if isinstance(loop, While) and loop.after and loop.condition is not None:
                    with self.lines.block(f"if {self.expressions.inverted(loop.condition)}:"):
                        self.lines.add("break")
                self.lines.add("continue")
            case Return():
                self.lines.add("return")
            case Stop(status=status):
                self.expressions.uses.use("", "sys")
                given = self.expressions.whole(status) if status else ""
                self.lines.add(f"sys.exit({given})")
            case Leave(called=called):
                self.leave(called)
            case _:
                raise unsupported(type(statement).__name__, "it cannot be written in Python", statement.span)

    def leave(self, called: bool) -> None:
        if called:
            with self.lines.block("if self.called:"):
                self.lines.add(self.leaving)
            return
        self.lines.add(self.leaving)

    # Assignments

    def assign(self, target: Target, value: Expression) -> None:
        expressions = self.expressions
        if isinstance(target, Part):
            length = expressions.whole(_length(target))
            if isinstance(value, Repeated) and value.type.size is None:
                code = expressions.call("fill", expressions.code(value.text), length)
            elif isinstance(value, Padded) and value.type.size is None:
                code = expressions.call("fit_text", expressions.code(value.text), length)
            else:
                code = expressions.code(value)
            self._assign_part(target, code)
            return
        place = expressions.place(target)
        if expressions.is_shared(target.field) and not isinstance(target.field.type, Number):
            value = unpadded(value)
        code = expressions.code(value)
        if target.field.type is None and not expressions.is_shared(target.field):
            raise unsupported(target.field.origin, "a group of fields with values of their own gets bytes")
        if isinstance(target.field.type, Number) and expressions.kind(value) == "text":
            self._assign_part(Part(target, Constant(1, Number(1))), code)
            return
        self.lines.add(self._augmented(target, place, value, code) or f"{place} = {code}")

    def _augmented(self, target: Place, place: Code, value: Expression, code: Code) -> str:
        match value:
            case (
                Arithmetic(operator="+" | "-" as operator, left=left, right=right)
                | Fit(value=Arithmetic(operator="+" | "-" as operator, left=left, right=right))
            ):
                pass
            case _:
                return ""
        if operator == "+" and right == Load(target):
            left, right = right, left
        if left != Load(target):
            return ""
        amount = self.expressions.exact(right)
        plain = {binary(place, operator, amount).text, binary(amount, operator, place).text if operator == "+" else ""}
        return f"{place} {operator}= {amount}" if code.text in plain else ""

    def _assign_part(self, target: Part, code: Code) -> None:
        expressions = self.expressions
        field = target.place.field
        if expressions.is_shared(field):
            first = expressions.index(target.start)
            offset = expressions.offset(target.place)
            offset = shifted(offset, int(first.text)) if first.text.isdecimal() else binary(offset, "+", first)
            self.lines.add(str(method(expressions.record(field), "set_area", offset, code)))
            return
        if not isinstance(field.type, Text):
            raise unsupported(field.origin, "its bytes are changed, but it is no view of a record")
        place = expressions.place(target.place)
        changed = expressions.call("with_part", place, expressions.whole(target.start), code)
        self.lines.add(f"{place} = {changed}")

    def store(self, store: Store) -> None:
        plans = [self._plan(place, value, rounding) for place, value, rounding in store.results]
        if not any(plan.fails for plan in plans):
            self._store_all(store, plans)
            self.body(store.right)
        elif len(plans) == 1 and not store.powers:
            self._store_one(store, plans[0])
        else:
            self._store_several(store, plans)

    def _store_all(self, store: Store, plans: list[_Plan]) -> None:
        if len(plans) > 1 and depend(store):
            places, values = ", ".join(plan.place for plan in plans), ", ".join(str(plan.code) for plan in plans)
            self.lines.add(f"{places} = {values}")
            return
        for plan, (place, value, _) in zip(plans, store.results, strict=True):
            self.lines.add(self._augmented(place, Code(plan.place), value, plan.code) or f"{plan.place} = {plan.code}")

    def _store_one(self, store: Store, plan: _Plan) -> None:
        error = self.expressions.uses.rule("SizeError")
        if not store.wrong and not store.right:
            self.expressions.uses.use("contextlib", "suppress")
            with self.lines.block(f"with suppress({error}):"):
                self.lines.add(f"{plan.place} = {plan.code}")
            return
        with self.lines.block("try:"):
            self.lines.add(f"{plan.place} = {plan.code}")
        with self.lines.block(f"except {error}:"):
            self.body(store.wrong)
        if store.right:
            with self.lines.block("else:"):
                self.body(store.right)

    def _store_several(self, store: Store, plans: list[_Plan]) -> None:
        error = self.expressions.uses.rule("SizeError")
        flag = bool(store.wrong or store.right)
        together = depend(store)
        if flag:
            self._zero_powers(store)
        stores = []
        for plan, (target, _, _) in zip(plans, store.results, strict=True):
            place = plan.place
            if together:
                place = self.new_variable()
                stores.append((place, plan))
                if plan.fails:
                    self.lines.add(f"{place}: {_annotation(self.expressions, target)} | None = None")
            if not plan.fails:
                self.lines.add(f"{place} = {plan.code}")
            elif flag:
                with self.lines.block("try:"):
                    self.lines.add(f"{place} = {plan.code}")
                with self.lines.block(f"except {error}:"):
                    self.lines.add("size_error = True")
            else:
                self.expressions.uses.use("contextlib", "suppress")
                with self.lines.block(f"with suppress({error}):"):
                    self.lines.add(f"{place} = {plan.code}")
        for place, plan in stores:
            if plan.fails:
                with self.lines.block(f"if {place} is not None:"):
                    self.lines.add(f"{plan.place} = {place}")
            else:
                self.lines.add(f"{plan.place} = {place}")
        if flag:
            self.branches([("size_error", store.wrong), ("", store.right)])

    def _zero_powers(self, store: Store) -> None:
        """``size_error`` as far as it is known before anything is stored."""
        pairs = [[self.expressions.exact(each) for each in pair] for pair in store.powers]
        tests = [str(self.expressions.call("zero_to_the_zero", *pair)) for pair in pairs]
        line = f"size_error = {' or '.join(tests) or 'False'}"
        if not any(may_fail(each) for pair in store.powers for each in pair):
            self.lines.add(line)
            return
        with self.lines.block("try:"):
            self.lines.add(line)
        with self.lines.block(f"except {self.expressions.uses.rule('SizeError')}:"):
            self.lines.add("size_error = True")

    def new_variable(self) -> str:
        self.variables += 1
        return f"new_{self.variables}"

    def _plan(self, place: Place, value: Expression, rounding: Rounding) -> _Plan:
        expressions, type = self.expressions, place.field.type
        target = str(expressions.place(place))
        if isinstance(value, Edited) and isinstance(value.value, Fit):
            fit = value.value
            inner, fails = (
                self._checked(fit.value, fit.type, fit.rounding)
                if fit.checked
                else (
                    expressions.fit(fit.value, fit.type, fit.rounding),
                    False,
                )
            )
            return _Plan(target, expressions.edited(value, inner), fails or may_fail(value))
        if isinstance(value, Fit) and not value.checked:
            return _Plan(target, expressions.code(value), may_fail(value))
        if isinstance(value, Fit):
            code, fails = self._checked(value.value, value.type, value.rounding)
            return _Plan(target, code, fails or may_fail(value))
        if not isinstance(type, Number):
            return _Plan(target, expressions.code(value), may_fail(value))
        code, fails = self._checked(value, type, rounding)
        return _Plan(target, code, fails or may_fail(value))

    def _checked(self, value: Expression, type: Number, rounding: Rounding) -> tuple[Code, bool]:
        """The value as ``type`` keeps it, and whether it may have no room."""
        expressions = self.expressions
        known = extent(value)
        if rounding != "down" and not (known.scale is not None and known.scale <= type.scale):
            mode = [] if rounding == "half-up" else [literal(ROUNDINGS[rounding])]
            code = expressions.call("rounded", expressions.exact(value), literal(type.scale), *mode)
        elif known.within(type):
            return expressions.fit(value, type), False
        else:
            code = expressions.exact(value)
        signed = {} if type.signed else {"signed": "False"}
        if type.bits:
            digits = expressions.call("unscaled", code, literal(type.scale)) if type.scale else code
            checked = expressions.call("checked_native", digits, literal(type.bits // 8), **signed)
            return expressions.call("scaled", checked, literal(type.scale)) if type.scale else checked, True
        if type.scale:
            return expressions.call("checked_decimal", code, literal(type.digits), literal(type.scale), **signed), True
        return expressions.call("checked_int", code, literal(type.digits), **signed), True

    # Conditions and loops

    def conditional(self, statement: If) -> None:
        branches: list[tuple[str, Body]] = []
        rest: Body = (statement,)
        while len(rest) == 1 and isinstance(rest[0], If) and (not branches or not rest[0].remarks):
            chosen = rest[0]
            if not chosen.then and chosen.otherwise:
                branches.append((str(self.expressions.inverted(chosen.condition)), chosen.otherwise))
                rest = ()
                break
            condition, then = chosen.condition, chosen.then
            while not chosen.otherwise and (inner := _only_if(then)) is not None:
                condition, then = Both((condition, inner.condition)), inner.then
            branches.append((str(self.expressions.truth(condition)), then))
            rest = chosen.otherwise
        before = len(self.lines.made)
        self.branches([*branches, ("", rest)])
        if isinstance(statement.condition, Compare) and self._same_number(statement.condition):
            self._as_extreme(before)

    def _same_number(self, test: Compare) -> bool:
        kind = self.expressions.kind(test.left)
        return kind in ("int", "decimal") and kind == self.expressions.kind(test.right)

    def _as_extreme(self, at: int) -> None:
        """The lines from ``at`` on, as ``min`` or ``max`` if that is what they are."""
        match [line.strip() for line in self.lines.made[at:]]:
            case [test, assigned] if (line := extreme(test, assigned)) is not None:
                del self.lines.made[at:]
                self.lines.add(line)

    def branches(self, branches: list[tuple[str, Body]]) -> None:
        """if, elif, else; branches that do nothing at the end are left out. The last may have no condition."""
        while branches and not branches[-1][1]:
            branches.pop()
        if len(branches) == 2 and not branches[0][1] and not branches[1][0]:
            test = branches[0][0]
            inverse = test.removeprefix("not ") if test.startswith("not ") else f"not {test}"
            if test.isidentifier() or test.startswith("not ") or test.replace(".", "_").isidentifier():
                branches = [(inverse, branches[1][1])]
        chained = False
        for condition, body in branches:
            word = "elif" if chained else "if"
            if not condition and not chained:
                self.body(body)
                continue
            with self.lines.block(f"{word} {condition}:" if condition else "else:"):
                self.body(body)
            chained |= not (body and isinstance(body[-1], Break | Continue | Return))

    def loop(self, loop: While) -> None:
        if loop.condition is None or loop.after:
            with self.lines.block("while True:"):
                self._inside(loop, loop.body)
                if loop.condition is not None:
                    with self.lines.block(f"if {self.expressions.inverted(loop.condition)}:"):
                        self.lines.add("break")
            return
        with self.lines.block(f"while {self.expressions.truth(loop.condition)}:"):
            self._inside(loop, loop.body)

    def _inside(self, loop: While | Repeat, body: Body) -> None:
        self.loops.append(loop)
        self.body(body)
        self.loops.pop()

    def counted(self, loop: Counting) -> None:
        self.lines.comment(*loop.remarks)
        counters = self.expressions.counters
        counters[loop.field.number] = Code(loop.variable)
        self.expressions.counted.add(loop.field.number)
        with self.lines.block(f"for {loop.variable} in {loop.range}:"):
            self._inside(loop.loop, loop.body)
        del counters[loop.field.number]


def _only_if(body: Body) -> If | None:
    """The ``if`` that a body is, if it has no ``else`` and no comment of its own."""
    match body:
        case [If(otherwise=(), remarks=()) as inner] if inner.then:
            return inner
    return None


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is stored where; ``fails``: it may be a size error."""

    place: str
    code: Code
    fails: bool


def _annotation(expressions: Expressions, place: Place) -> str:
    kind = expressions.kind(Load(place))
    if kind == "decimal":
        return expressions.uses.use("decimal", "Decimal")
    return {"text": "str"}.get(kind, kind)


def unpadded(value: Expression) -> Expression:
    """A text without what filling it up with spaces does by itself."""
    match value:
        case Padded(text=Constant(value=str(text)), type=type, right=False):
            return Constant(text[: type.size].rstrip(" ") or " ", Text(None))
        case Padded(text=text, right=False):
            return text
        case Repeated(text=Constant(value=" ")):
            return Constant(" ", Text(1))
    return value


def _length(part: Part) -> Expression:
    """How many characters it has."""
    size = part.place.field.view.size
    match part.length, part.start:
        case None, Constant(value=int(start)):
            return Constant(size - start + 1, Number(9))
        case None, _:
            return Arithmetic("-", Constant(size + 1, Number(9)), part.start)
        case length, _:
            return length
