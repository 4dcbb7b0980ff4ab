"""MOVE between any two categories, said as conversions; MOVE CORRESPONDING and INITIALIZE."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from transpile.cobol import layout
from transpile.cobol import statements as verbs
from transpile.cobol import tree as cobol
from transpile.cobol.names import Index, Register
from transpile.legacy.expressions import (
    Bytes,
    Constant,
    Digits,
    Edited,
    Expression,
    Fit,
    Intrinsic,
    Load,
    NumberIn,
    Padded,
    Part,
    Place,
    Repeated,
    Target,
    ToFloat,
    Unedited,
)
from transpile.legacy.fields import Field
from transpile.legacy.statements import Assign, Body
from transpile.legacy.types import Floating, Number, Text
from transpile.python.rules import cobol_rules as rules
from transpile.restructure.expressions import as_text, bytes_of, is_text, is_zero, kind, pattern, size, target, value
from transpile.restructure.fields import number_type
from transpile.restructure.held import held, looked_at_once
from transpile.restructure.scope import Scope, text, unsupported, whole
from transpile.restructure.sharing import alike, copied_as_it_is, plain_digits

WIDE = Number(76, 38, True)
"""By way of such a number GnuCOBOL moves text to what is not DISPLAY."""


def move(scope: Scope, statement: verbs.Move) -> Body:
    once = looked_at_once(statement.value, statement.targets)
    made = [tuple(assign(scope, statement.value, goal, once)) for goal in statement.targets]
    if once:
        return held(scope, value(scope, statement.value), made, statement.span)
    return tuple(each for move in made for each in move)


def assign(scope: Scope, source: cobol.Expression, goal: cobol.Reference, once: bool = False) -> Iterator[Assign]:
    """``MOVE source TO goal``. ``once``: GnuCOBOL keeps the source for several moves."""
    laid, from_ = scope.item(goal), scope.item(source) if isinstance(source, cobol.Reference) else None
    if laid is not None and laid is from_ and not laid.group and source == goal and not (goal.subscripts or goal.slice):
        return
    if laid is not None and laid.group and goal.slice is None and not scope.fields[id(laid.item)].shared:
        yield from _members(scope, source, from_, goal, laid)
        return
    made = target(scope, goal)
    if laid is not None and laid.varies and isinstance(made, Place) and not _counts_itself(scope, laid):
        made = Part(made, whole(1), size(scope, laid))
    if isinstance(made, Place) and made.field.type is not None and _raw(scope, source, from_, laid):
        yield Assign(Part(made, whole(1)), converted(scope, source, Text(made.field.view.size), goal))
    else:
        yield Assign(made, _converted(scope, source, from_, made, laid, goal, once))


def _counts_itself(scope: Scope, laid: layout.Field) -> bool:
    """What says how large the group is now is in the group: it is filled up to its largest size."""
    assert laid.varies is not None
    return any(each.item is scope.declared(laid.varies.depending).meaning for each in laid.walk())


def _raw(scope: Scope, source: cobol.Expression, from_: layout.Field | None, laid: layout.Field | None) -> bool:
    """Whether bytes are moved to a number, or to an edited item, as they are."""
    if laid is None or not (laid.numeric or edited(laid)):
        return False
    if isinstance(source, cobol.Reference) and from_ is not None and from_.group and source.slice is None:
        return True
    repeated = pattern(scope, source)
    return laid.numeric and repeated is not None and not is_zero(source) and not repeated.isdigit()


def edited(laid: layout.Field) -> bool:
    """Whether what the item keeps is edited."""
    return laid.category in ("alphanumeric-edited", "numeric-edited")


def _members(
    scope: Scope, source: cobol.Expression, from_: layout.Field | None, goal: cobol.Reference, laid: layout.Field
) -> Iterator[Assign]:
    """A move between plain groups, or of a figurative constant to one, member by member."""
    made = target(scope, goal)
    assert isinstance(made, Place)
    if isinstance(source, cobol.Reference) and from_ is not None and from_.group:
        assert alike(from_, laid)
        origin = target(scope, source)
        assert isinstance(origin, Place)
        yield from _pairwise(origin, made)
        return
    repeated = pattern(scope, source)
    assert repeated is not None
    for leaf in _leaves(made):
        assert isinstance(leaf.field.type, Text)
        yield Assign(leaf, Repeated(text(repeated), leaf.field.type))


def _pairwise(origin: Place, goal: Place) -> Iterator[Assign]:
    for one, other in zip(_leaves(origin), _leaves(goal), strict=False):
        yield Assign(other, Load(one))


def _leaves(made: Place) -> Iterator[Place]:
    """The elementary places in a group, each element of tables."""
    missing = made.field.dimensions[len(made.subscripts) :]
    if missing:
        for at in range(missing[0].count):
            yield from _leaves(replace(made, subscripts=(*made.subscripts, whole(at + 1))))
    elif made.field.type is not None:
        yield made
    else:
        for member in made.field.members:
            yield from _leaves(Place(member, made.subscripts))


def _converted(
    scope: Scope,
    source: cobol.Expression,
    from_: layout.Field | None,
    made: Target,
    laid: layout.Field | None,
    goal: cobol.Reference,
    once: bool,
) -> Expression:
    match made:
        case Part():
            return converted(scope, source, Text(_known(made)), goal, group=laid is not None and laid.group)
        case Place(field=Field(type=None)):
            assert laid is not None
            return converted(scope, source, Text(laid.size), goal, group=True)
        case Place(field=Field(type=type_)) if laid is None:
            return converted(scope, source, type_ or Text(None), goal)
        case _:
            assert laid is not None
            return into(scope, source, laid, goal, once)


def _known(part: Part) -> int | None:
    """The size of a part, where it is plain to see."""
    match part.length, part.start:
        case Constant(value=int(count)), _:
            return count
        case None, Constant(value=int(start)):
            return part.place.field.view.size - start + 1
    return None


def into(scope: Scope, source: cobol.Expression, laid: layout.Field, at: cobol.Node, once: bool = False) -> Expression:
    """``source`` as the elementary item ``laid`` keeps it."""
    picture = laid.picture
    if picture is not None and not laid.numeric and edited(laid):
        return _as_edited(scope, source, laid)
    if laid.numeric:
        made = scope.fields[id(laid.item)].type
        assert isinstance(made, Number | Floating)
        return as_number(scope, source, made, laid.usage == "DISPLAY")
    from_ = scope.item(source) if isinstance(source, cobol.Reference) and source.slice is None else None
    copied = not once and from_ is not None and copied_as_it_is(from_, laid)
    return converted(scope, source, Text(laid.size), at, right=laid.item.justified and not copied)


def _as_edited(scope: Scope, source: cobol.Expression, laid: layout.Field) -> Expression:
    assert laid.picture is not None
    type_, shown = Text(laid.size), laid.picture.text
    if laid.category == "alphanumeric-edited":
        found = pattern(scope, source)
        characters = as_text(scope, source) if found is None else Repeated(text(found), type_)
        return Edited(characters, shown, type_)
    if (found := pattern(scope, source)) is not None and not is_zero(source):
        return Repeated(text(found), type_)
    return Edited(_numeric(scope, source, WIDE), shown, type_, laid.item.blank_when_zero)


def _numeric(scope: Scope, source: cobol.Expression, reads: Number) -> Expression:
    """``source`` as a number, for a field that reads text as ``reads`` does."""
    if is_zero(source):
        return whole(0)
    if (repeated := pattern(scope, source)) is not None:
        return NumberIn(Repeated(text(repeated), Text(reads.digits)), Number(reads.digits, 0, True))
    found = value(scope, source)
    match found:
        case Load(place=Place(field=Field(type=Number() as type_, beyond=Number(bits=0)))):
            return Fit(found, type_)
    if not is_text(found):
        return found
    laid = scope.item(source) if isinstance(source, cobol.Reference) and source.slice is None else None
    if laid is not None and laid.picture is not None and laid.category == "numeric-edited":
        return Unedited(found, laid.picture.text)
    return NumberIn(found, reads)


def as_number(scope: Scope, source: cobol.Expression, type_: Number | Floating, display: bool = True) -> Expression:
    """``source`` as a number of ``type_``."""
    if isinstance(type_, Floating):
        return ToFloat(_numeric(scope, source, WIDE), type_)
    return fit(_numeric(scope, source, type_ if display else WIDE), type_)


def fit(found: Expression, type_: Number) -> Expression:
    """``found`` as a field of ``type_`` keeps it, without a ``Fit`` that would change nothing."""
    match found:
        case Constant(value=int() | Decimal() as number) if not type_.bits:
            fitted = rules.fit_decimal(number, type_.digits, max(type_.scale, 0), type_.signed)
            if type_.scale <= 0:
                return Constant(int(fitted), type_) if type_.scale == 0 else Fit(found, type_)
            return Constant(fitted, type_)
        case Constant(value=int() as number) if not type_.scale:
            return Constant(rules.fit_native(number, type_.bits // 8, type_.signed), type_)
        case NumberIn(type=known) if known == type_:
            return found
    known_type = kind(found)
    if isinstance(found, Load) and found.place.field.beyond is not None:
        return Fit(found, type_)
    if isinstance(known_type, Number) and not isinstance(found, Constant) and _holds(type_, known_type):
        return found
    return Fit(found, type_)


def _holds(type_: Number, other: Number) -> bool:
    """Every value of ``other`` is one of ``type_``, with as many decimals."""
    if type_.bits or other.bits:
        return type_ == other
    return type_.scale == other.scale and type_.digits >= other.digits and (type_.signed or not other.signed)


def converted(
    scope: Scope, source: cobol.Expression, type_: Text | Number | Floating, at: cobol.Node, *,
    right: bool = False, group: bool = False,
) -> Expression:  # fmt: skip
    """``source`` as text of a size, or as a number. ``group``: it goes to a group, as bytes."""
    if not isinstance(type_, Text):
        return as_number(scope, source, type_)
    if (repeated := pattern(scope, source)) is not None:
        return Repeated(text(repeated), type_)
    if isinstance(source, cobol.Reference) and source.slice is None:
        laid = scope.item(source)
        if laid is not None and group and laid.numeric and not plain_digits(laid):
            return padded(bytes_of(scope, source), type_)
        if laid is None and isinstance(scope.declared(source).meaning, Index | Register) and group:
            raise unsupported(at.span, "this move to a group")
    return padded(as_text(scope, source), type_, right)


def padded(found: Expression, type_: Text, right: bool = False) -> Expression:
    """``found`` in ``type_.size`` characters."""
    match found:
        case Constant(value=str(content)) if type_.size is not None:
            fitted = rules.fit_right(content, type_.size) if right else rules.fit_text(content, type_.size)
            return Constant(fitted, type_)
        case Load() | Intrinsic() if kind(found) == type_ and type_.size is not None:
            return found
        case Bytes(target=Place(field=field)) if field.view.size == type_.size:
            return found
        case Digits(of=of) if of.digits == type_.size and of.scale >= 0:
            return found
    return Padded(found, type_, right)


def corresponding(scope: Scope, source: cobol.Reference, goal: cobol.Reference) -> Iterator[
    tuple[cobol.Reference, cobol.Reference]
]:  # fmt: skip
    """The pairs of items that CORRESPONDING names."""
    one, other = scope.item(source), scope.item(goal)
    if one is None or other is None or not one.group or not other.group:
        raise unsupported(source.span, "CORRESPONDING of what is no group")
    yield from _matching(one, other, source, goal)


def _matching(
    one: layout.Field, other: layout.Field, source: cobol.Reference, goal: cobol.Reference
) -> Iterator[tuple[cobol.Reference, cobol.Reference]]:
    for child in one.children:
        match = next((each for each in other.children if each.name == child.name), None)
        if not child.name or match is None or not (_counts(child) and _counts(match)):
            continue
        pair = _inner(child, source), _inner(match, goal)
        if child.group and match.group:
            yield from _matching(child, match, *pair)
        else:
            yield pair


def _counts(laid: layout.Field) -> bool:
    return not (laid.item.redefines or laid.item.occurs or laid.usage in ("INDEX", "POINTER") or laid.item.level == 66)


def _inner(child: layout.Field, around: cobol.Reference) -> cobol.Reference:
    names = (around.name, *around.qualifiers)
    return cobol.Reference(child.name, names, around.subscripts, span=around.span)


def number_shown(laid: layout.Field) -> Number | None:
    """The number behind an edited picture; None for other items."""
    if laid.picture is None or laid.category != "numeric-edited":
        return None
    return number_type(laid.picture)
