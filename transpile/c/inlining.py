"""Calls replaced by the bodies of the functions that they call.

A call is inlined where it stands alone as a statement, or gives a variable its whole value, and the function leaves
only at its end. Parameters that nothing changes become the argument if that is a constant or a variable which nothing
else can change; all others become variables of the block. Everything else of a call stays as it was: what is not
certain to mean the same is not inlined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from transpile.c.tree import (
    AddressOf,
    Assign,
    Assignment,
    Block,
    Call,
    CallThrough,
    Cast,
    Comma,
    Constant,
    Declare,
    Definition,
    DoWhile,
    Evaluate,
    Expression,
    For,
    Goto,
    Increment,
    Index,
    Label,
    Member,
    Name,
    Node,
    Return,
    SizeOf,
    Statement,
    Variable,
    While,
)
from transpile.c.types import Array, CType, Pointer, Reference, Void, is_arithmetic
from transpile.c.unit import Function, Unit
from transpile.c.walking import bare, declared, targets, transform, variables, walk
from transpile.errors import Span

_MOST_COPIES = 64
_LOOPS = For | While | DoWhile
Wanted = Callable[[Statement], bool]


def inlined(unit: Unit, function: Function, wanted: Wanted) -> tuple[Unit, Function]:
    """``function``, one of ``unit``'s, with the calls for which ``wanted`` says yes replaced where they can be, and the
    unit that has it. Only calls of functions with loops are asked about. The first copy of a function keeps the places
    of its text; further ones stand where they are called, each loop with a column of its own."""
    work = _Inliner(unit, function)
    body = work.body(wanted)
    if body is function.body:
        return unit, function
    changed = replace(function, body=body)
    functions = tuple(changed if one is function else one for one in unit.functions)
    return replace(unit, functions=functions), changed


def loops_within(unit: Unit, name: str) -> bool:
    """Whether the function ``name`` of ``unit`` has a loop, or calls one of the unit that has."""
    return any(isinstance(node, _LOOPS) for one in _reached(unit, name) for node in walk(one.body))


def _reached(unit: Unit, name: str) -> list[Function]:
    """The functions of the unit that a call of ``name`` may come to, itself among them."""
    known = {one.name: one for one in unit.functions}
    found: dict[str, Function] = {}
    waiting = [name]
    while waiting:
        at = waiting.pop()
        if at in known and at not in found:
            found[at] = known[at]
            waiting += [node.name for node in walk(known[at].body) if isinstance(node, Call)]
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Site:
    """A statement that is a call: ``target`` takes its value, if anything does."""

    statement: Statement
    call: Call
    target: Variable | None = None


def _sites(body: Block) -> Iterator[_Site]:
    for node in walk(body):
        match node:
            case Evaluate(expression=Call() as call):
                yield _Site(node, call)
            case Assign(target=Name(variable), operator="", value=value) if isinstance(given := bare(value), Call):
                yield _Site(node, given, variable)
            case Block(statements):
                for one in statements:
                    if isinstance(one, Declare) and one.initial and isinstance(given := bare(one.initial), Call):
                        yield _Site(one, given, one.variable)


@dataclass(slots=True)
class _Inliner:
    unit: Unit
    function: Function
    made: dict[int, Statement] = field(default_factory=dict)
    """What takes the place of a statement, by its ``id``."""
    spliced: set[int] = field(default_factory=set)
    """Blocks of ``made`` that need no braces where statements stand in a row."""
    numbers: Iterator[int] = field(init=False)
    words: set[str] = field(init=False)
    places: set[tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        everything = [v for one in self.unit.functions for v in (*one.parameters, *_all_variables(one.body))]
        everything += [one.variable for one in self.unit.functions]
        everything += [one.variable for one in self.unit.globals]
        self.numbers = count(max((variable.number for variable in everything), default=0) + 1)
        self.words = {variable.name for variable in everything} | set(self.unit.prototypes)
        body = self.function.body
        self.places = {(node.span.line, node.span.column) for node in walk(body) if isinstance(node, For)}

    def body(self, wanted: Wanted) -> Block:
        """The function's body, with all that is wanted and possible inlined."""
        for _ in range(_MOST_COPIES):
            before = self.function.body
            site = next((s for s in _sites(before) if self._possible(s) and wanted(s.statement)), None)
            if site is None:
                break
            self.made, self.spliced = {id(site.statement): self._copy(site)}, set()
            self._splice(site)
            self.function = replace(self.function, body=transform(before, self._placed))
        return self.function.body

    def _placed(self, node: Node) -> Node:
        found = self.made.get(id(node), node)
        if isinstance(found, Block) and any(id(one) in self.spliced for one in found.statements):
            return replace(found, statements=tuple(one for part in found.statements for one in self._row(part)))
        return found

    def _row(self, statement: Statement) -> Sequence[Statement]:
        return statement.statements if isinstance(statement, Block) and id(statement) in self.spliced else (statement,)

    def _splice(self, site: _Site) -> None:
        made = self.made[id(site.statement)]
        assert isinstance(made, Block)
        if isinstance(site.statement, Declare) or not any(isinstance(one, Declare) for one in made.statements):
            self.spliced.add(id(made))

    # What can be inlined

    def _possible(self, site: _Site) -> bool:
        name = site.call.name
        callee = next((one for one in self.unit.functions if one.name == name), None)
        if callee is None or not loops_within(self.unit, name) or len(callee.parameters) != len(site.call.arguments):
            return False
        return (
            not callee.type.variadic
            and not any(_calls(one, name) for one in _reached(self.unit, name))
            and _leaves_at_its_end(callee, site.target is not None)
            and not any(isinstance(node, Label | Goto | Definition) for node in walk(callee.body))
            and all(_plain(v) for v in (*callee.parameters, *declared(callee.body)))
            and all(_fixed(type) for type in _types(callee.body))
            and not any(_has_effects(argument) for argument in site.call.arguments)
            and (site.target is None or _takes(site.target, self.function))
            and self._outside(callee).isdisjoint(_names(self.function))
        )

    def _outside(self, callee: Function) -> set[str]:
        """The names that ``callee`` takes from outside: they must mean the same at the call."""
        own = {*callee.parameters, *declared(callee.body)}
        called = {node.name for node in walk(callee.body) if isinstance(node, Call)}
        return called | {variable.name for variable in variables(callee.body) if variable not in own}

    # Copies

    def _copy(self, site: _Site) -> Block:
        callee = next(one for one in self.unit.functions if one.name == site.call.name)
        avoided = {v.name for argument in site.call.arguments for v in variables(argument)}
        avoided |= {site.target.name} if site.target else set()
        values: dict[Variable, Expression] = {}
        fresh = {variable: self._fresh(variable, avoided) for variable in declared(callee.body)}
        begin: list[Statement] = []
        for parameter, argument in zip(callee.parameters, site.call.arguments, strict=True):
            stable = self._stable(argument, parameter) if _unchanged(parameter, callee) else None
            if stable is not None:
                values[parameter] = stable
                continue
            own = self._fresh(parameter, avoided)
            own = replace(own, storage="automatic", declared=own.type, const=_unchanged(parameter, callee))
            values[parameter] = Name(span=site.call.span, type=own.type, variable=own)
            begin.append(Declare(span=site.call.span, variable=own, initial=argument))
        spans = self._spans(callee, site)
        statements = [_renewed(one, values, fresh, spans) for one in callee.body.statements]
        notes = site.statement.notes
        end = self._ended(site, statements)
        declaration = [replace(site.statement, initial=None)] if isinstance(site.statement, Declare) else []
        inner = tuple(begin + statements + end)
        if declaration and any(isinstance(one, Declare) for one in inner):
            inner = (Block(span=site.statement.span, statements=inner),)
        return Block(span=site.statement.span, notes=notes, statements=(*declaration, *inner))

    def _ended(self, site: _Site, statements: list[Statement]) -> list[Statement]:
        """What becomes of the ``return`` at the end of ``statements``, which is taken off them."""
        if not statements or not isinstance(statements[-1], Return):
            return []
        returned = statements.pop()
        assert isinstance(returned, Return)
        if site.target is None or returned.value is None:
            return []
        whole = site.statement.initial if isinstance(site.statement, Declare) else None
        whole = site.statement.value if isinstance(site.statement, Assign) else whole
        assert whole is not None
        value = _converted(whole, _explicit(returned.value))
        target = Name(span=site.statement.span, type=site.target.type, variable=site.target)
        return [Assign(span=site.statement.span, target=target, operator="", value=value, computed=target.type)]

    def _fresh(self, variable: Variable, avoided: set[str]) -> Variable:
        name = variable.name
        if name in avoided:
            name = next(found for n in count(2) if (found := f"{variable.name}_{n}") not in self.words)
            self.words.add(name)
        return replace(variable, number=next(self.numbers), name=name)

    def _stable(self, argument: Expression, parameter: Variable) -> Expression | None:
        """``argument`` if it may stand wherever ``parameter`` does."""
        inner = bare(argument)
        match inner:
            case Name(variable):
                kept = variable.storage in ("parameter", "automatic") and not isinstance(variable.declared, Reference)
                if not kept or variable.volatile or _addressed(variable, self.function.body):
                    return None
            case Constant():
                pass
            case _:
                return None
        if inner.type == argument.type or _point_alike(inner.type, argument.type):
            return inner
        if isinstance(inner.type, Array):
            return argument
        return _explicit(argument) if is_arithmetic(inner.type) and is_arithmetic(argument.type) else None

    def _spans(self, callee: Function, site: _Site) -> dict[int, Span]:
        """The places of the loops of a copy, by their ``id``: their own if nobody has them yet."""
        loops = [node for node in walk(callee.body) if isinstance(node, For)]
        here = self.function.span.file
        own = [(loop.span.line, loop.span.column) for loop in loops]
        if self.places.isdisjoint(own) and len(set(own)) == len(own) and all(loop.span.file == here for loop in loops):
            self.places.update(own)
            return {id(loop): loop.span for loop in loops}
        found: dict[int, Span] = {}
        call = site.call.span
        for loop in loops:
            column = next(c for c in count(call.column) if (call.line, c) not in self.places)
            self.places.add((call.line, column))
            found[id(loop)] = replace(call, column=column)
        return found


