"""Scans: loops that carry a sum, a maximum or the like from one iteration to the next, by three kernels.

The first one combines what the iterations of each block contribute, the second scans the blocks, and the third runs the
loop's body with the value that its iteration finds. A contribution is what the body makes of the neutral element; with
operators for which a value may take part twice, of the first value.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field

from transpile.c.printing import text
from transpile.c.tree import Assign, Binary, Block, Declare, Expression, If, Index, Name, Node, Statement, Variable
from transpile.c.types import Bool, Float, Integer
from transpile.c.walking import bare, free, substitute, targets, transform, walk
from transpile.cuda.blockwide import IDEMPOTENT, combined, name
from transpile.cuda.capture import Parameter, check, declared, inner_counters, parameters, written_arrays
from transpile.cuda.context import BlockOperation, Context, controlled, indented, refuse, without_pragmas
from transpile.cuda.counting import Values, counts
from transpile.cuda.finals import final_value
from transpile.cuda.kernel_text import add, launched
from transpile.cuda.plan import Scan
from transpile.cuda.resolve import Nest, variable_called
from transpile.cuda.results import private_declarations
from transpile.cuda.threads import Threads, body_lines, covered, threads
from transpile.loops.counted import base_variable
from transpile.loops.polynomial import number

_SECOND = 256


@dataclass(frozen=True, slots=True)
class _Carried:
    """What the loop carries, in the variable ``value``. ``contribution`` are the statements of ``body`` that set it;
    ``first`` is the element that the first iteration finds, if the loop carries elements."""

    value: Variable
    body: Statement
    contribution: tuple[Statement, ...]
    first: Expression | None


def scan(context: Context, nest: Nest, how: Scan, base: str) -> list[str]:
    """Adds the kernels; gives the lines of the host."""
    (loop,) = nest.loops
    (count,) = counts([loop.loop], nest.span)
    wide = context.local(f"{loop.loop.counter.name}64")
    (part,) = threads(nest.loops, [count], (how.block,), False, [wide])
    if part.at is part.counter:
        context.assume_room(loop.loop)
    carried = _carried(context, nest, how, without_pragmas(nest.body))
    operation = BlockOperation("scan", how.operator, carried.value.type)
    context.use(operation, max(how.block, _SECOND))
    check(context, nest, carried.body, {part.counter, carried.value, *inner_counters(carried.body)})
    names = _Names(*map(context.local, ("own", "before", "here", "all", "block", "start", "count", "of_block")))
    kernels = _Kernels(context, nest, how, part, carried, operation, names)
    entered = count.entered or f"{count.threads} > 0"
    before, after = final_value(context, nest, count)
    return [*before, *controlled(f"if ({entered})", [*kernels.launches(base, count.threads), *after])]


@dataclass(frozen=True, slots=True)
class _Names:
    """Variables of the kernels, called otherwise than the function's own."""

    own: str
    before: str
    here: str
    all: str
    block: str
    start: str
    count: str
    buffer: str


