"""From a function to the facts about its loops: every access, under which loops and conditions, in program order.

The text is gone through once with what is known of the scalars. What a loop changes is unknown in it, but for its
counter and for variables that grow by a fixed amount in each iteration. Functions of the unit are entered where they
are called. Nothing is proved here, and nothing is left out: what is not understood is an ``Effect``.
"""

from __future__ import annotations

from dataclasses import replace

from transpile.c.tree import (
    AddressOf,
    Assign,
    Assignment,
    Block,
    Break,
    Case,
    Continue,
    Declare,
    Definition,
    DoWhile,
    Empty,
    Evaluate,
    Expression,
    For,
    Goto,
    If,
    Increment,
    InitializerList,
    Label,
    Name,
    Return,
    Statement,
    Switch,
    Variable,
    While,
)
from transpile.c.types import Array, Pointer, is_integer
from transpile.c.unit import Function, Unit
from transpile.c.walking import children, targets, walk
from transpile.loops.assign import assign, fresh, select, store
from transpile.loops.calling import call
from transpile.loops.conditions import condition
from transpile.loops.counted import Irregular, counted
from transpile.loops.counting import enter, grown
from transpile.loops.evaluate import evaluate, initialise
from transpile.loops.facts import Condition, Data, Facts, Frame, InLoop, LoopFacts, Region, negated
from transpile.loops.polynomial import number, variable
from transpile.loops.state import Address, Rules, State, Value, Written
from transpile.loops.updates import selection

_BEYOND = "this is not reached in every case"


def collect(unit: Unit, function: Function) -> Facts:
    """The facts about ``function``, with those it calls."""
    addressed = frozenset(
        node.operand.variable
        for other in unit.functions
        for node in walk(other.body)
        if isinstance(node, AddressOf) and isinstance(node.operand, Name)
    )
    everything = Written(frozenset(), frozenset(), addressed)
    first = _facts(unit, function, everything)
    cells = frozenset(access.region for access in first.accesses if access.writes and not access.subscripts)
    regions = frozenset(access.region for access in first.accesses if access.writes and access.subscripts)
    given = frozenset(region for effect in first.effects for region in effect.regions)
    return _facts(unit, function, Written(cells | given, regions | given, addressed))


def _facts(unit: Unit, function: Function, written: Written) -> Facts:
    rules = Rules(evaluate, assign, lambda state, node: call(state, node, _body))
    state = State(unit, rules, written)
    state.calls = (function.name,)
    _body(state, function)
    return Facts(
        tuple(state.accesses),
        state.loops,
        state.terms,
        tuple(state.obligations),
        tuple(state.effects),
        tuple(state.loaded),
    )


def _body(state: State, function: Function) -> None:
    _sequence(state, function.body.statements)


def _sequence(state: State, statements: tuple[Statement, ...]) -> None:
    """Statements in a row; what follows one that may leave stands under the condition that it did not."""
    for index, statement in enumerate(statements):
        rest = statements[index + 1 :]
        if isinstance(statement, If) and rest and _leaves(statement):
            test = _branches(state, statement)
            goes_on = negated(test) if _always_leaves(statement.then) else test
            arms = _always_leaves(statement.then), _always_leaves(statement.otherwise)
            with state.branch(state.number(), 0, goes_on if any(arms) else Data(_BEYOND)):
                _sequence(state, rest)
            return
        _statement(state, statement)
        if rest and _leaves(statement):
            with state.branch(state.number(), 0, Data(_BEYOND)):
                _sequence(state, rest)
            return


def _leaves(statement: Statement) -> bool:
    """Whether ``statement`` may go elsewhere than to the next one."""
    if any(isinstance(node, Return | Goto) for node in walk(statement)):
        return True
    waiting: list[tuple[object, bool]] = [(statement, True)]
    while waiting:
        node, breaks = waiting.pop()
        if isinstance(node, Continue) or (breaks and isinstance(node, Break)):
            return True
        if isinstance(node, For | While | DoWhile):
            continue
        if isinstance(node, Statement):
            waiting += [(child, breaks and not isinstance(node, Switch)) for child in children(node)]
    return False


def _always_leaves(statement: Statement | None) -> bool:
    match statement:
        case Block(statements):
            return bool(statements) and _always_leaves(statements[-1])
        case If(_, then, otherwise):
            return _always_leaves(then) and _always_leaves(otherwise)
    return isinstance(statement, Continue | Return | Break)


def _statement(state: State, statement: Statement) -> None:
    match statement:
        case Block(statements):
            _sequence(state, statements)
        case Declare():
            _declare(state, statement)
        case Assign():
            assign(state, statement)
        case Evaluate(Assignment() | Increment() as expression):
            assign(state, expression, used=False)
        case Evaluate(expression):
            evaluate(state, expression)
        case If():
            _branches(state, statement)
        case For():
            _for(state, statement)
        case While(test, body):
            _irregular(state, statement, Irregular("it is a 'while' loop", statement.span), (test, body))
        case DoWhile(body, test):
            _irregular(state, statement, Irregular("it is a 'do' loop", statement.span), (body, test))
        case Switch(subject, body):
            _switch(state, statement, subject, body)
        case Return(value):
            state.results.append(None if value is None else evaluate(state, value))
        case Label(_, inner):
            state.effect("a label", statement.span, everywhere=True)
            _statement(state, inner)
        case Goto():
            state.effect("a jump", statement.span, everywhere=True)
        case Case(_, body):
            _sequence(state, body)
        case Definition() | Empty() | Break() | Continue():
            pass