def _renewed(
    statement: Statement,
    values: dict[Variable, Expression],
    fresh: dict[Variable, Variable],
    spans: dict[int, Span],
) -> Statement:
    """A copy of ``statement`` in which every statement is new, with other variables."""
    loops = iter([spans[id(node)] for node in _leaves_first(statement) if isinstance(node, For)])

    def change(node: Node) -> Node:
        match node:
            case Name(variable) if variable in values:
                return values[variable]
            case Name(variable) if variable in fresh:
                return replace(node, variable=fresh[variable])
            case Declare(variable=variable):
                return replace(node, variable=fresh[variable])
            case For():
                return replace(node, span=next(loops))
            case Statement():
                return replace(node)
        return node

    return transform(statement, change)


def _leaves_first(node: Node) -> Iterator[Node]:
    """The nodes below ``node`` in the order in which ``transform`` comes to them."""
    order: list[Node] = []

    def note(found: Node) -> Node:
        order.append(found)
        return found

    transform(node, note)
    return iter(order)


def _explicit(value: Expression) -> Expression:
    """``value`` with its conversion written out, so that it stays wherever it stands."""
    converts = isinstance(value, Cast) and value.implicit and value.operand.type != value.type
    return replace(value, implicit=False) if converts and is_arithmetic(value.type) else value  # type: ignore[call-arg]