@dataclass(frozen=True, slots=True)
class _Kernels:
    context: Context
    nest: Nest
    how: Scan
    part: Threads
    carried: _Carried
    operation: BlockOperation
    names: _Names

    @property
    def _value(self) -> str:
        return self.carried.value.name

    @property
    def _buffer(self) -> Parameter:
        buffer = self.names.buffer
        return Parameter(declared(f"*__restrict__ {buffer}", self.carried.value.type), buffer)

    def _neutral(self, start: str) -> str:
        """What changes nothing where ``start`` takes part anyway."""
        return start if self.how.operator in IDEMPOTENT else "1" if self.how.operator == "*" else "0"

    def _declared(self, name: str, value: str) -> str:
        return f"{declared(name, self.carried.value.type)} = {value};"

    def _first(self) -> list[str]:
        """The value before the loop, where it is an element."""
        first = self.carried.first
        return [] if first is None else [self._declared(self._value, text(first, macros=True))]

    def _contribution(self, neutral: str) -> list[str]:
        """Sets ``own`` to what this thread's iteration contributes."""
        value = self.carried.value
        own = Name(dataclasses.replace(value, number=-1, name=self.names.own), type=value.type, span=self.nest.span)
        statements = [substitute(statement, {value: own}) for statement in self.carried.contribution]
        private = private_declarations(self.nest, _ordered(inner_counters(self.carried.body)))
        lines = [*private, *(line for statement in statements for line in body_lines(statement))]
        return [self._declared(self.names.own, neutral), "{", *indented(covered([self.part], lines, False)), "}"]

    def _scanned(self, result: str, neutral: str) -> list[str]:
        return [
            self._declared(self.names.before, neutral),
            f"{result}{name(self.operation)}({self.names.own}, {self.names.before});",
        ]

    def _totals(self) -> list[str]:
        neutral = self._neutral(self._value)
        first = self._first() if neutral == self._value else []
        store = controlled(
            "if (threadIdx.x == blockDim.x - 1)", [f"{self.names.buffer}[blockIdx.x] = {self.names.own};"]
        )
        return [*first, *self._contribution(neutral), *self._scanned(f"{self.names.own} = ", neutral), *store]

    def _blocks(self) -> list[str]:
        neutral = self._neutral(self._value)
        names = self.names
        inside = f"{names.block} < {names.count}"
        loop = [
            f"const unsigned {names.block} = {names.start} + threadIdx.x;",
            self._declared(names.own, f"{inside} ? {names.buffer}[{names.block}] : {neutral}"),
            *self._scanned(f"{self.names.own} = ", neutral),
            "if (threadIdx.x == blockDim.x - 1)",
            f"    {names.all} = {names.own};",
            self._declared(names.here, self._value),
            *combined(self.how.operator, names.here, names.before).splitlines(),
            f"if ({inside})",
            f"    {names.buffer}[{names.block}] = {names.here};",
            "__syncthreads();",
            *combined(self.how.operator, self._value, names.all).splitlines(),
        ]
        head = f"for (unsigned {names.start} = 0; {names.start} < {names.count}; {names.start} += blockDim.x)"
        return [
            f"__shared__ {declared(names.all, self.carried.value.type)};",
            *self._first(),
            *controlled(head, loop),
            *controlled("if (threadIdx.x == 0)", [f"{names.buffer}[{names.count}] = {self._value};"]),
        ]

    def _body(self) -> list[str]:
        neutral = self._neutral(self._value)
        private = private_declarations(self.nest, _ordered(inner_counters(self.carried.body)))
        lines = covered([self.part], [*private, *body_lines(self.carried.body)], False)
        return [
            self._declared(self._value, f"{self.names.buffer}[blockIdx.x]"),
            *self._contribution(neutral),
            *self._scanned("", neutral),
            *combined(self.how.operator, self._value, self.names.before).splitlines(),
            "{",
            *indented(lines),
            "}",
        ]

    def _parameters(self, code: Sequence[Node], own: bool) -> list[Parameter]:
        """``own``: the kernel makes the carried value itself."""
        loop = self.part.loop.loop
        header = [loop.start, *(bound.condition for bound in loop.bounds)]
        hidden = {self.part.counter, *inner_counters(self.carried.body), *([self.carried.value] if own else [])}
        written = written_arrays(self.context, self.nest.statement)
        return parameters(self.context, self.nest, [*header, *code], hidden, written)

    def launches(self, base: str, count: str) -> list[str]:
        count_name = self.context.local("block_count")
        stem, block, buffer = base.removesuffix("_kernel"), str(self.how.block), self._buffer
        blocks = f"blocks({count}, {block})"
        first: list[Node] = [self.carried.first] if self.carried.first is not None else []
        starts = self.how.operator in IDEMPOTENT
        code = [Block(self.carried.contribution, span=self.nest.span), *(first if starts else [])]
        taken = [*self._parameters(code, not starts or bool(first)), buffer]
        totals = add(self.context, self.nest, f"{stem}_totals_kernel", taken, self._totals(), blocks, block)
        value = Name(self.carried.value, type=self.carried.value.type, span=self.nest.span)
        whole = parameters(self.context, self.nest, first or [value], {self.part.counter}, ())
        second = [Parameter(f"unsigned {self.names.count}", count_name), *whole, buffer]
        scanned = add(self.context, self.nest, f"{stem}_blocks_kernel", second, self._blocks(), "1", str(_SECOND))
        third = [*self._parameters([self.carried.body], True), buffer]
        last = add(self.context, self.nest, base, third, self._body(), blocks, block)
        lines = [
            f"const unsigned {count_name} = {blocks};",
            f"{declared(f'*{self.names.buffer}', self.carried.value.type)};",
            f"CHECK(cudaMalloc(&{self.names.buffer}, ({count_name} + (size_t)1) * sizeof *{self.names.buffer}));",
            *launched(totals, count_name, block, taken),
            *launched(scanned, "1", str(_SECOND), second),
            *launched(last, count_name, block, third),
        ]
        if not first:
            copied = f"&{self._value}, &{self.names.buffer}[{count_name}], sizeof {self._value}"
            lines.append(f"CHECK(cudaMemcpy({copied}, cudaMemcpyDeviceToHost));")
        return [*lines, f"CHECK(cudaFree({self.names.buffer}));"]


def _ordered(variables: frozenset[Variable]) -> list[Variable]:
    return sorted(variables, key=lambda variable: variable.number)


def _carried(context: Context, nest: Nest, how: Scan, body: Statement) -> _Carried:
    variable = variable_called(nest, how.variable)
    statements = body.statements if isinstance(body, Block) else (body,)
    found = (
        _element(context, nest, how, variable, body, statements)
        if context.array(variable)
        else _Carried(variable, body, _contribution(nest, how, variable, statements), None)
    )
    type = found.value.type
    if not isinstance(type, Bool | Integer | Float) or (how.operator in ("&", "|", "^") and isinstance(type, Float)):
        raise refuse(nest, f"'{how.variable}' is not a number that '{how.operator}' could scan")
    return found


