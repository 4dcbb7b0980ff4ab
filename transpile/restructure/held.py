"""MOVE to several items of what one of them changes: GnuCOBOL looks at a source with subscripts, at a part, and at a
function once, and at all else again for each receiver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from transpile.cobol import tree as cobol
from transpile.errors import Span
from transpile.legacy.expressions import Bytes, Expression, Intrinsic, Load, Local, Part, Place
from transpile.legacy.fields import Field
from transpile.legacy.statements import Assign, Body, SetLocal
from transpile.legacy.types import Number, Text
from transpile.restructure.expressions import kind
from transpile.restructure.receivers import places
from transpile.restructure.scope import Scope, unsupported

_CHANGING = ("accept", "random", "current-date", "seconds-past-midnight")


def looked_at_once(source: cobol.Expression, goals: Sequence[cobol.Reference]) -> bool:
    """Whether GnuCOBOL keeps the source of a move before it fills the first of ``goals``."""
    if len(goals) < 2:
        return False
    if isinstance(source, cobol.Reference):
        return bool(source.subscripts) or source.slice is not None
    return isinstance(source, cobol.FunctionCall)


def held(scope: Scope, source: Expression, moves: Sequence[Sequence[Assign]], span: Span) -> Body:
    """``moves``, one after the other, with the value that ``source`` has before them all."""
    together = tuple(each for move in moves for each in move)
    changed = [_place(each.target) for move in moves[:-1] for each in move]
    read = [each for place in places(source) for each in _inside(place)]
    changes = isinstance(source, Intrinsic) and source.name.startswith(_CHANGING)
    if not changes and not any(_meet(scope, one, other) for one in changed for other in read):
        return together
    local = _local(source)
    if local is None:
        raise unsupported(span, "a move of this source to several items, one of which changes it,")
    made = tuple(replace(each, value=_replaced(each.value, source, local)) for each in together)
    if any(_meet(scope, one, other) for each in made for one in places(each.value) for other in changed):
        raise unsupported(span, "a move of this source to several items, one of which changes it,")
    return (SetLocal(local, source), *made)


def _local(source: Expression) -> Local | None:
    match source, kind(source):
        case Load(), Number() as type_:
            return Local(("moved", "decimal" if type_.scale else "number"), type_)
        case Load() | Bytes() | Intrinsic(), Text() as type_:
            return Local(("moved", "text"), type_)
    return None


def _meet(scope: Scope, one: Place, other: Place) -> bool:
    """Whether they may have bytes in common."""
    if one.field.number == other.field.number or not (one.field.shared and other.field.shared):
        return one.field.number == other.field.number
    first, second = (scope.laid[each.field.number].item for each in (one, other))
    roots = [scope.sharing.roots[id(item)] for item in (first, second)]
    if roots[0] is not roots[1]:
        return any(root.fields[0].item in scope.program.data.linkage for root in roots)
    (start, end), (low, high) = _range(one.field), _range(other.field)
    return start < high and low < end


def _inside(place: Place) -> Iterator[Place]:
    """``place``, and the members of a group."""
    yield place
    for member in place.field.members:
        yield from _inside(Place(member, place.subscripts))


def _range(field: Field) -> tuple[int, int]:
    """The bytes of all its elements."""
    further = sum((each.count - 1) * each.stride for each in field.dimensions)
    return field.view.offset, field.view.offset + field.view.size + further


def _place(target: Place | Part) -> Place:
    return target.place if isinstance(target, Part) else target


def _replaced(expression: Expression, old: Expression, new: Expression) -> Expression:
    """``expression`` with ``new`` wherever it has ``old``."""
    if expression == old:
        return new
    changed: dict[str, object] = {}
    for name in expression.PARTS:
        part: object = getattr(expression, name)
        if isinstance(part, Expression):
            changed[name] = _replaced(part, old, new)
        elif isinstance(part, tuple):
            changed[name] = tuple(_replaced(each, old, new) for each in part)
    return replace(expression, **changed) if changed else expression