def _converted(whole: Expression, value: Expression) -> Expression:
    """``whole``, a call with conversions around it, with ``value`` in the place of the call."""
    return replace(whole, operand=_converted(whole.operand, value)) if isinstance(whole, Cast) else value


def _point_alike(one: CType, other: CType) -> bool:
    """Pointers to the same, but for what is promised of it; arrays where they become pointers."""
    return isinstance(one, Pointer) and isinstance(other, Pointer) and one.to == other.to


def _calls(function: Function, name: str) -> bool:
    return any(isinstance(node, Call) and node.name == name for node in walk(function.body))


def _leaves_at_its_end(callee: Function, value_used: bool) -> bool:
    returns = [node for node in walk(callee.body) if isinstance(node, Return)]
    last = callee.body.statements[-1] if callee.body.statements else None
    if any(one is not last for one in returns):
        return False
    if value_used:
        return bool(returns) and returns[0].value is not None
    return isinstance(callee.result, Void) or not returns or not (returns[0].value and _has_effects(returns[0].value))


def _plain(variable: Variable) -> bool:
    """A parameter or local variable of a type that no other variable has a part in, of which each call has its own."""
    own = variable.storage in ("automatic", "parameter")
    return own and not variable.volatile and not isinstance(variable.declared, Reference) and _fixed(variable.type)


def _fixed(type: CType) -> bool:
    """Whether ``type`` holds no array whose length is computed."""
    inner = type
    while isinstance(inner, Array | Pointer):
        if isinstance(inner, Array) and inner.length is None:
            return False
        inner = inner.of if isinstance(inner, Array) else inner.to
    return True


def _types(body: Block) -> Iterator[CType]:
    for node in walk(body):
        if isinstance(node, Expression):
            yield node.type
        if isinstance(node, SizeOf):
            yield node.of


def _has_effects(expression: Expression) -> bool:
    return any(isinstance(n, Call | CallThrough | Assignment | Increment | Comma) for n in walk(expression))


def _takes(target: Variable, function: Function) -> bool:
    """Whether a variable of ``function`` can take the value of a call some statements later."""
    own = target.storage in ("automatic", "parameter") and not isinstance(target.declared, Reference)
    return own and not (target.const or target.volatile) and not _addressed(target, function.body)


def _names(function: Function) -> set[str]:
    return {variable.name for variable in (*function.parameters, *declared(function.body))}


def _all_variables(body: Block) -> Sequence[Variable]:
    return (*variables(body), *declared(body))


def _root(node: Expression) -> Variable | None:
    """The variable that ``node`` is, or is a part of."""
    while isinstance(node, Member | Index | Cast):
        if isinstance(node, Index) and not isinstance(bare(node.base).type, Array):
            return None
        node = node.operand if isinstance(node, Cast) else node.base
    return node.variable if isinstance(node, Name) else None


def _addressed(variable: Variable, body: Block) -> bool:
    return any(isinstance(node, AddressOf) and _root(node.operand) == variable for node in walk(body))


def _unchanged(parameter: Variable, callee: Function) -> bool:
    """Whether ``parameter`` has the argument's value throughout, and nobody asks for its own size or place."""
    changed = any(_root(target) == parameter for target in targets(callee.body))
    sized = any(isinstance(n, SizeOf) and n.operand and parameter in variables(n.operand) for n in walk(callee.body))
    return not (changed or sized or _addressed(parameter, callee.body))