def _contribution(nest: Nest, how: Scan, value: Variable, statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements that set the carried variable, and those that set what they need."""
    inside = {node.variable for s in statements for node in walk(s) if isinstance(node, Declare)}
    slicing = _Slice(nest, value, frozenset(inside))
    found = [kept for statement in statements if (kept := slicing.statement(statement)) is not None]
    if not any(isinstance(t, Name) and t.variable == value for kept in found for t in targets(kept)):
        raise refuse(nest, f"no statement of the loop sets '{how.variable}'")
    return tuple(statement for statement in found if value not in _read_early(statement, value))


@dataclass(slots=True)
class _Slice:
    """The part of a loop's body that the carried variable ``value`` needs; ``inside`` are variables of the body.

    ``left`` is what the statements that are left out have written so far, which no other may read then.
    """

    nest: Nest
    value: Variable
    inside: frozenset[Variable]
    left: set[Variable] = field(default_factory=set)

    def statement(self, statement: Statement) -> Statement | None:
        match statement:
            case Block(parts):
                found = [kept for part in parts if (kept := self.statement(part)) is not None]
                return dataclasses.replace(statement, statements=tuple(found)) if found else None
            case If(condition, then, otherwise) if not any(targets(condition)):
                self._read(condition)
                before = set(self.left)
                one = self.statement(then)
                behind, self.left = self.left, before
                two = self.statement(otherwise) if otherwise is not None else None
                self.left |= behind
                if one is None and two is None:
                    return None
                return dataclasses.replace(statement, then=one or Block((), span=then.span), otherwise=two)
        return self._whole(statement)

    def _whole(self, statement: Statement) -> Statement | None:
        written = [(t.variable if isinstance(t, Name) else None, base_variable(t)) for t in targets(statement)]
        own = {self.value, *self.inside}
        if isinstance(statement, Declare) or (written and all(variable in own for variable, _ in written)):
            self._read(statement)
            return statement
        if any(variable == self.value for variable, _ in written):
            what = f"line {statement.span.line} sets '{self.value.name}' together with something else"
            raise refuse(self.nest, f"the scan of '{self.value.name}' is not understood: {what}")
        self.left.update(base for _, base in written if base is not None)
        return None

    def _read(self, code: Node) -> None:
        for variable in free(code):
            if variable in self.left:
                message = f"line {code.span.line} reads '{variable.name}', which the iteration has written before"
                raise refuse(self.nest, f"{message}, to set '{self.value.name}'")


def _read_early(statement: Statement, value: Variable) -> set[Variable]:
    """The carried variable, if ``statement`` reads it only to keep a copy."""
    return {value} if isinstance(statement, Declare) and value in free(statement) else set()


def _element(
    context: Context, nest: Nest, how: Scan, array: Variable, body: Statement, statements: Sequence[Statement]
) -> _Carried:
    """The array form: ``a[i] = a[i - 1] + x[i];``."""
    loop = nest.loops[0].loop
    sets = [s for s in statements if isinstance(s, Assign) and isinstance(s.target, Index) and _base(s.target) == array]
    if len(sets) != 1 or any(not isinstance(s, Declare) and s is not sets[0] for s in statements):
        raise refuse(nest, f"the loop does more than to set an element of '{how.variable}'")
    (set_here,) = sets
    assert isinstance(set_here.target, Index)
    values = Values()
    own = values.polynomial(set_here.target.subscript)
    step = own.coefficient(loop.counter.name)
    if step is None or step.constant is None:
        raise refuse(nest, f"the subscript on line {set_here.span.line} is not understood")
    before = own - number(step.constant * loop.step)
    value = Variable(-2, context.local("carried"), set_here.target.type, "automatic", set_here.target.type)
    carried = Name(value, type=value.type, span=set_here.span)
    seen: list[Expression] = []

    def change(node: Node) -> Node:
        if isinstance(node, Index) and _base(node) == array and values.polynomial(node.subscript) == before:
            seen.append(node)
            return carried
        return node

    changed = transform(body, change)
    if not seen:
        raise refuse(nest, f"the loop does not use the element of '{how.variable}' before the one it sets")
    inside = changed.statements if isinstance(changed, Block) else (changed,)
    contribution = tuple(_into(statement, carried) for statement in inside)
    first = substitute(seen[0], {loop.counter: loop.start})
    return _Carried(value, changed, contribution, first)


def _into(statement: Statement, carried: Name) -> Statement:
    """A statement that sets the carried variable instead of the element."""
    if not isinstance(statement, Assign):
        return statement
    value = statement.value
    if statement.operator:
        value = Binary(statement.operator, statement.target, value, type=statement.computed, span=statement.span)
    return dataclasses.replace(statement, target=carried, operator="", value=value)


def _base(node: Index) -> Variable | None:
    base = bare(node.base)
    return base.variable if isinstance(base, Name) else None
