"""SEARCH and SET: tables and their indexes."""

from __future__ import annotations

from transpile.cobol import layout
from transpile.cobol import statements as verbs
from transpile.cobol import tree as cobol
from transpile.cobol.names import Index, Symbol
from transpile.cobol.programs import ConditionName, Item
from transpile.errors import SourceError
from transpile.legacy.expressions import Arithmetic, Compare, Expression, Fit, Load, Place
from transpile.legacy.statements import Assign, Body, Break, If, Statement, While
from transpile.legacy.types import Number
from transpile.restructure.arithmetic import step
from transpile.restructure.block import Block
from transpile.restructure.conditions import compare, condition
from transpile.restructure.expressions import number, place
from transpile.restructure.moving import as_number, assign
from transpile.restructure.scope import Scope, unsupported, whole


def set_(block: Block, statement: verbs.Set) -> Body:
    made: list[Statement] = []
    for goal in statement.targets:
        if isinstance(goal, cobol.AddressOf) or isinstance(statement.value, cobol.AddressOf):
            raise unsupported(statement.span, "SET ADDRESS OF")
        made += _set(block.scope, goal, statement)
    return tuple(made)


def _set(scope: Scope, goal: cobol.Reference, statement: verbs.Set) -> Body:
    declared, value = scope.declared(goal), statement.value
    match declared.meaning:
        case ConditionName() as known if isinstance(value, cobol.Always):
            chosen = known.values[0].low if value.value else known.when_false
            if chosen is None:
                raise SourceError(goal.span, f"'{goal.name}' has no value for FALSE")
            item = declared.groups[0]
            subject = cobol.Reference(item.name, declared.owners[1:], goal.subscripts, span=goal.span)
            return tuple(assign(scope, chosen, subject))
        case Symbol(value=str(device)) if isinstance(value, cobol.Always):
            return (Assign(Place(scope.switch(_switch(scope, goal, device))), whole(int(value.value))),)
    if isinstance(value, cobol.Always):
        raise SourceError(goal.span, f"'{goal.name}' is neither a condition nor a switch")
    if statement.how != "TO":
        return (step(scope, goal, number(scope, value), statement.how == "DOWN"),)
    made = place(scope, goal)
    if not isinstance(made.field.type, Number):
        raise SourceError(goal.span, f"'{goal.name}' is no number")
    if made.field.view.coding == "index":
        return (Assign(made, number(scope, value)),)
    return (Assign(made, as_number(scope, value, made.field.type)),)


def _switch(scope: Scope, goal: cobol.Reference, device: str) -> str:
    """The switch behind a mnemonic name, or behind a condition that names its status."""
    known = {name: switch for name, switch, _ in scope.program.environment.special_names.switches}
    return known.get(goal.name, device)


# SEARCH


def search(block: Block, statement: verbs.Search) -> Body:
    laid = _table(block.scope, statement.table)
    occurs = laid.item.occurs
    assert occurs is not None
    if not occurs.indexes:
        raise SourceError(statement.table.span, f"'{statement.table.name}' has no index (INDEXED BY)")
    limit = number(block.scope, occurs.depending) if occurs.depending is not None else whole(occurs.high)
    own = Place(block.scope.index(occurs.indexes[0], laid.item))
    if statement.all:
        return _binary(block, statement, own, limit)
    counters = _counters(block.scope, statement, own, laid.item)
    found = tuple(
        If(condition(block.scope, each.condition), (*block.body(each.statements), Break()))
        for each in statement.branches
    )
    end = If(Compare(">", Load(counters[0]), limit), (*block.body(statement.at_end), Break()))
    return (While(None, (end, *found, *(_next(each) for each in counters))),)


def _next(counter: Place) -> Statement:
    type_ = counter.field.type
    one = Arithmetic("+", Load(counter), whole(1))
    if counter.field.view.coding == "index" or not isinstance(type_, Number):
        return Assign(counter, one)
    return Assign(counter, Fit(one, type_))


def _table(scope: Scope, table: cobol.Reference) -> layout.Field:
    laid = scope.item(table)
    if laid is None or laid.item.occurs is None:
        raise SourceError(table.span, f"'{table.name}' is no table")
    return laid


def _counters(scope: Scope, statement: verbs.Search, own: Place, table: Item) -> list[Place]:
    """What is counted up: the first decides."""
    if statement.varying is None:
        return [own]
    meaning = scope.declared(statement.varying).meaning
    varying = place(scope, statement.varying)
    if isinstance(meaning, Index) and meaning.item is table:
        return [varying]
    return [own, varying]


def _binary(block: Block, statement: verbs.Search, own: Place, limit: Expression) -> Body:
    """Halving, as GnuCOBOL does it: between ``low`` and ``high``, which are no longer candidates."""
    scope = block.scope
    (branch,) = statement.branches
    low, high = (Place(scope.register_of(f"SEARCH-{name}", Number(9))) for name in ("LOW", "HIGH"))
    middle = Fit(Arithmetic("/", Arithmetic("+", Load(low), Load(high)), whole(2)), Number(9))
    lower = (Assign(low, Load(own)),)
    higher = (Assign(high, Load(own)),)
    narrowed: Body = higher
    for key, wanted, ascending in reversed(_keys(scope, statement, branch.condition)):
        before = compare(scope, "<" if ascending else ">", key, wanted)
        behind = compare(scope, ">" if ascending else "<", key, wanted)
        narrowed = (If(before, lower, (If(behind, higher, narrowed),)),)
    none = If(Compare(">=", Load(low), Arithmetic("-", Load(high), whole(1))), (*block.body(statement.at_end), Break()))
    hit = If(condition(scope, branch.condition), (*block.body(branch.statements), Break()))
    return (
        Assign(low, whole(0)),
        Assign(high, Fit(Arithmetic("+", limit, whole(1)), Number(9))),
        While(None, (none, Assign(own, middle), hit, *narrowed)),
    )


_Key = tuple[cobol.Expression, cobol.Expression, bool]


def _keys(scope: Scope, statement: verbs.Search, tested: cobol.Condition) -> list[_Key]:
    """The keys that the condition looks at, with what they are compared with, and whether they ascend."""
    occurs = _table(scope, statement.table).item.occurs
    assert occurs is not None
    order = {field.name: key.ascending for key in occurs.keys for field in key.fields}
    found: list[_Key] = []
    for each in tested.operands if isinstance(tested, cobol.And) else (tested,):
        left, right = _equal(scope, each)
        if isinstance(left, cobol.Reference) and left.name in order:
            found.append((left, right, order[left.name]))
        elif isinstance(right, cobol.Reference) and right.name in order:
            found.append((right, left, order[right.name]))
        else:
            raise unsupported(each.span, "SEARCH ALL for what is no key")
    return found


def _equal(scope: Scope, tested: cobol.Condition) -> tuple[cobol.Expression, cobol.Expression]:
    match tested:
        case cobol.Comparison("=", left, right):
            return left, right
        case cobol.NamedCondition(reference):
            declared = scope.declared(reference)
            if isinstance(declared.meaning, ConditionName) and len(declared.meaning.values) == 1:
                item = declared.groups[0]
                subject = cobol.Reference(item.name, declared.owners[1:], reference.subscripts, span=reference.span)
                return subject, declared.meaning.values[0].low
    raise unsupported(tested.span, "this condition of SEARCH ALL")