def _declare(state: State, statement: Declare) -> None:
    declared, initial = statement.variable, statement.initial
    region = Region(declared)
    if declared.storage == "static":
        return
    state.values.pop(declared, None)
    dimensions = 0
    inner = declared.type
    while isinstance(inner, Array):
        inner, dimensions = inner.of, dimensions + 1
    state.access(region, (number(0),) * dimensions, "declare", statement.span, inner)
    name = Name(declared, type=declared.type, span=statement.span)
    if isinstance(initial, InitializerList) or (dimensions and initial is not None):
        initialise(state, initial)
    elif initial is not None:
        value = fresh(state, name, initial)
        store(state, Address(region, (), number(0), declared.type), name, value, initial)
    elif is_integer(declared.type):
        state.values[declared] = state.unknown(declared.name, declared.type, "it has no value yet")


def _branches(state: State, statement: If) -> Condition:
    """Both arms, each with what was known before; afterwards what they agree on is known."""
    chosen = selection(statement)
    if chosen is not None:
        select(state, statement, chosen)
        return Data("")
    test = condition(state, statement.condition)
    branch = state.number()
    before = dict(state.values)
    with state.branch(branch, 0, test):
        _statement(state, statement.then)
    after = state.values
    state.values = dict(before)
    if statement.otherwise is not None:
        with state.branch(branch, 1, negated(test)):
            _statement(state, statement.otherwise)
    if _always_leaves(statement.otherwise):
        state.values = after
    elif not _always_leaves(statement.then):
        state.values = _merged(state, after, state.values)
    return test


def _merged(state: State, one: dict[Variable, Value], two: dict[Variable, Value]) -> dict[Variable, Value]:
    merged: dict[Variable, Value] = {}
    for each in one.keys() | two.keys():
        if each in one and each in two and one[each] == two[each]:
            merged[each] = one[each]
        else:
            merged[each] = _anything(state, each)
    return merged


def _anything(state: State, variable: Variable) -> Value:
    if isinstance(variable.type, Pointer):
        return Address(Region(variable, "*?"), (), number(0), variable.type.to, since=state.frames)
    if not is_integer(variable.type):
        return None
    return state.unknown(variable.name, variable.type, "it changes")


def _forget(state: State, changed: dict[Variable, None]) -> None:
    for each in changed:
        if each.storage in ("parameter", "automatic"):
            state.values[each] = _anything(state, each)


def _changed(statement: Statement) -> dict[Variable, None]:
    return {target.variable: None for target in targets(statement) if isinstance(target, Name)}


def _for(state: State, loop: For) -> None:
    shape = counted(loop)
    if isinstance(shape, Irregular) or shape.counter in state.written.addressed:
        reason = shape if isinstance(shape, Irregular) else Irregular("the counter's address is taken", loop.span)
        for initial in loop.initial:
            _statement(state, initial)
        inside = [part for part in (loop.condition, loop.body, loop.step) if part is not None]
        _irregular(state, loop, reason, tuple(inside))
        return
    start = state.position
    before = state.frames
    for initial in loop.initial:
        _statement(state, initial)
    changed = _changed(loop)
    grow = grown(shape, state.values)
    facts = enter(state, shape)
    _forget(state, {v: None for v in changed if v != shape.counter})
    following = grow(facts)
    state.values.update(following)
    offsets = {v: at.offset if isinstance(at, Address) else at for v, at in following.items() if at is not None}
    facts = replace(facts, followers=offsets)
    state.values[shape.counter] = variable(facts.symbol)
    _statement(state, loop.body)
    _leave(state, facts, before, start, changed)


def _irregular(state: State, loop: Statement, reason: Irregular, parts: tuple[Statement | Expression, ...]) -> None:
    changed = _changed(loop)
    start, before, number_ = state.position, state.frames, state.number()
    facts = LoopFacts(number_, reason, before, start, start, loop.span, calls=state.calls)
    state.loops[number_] = facts
    state.frames = (*before, InLoop(number_))
    _forget(state, changed)
    for part in parts:
        if isinstance(part, Statement):
            _statement(state, part)
        else:
            evaluate(state, part)
    _leave(state, facts, before, start, changed)


def _leave(
    state: State, facts: LoopFacts, before: tuple[Frame, ...], start: int, changed: dict[Variable, None]
) -> None:
    state.position += 1
    state.frames = before
    state.loops[facts.number] = replace(facts, start=start, end=state.position)
    _forget(state, changed)


def _switch(state: State, statement: Switch, subject: Expression, body: Statement) -> None:
    evaluate(state, subject)
    changed = _changed(statement)
    _forget(state, changed)
    cases = body.statements if isinstance(body, Block) else (body,)
    for case in cases:
        with state.branch(state.number(), 0, Data("a case of 'switch'")):
            _statement(state, case)
        _forget(state, changed)
