"""MOVE between any two categories, INITIALIZE, and SET."""

from __future__ import annotations

import re
from collections.abc import Iterator

import z3

from transpile.cobol import statements as verbs
from transpile.cobol import tree
from transpile.cobol.layout import Field as Laid
from transpile.legacy.types import Number as NumberType
from transpile.legacy.types import Text as TextType
from transpile.restructure.fields import number_type
from transpile.restructure.sharing import copied_as_it_is, plain_digits
from transpile.solvers.cobol.operands import Characters, Evaluation, Numeric, Operand, Repeated, Spot
from transpile.solvers.storage.bounds import within
from transpile.solvers.storage.coding import number_in
from transpile.solvers.storage.values import (
    SPACE,
    Int,
    NoTerm,
    Number,
    Rounding,
    Text,
    absolute,
    choose_text,
    integer,
    low_digits,
    resized,
    units_at,
)

WIDE = (76, 38)
"""Text goes to binary and packed items by way of a number of so many digits and decimals."""
MAX_INITIALIZED = 512
IN_64_BITS = "numbers moved to binary items fit 64 bits, in units of their last digit: GnuCOBOL 3.1 wraps beyond"
_DIGITS_OF_64_BITS = 19


def kept(type_: NumberType, value: Number, mode: Rounding = "TRUNCATION", index: bool = False) -> Int:
    """``value`` in units of the last digit, as an item of ``type_`` keeps it."""
    units = units_at(value, type_.scale, mode)
    if index:
        return units
    if type_.bits:
        return wrapped(units if type_.signed else absolute(units), type_)
    units = low_digits(units, type_.digits)
    return units if type_.signed else absolute(units)


def wrapped(units: Int, type_: NumberType) -> Int:
    """The low bits of a binary item."""
    whole = 1 << type_.bits
    half = whole >> 1 if type_.signed else 0
    if within(units, -half, whole - half - 1):
        return units
    made = z3.simplify((units + half) % whole - half)
    assert isinstance(made, z3.ArithRef)
    return made


def put(evaluation: Evaluation, spot: Spot, value: Number | Text) -> None:
    """Give an elementary item a value that it has room for, or any place its bytes."""
    if isinstance(value, Number) or (isinstance(spot.field.type, TextType) and spot.start is None):
        evaluation.storage = evaluation.storage.write(spot.field, value, spot.subscripts)
        return
    if isinstance(spot.field.type, TextType):
        assert spot.start is not None
        old = evaluation.storage.read(spot.field, spot.subscripts)
        assert isinstance(old, Text)
        chars = (*old.chars[: spot.start], *value.chars, *old.chars[spot.start + len(value) :])
        evaluation.storage = evaluation.storage.write(spot.field, Text(chars), spot.subscripts)
        return
    record = evaluation.record(spot)
    for condition, start in evaluation.starts(spot):
        old = evaluation.storage.bytes(record, start, spot.size)
        evaluation.storage = evaluation.storage.put_bytes(record, start, choose_text(condition, value, old))


def put_units(evaluation: Evaluation, spot: Spot, units: Int) -> None:
    type_ = spot.number
    assert type_ is not None
    put(evaluation, spot, Number(units, type_.scale))


# MOVE


def move(evaluation: Evaluation, source: Operand, goal: Spot, once: bool = False) -> None:
    """``once``: the source is kept for several moves."""
    laid = goal.laid
    if goal.group or goal.start is not None or (laid is None and goal.number is None):
        put(evaluation, goal, _as_bytes(evaluation, source, goal))
    elif goal.number is not None:
        _to_number(evaluation, source, goal, goal.number)
    elif laid is not None and laid.category == "numeric-edited":
        _to_edited(evaluation, source, goal, laid)
    elif laid is not None and laid.category == "alphanumeric-edited":
        characters = source.filled(laid.size) if isinstance(source, Repeated) else evaluation.characters(source)
        put(evaluation, goal, edited_text(characters, laid))
    elif isinstance(goal.field.type, TextType):
        put(evaluation, goal, _as_text(evaluation, source, goal, once))
    else:
        raise NoTerm(f"MOVE to {goal.field.origin}")


def _as_bytes(evaluation: Evaluation, source: Operand, goal: Spot) -> Text:
    """What a group, or a part of an item, gets."""
    literal = isinstance(source, Characters) and source.spot is None
    if literal and goal.start is not None and goal.laid is not None and goal.laid.item.justified:
        raise NoTerm("a literal in a part of a JUSTIFIED item, where GnuCOBOL 3.1 puts other characters")
    match source:
        case Repeated():
            return source.filled(goal.size)
        case Numeric(spot=spot) if spot is not None and goal.group and goal.start is None:
            if spot.laid is None:
                raise NoTerm(f"MOVE of {spot.field.origin} to a group")
            if not plain_digits(spot.laid):
                return resized(evaluation.bytes(spot), goal.size)
    return resized(evaluation.characters(source), goal.size)


def _as_text(evaluation: Evaluation, source: Operand, goal: Spot, once: bool) -> Text:
    if isinstance(source, Repeated):
        return source.filled(goal.size)
    characters = evaluation.characters(source)
    laid = goal.laid
    if laid is None or not laid.item.justified:
        return resized(characters, goal.size)
    given = source.spot.laid if isinstance(source, Numeric) and source.spot is not None else None
    if not once and given is not None and copied_as_it_is(given, laid):
        return resized(characters, goal.size)
    filled = (integer(SPACE),) * (goal.size - len(characters)) + characters.chars
    return Text(filled[len(filled) - goal.size :])


def _to_number(evaluation: Evaluation, source: Operand, goal: Spot, type_: NumberType) -> None:
    match source:
        case Repeated(zero=True):
            put_units(evaluation, goal, integer(0))
        case Repeated(pattern=pattern):
            if pattern.isdigit():
                raise NoTerm("MOVE of ALL digits to a number")
            put_bytes(evaluation, goal, source.filled(goal.size))
        case Numeric(number=number, spot=spot):
            given = spot.number if spot is not None else None
            _in_64_bits(evaluation, goal, number, given.digits - given.scale if given is not None else None)
            bounded = _bounded(evaluation, source)
            fits = bounded is not None and _holds(type_, bounded)
            units = units_at(number, type_.scale) if fits else kept(type_, number, index=_index(goal))
            put_units(evaluation, goal, units)
        case Characters(text=content, spot=spot) if spot is not None and spot.group and spot.start is None:
            put_bytes(evaluation, goal, resized(content, goal.size))
        case Characters(text=content, spot=spot):
            if _shows_number(spot):
                raise NoTerm("MOVE of an edited item to a number")
            display = goal.laid is not None and goal.laid.usage == "DISPLAY"
            read = number_in(content, *((type_.digits, type_.scale) if display else WIDE))
            _in_64_bits(evaluation, goal, read, len(content))
            put_units(evaluation, goal, kept(type_, read))


def _in_64_bits(evaluation: Evaluation, goal: Spot, number: Number, digits: int | None) -> None:
    """``digits``: at most so many before the point, if that is known. The source is ``cob_move_display_to_binary`` of
    libcob 3.1."""
    type_, laid = goal.number, goal.laid
    if type_ is None or type_.bits or laid is None or laid.usage != "BINARY":
        return
    if digits is None or digits + type_.scale > _DIGITS_OF_64_BITS:
        evaluation.assume(absolute(units_at(number, type_.scale)) < 1 << 64, IN_64_BITS)


def _shows_number(spot: Spot | None) -> bool:
    return spot is not None and spot.laid is not None and spot.start is None and spot.laid.category == "numeric-edited"


def put_bytes(evaluation: Evaluation, goal: Spot, data: Text) -> None:
    """Bytes that are moved to a number as they are."""
    record = evaluation.record(goal)
    for condition, start in evaluation.starts(goal):
        old = evaluation.storage.bytes(record, start, goal.size)
        evaluation.storage = evaluation.storage.put_bytes(record, start, choose_text(condition, data, old))


def _index(spot: Spot) -> bool:
    return spot.field.view.coding == "index"


def _bounded(evaluation: Evaluation, source: Numeric) -> NumberType | None:
    """The type of an item whose value has no more digits than its picture."""
    spot = source.spot
    if spot is None:
        return None
    cell = evaluation.storage.layout.places[spot.field.number].cell
    held = evaluation.storage.held[cell]
    return spot.number if cell.field is not None and not isinstance(held, Text) else None


def _holds(type_: NumberType, other: NumberType) -> bool:
    """Every value of ``other`` is one of ``type_`` too, but for decimals that are cut."""
    if type_.bits or other.bits:
        return type_ == other
    return type_.digits - type_.scale >= other.digits - other.scale and (type_.signed or not other.signed)


# Editing


def _to_edited(evaluation: Evaluation, source: Operand, goal: Spot, laid: Laid) -> None:
    match source:
        case Repeated(zero=True):
            edited(evaluation, goal, laid, Number(integer(0)))
        case Repeated():
            put(evaluation, goal, source.filled(goal.size))
        case Numeric(number=number):
            edited(evaluation, goal, laid, number)
        case Characters(text=content, spot=spot) if spot is not None and spot.group and spot.start is None:
            put(evaluation, goal, resized(content, goal.size))
        case Characters(text=content, spot=spot):
            if _shows_number(spot):
                raise NoTerm("MOVE of an edited item to another")
            edited(evaluation, goal, laid, number_in(content, *WIDE))


def edited(evaluation: Evaluation, goal: Spot, laid: Laid, number: Number) -> None:
    assert laid.picture is not None
    blank = " blank" if laid.item.blank_when_zero else ""
    put(evaluation, goal, evaluation.storage.codings.shown(f"edit {laid.picture.text}{blank}", number, goal.size))


def edited_type(laid: Laid) -> NumberType:
    """The number that a numeric-edited item shows."""
    assert laid.picture is not None
    return number_type(laid.picture)


def edited_text(characters: Text, laid: Laid) -> Text:
    """Text in an alphanumeric-edited item."""
    assert laid.picture is not None
    runs = re.findall(r"(.)(?:\((\d+)\))?", laid.picture.text)
    given = iter(characters.chars)
    made: list[Int] = []
    for symbol, count in runs:
        for _ in range(int(count or 1)):
            if symbol in "AX9":
                made.append(next(given, integer(SPACE)))
            else:
                made.append(integer(SPACE if symbol == "B" else ord(symbol)))
    return Text(tuple(made))


# MOVE CORRESPONDING


def corresponding(one: Laid, other: Laid, left: tree.Reference, right: tree.Reference) -> Iterator[
    tuple[tree.Reference, tree.Reference]
]:  # fmt: skip
    """The pairs of items that CORRESPONDING means: those of one name, one of them elementary."""
    for child in one.children:
        match = next((each for each in other.children if each.name == child.name), None)
        if not child.name or match is None or not (_counts(child) and _counts(match)):
            continue
        pair = _inner(child, left), _inner(match, right)
        if child.group and match.group:
            yield from corresponding(child, match, *pair)
        else:
            yield pair


def _counts(laid: Laid) -> bool:
    return not (laid.item.redefines or laid.item.occurs or laid.usage in ("INDEX", "POINTER"))


def _inner(child: Laid, around: tree.Reference) -> tree.Reference:
    return tree.Reference(child.name, (around.name, *around.qualifiers), around.subscripts, span=around.span)


# INITIALIZE


def initialize(evaluation: Evaluation, statement: verbs.Initialize) -> None:
    if statement.to_value:
        raise NoTerm("INITIALIZE TO VALUE is not in the model")
    for target in statement.targets:
        found = evaluation.scene.field(target)
        laid = evaluation.scene.laid.get(found.number)
        if laid is None or target.slice is not None:
            raise NoTerm(f"INITIALIZE of {found.origin}")
        outer = Spot(found, laid, (), found.view.size)
        given = target.subscripts[: len(found.dimensions)]
        if given:
            outer = evaluation.element(found, laid, given)
        for leaf in _leaves(evaluation, laid, outer.subscripts, statement.fillers):
            _initialized(evaluation, leaf, dict(statement.replacing))


def _leaves(evaluation: Evaluation, laid: Laid, subscripts: tuple[Int, ...], fillers: bool) -> Iterator[Spot]:
    if len(subscripts) < len(laid.dimensions):
        count = laid.dimensions[len(subscripts)].count
        if count > MAX_INITIALIZED:
            raise NoTerm(f"INITIALIZE of {count} elements")
        for at in range(count):
            yield from _leaves(evaluation, laid, (*subscripts, integer(at)), fillers)
    elif laid.group:
        for child in laid.children:
            if not child.item.redefines and (child.name or child.group or fillers):
                yield from _leaves(evaluation, child, subscripts, fillers)
    elif laid.usage not in ("INDEX", "POINTER"):
        made = evaluation.scene.fields.get(id(laid.item))
        if made is None:
            raise NoTerm("INITIALIZE of a FILLER")
        yield Spot(made, laid, subscripts, made.view.size)


def _initialized(evaluation: Evaluation, leaf: Spot, values: dict[str, tree.Expression]) -> None:
    laid = leaf.laid
    assert laid is not None
    category = (laid.category or "numeric").upper()
    if values:
        if category in values:
            move(evaluation, evaluation.operand(values[category]), leaf)
    elif category in ("NUMERIC", "NUMERIC-EDITED"):
        move(evaluation, Repeated(b"0", True), leaf)
    else:
        move(evaluation, Repeated(b" "), leaf)


# SET


def set_(evaluation: Evaluation, statement: verbs.Set) -> None:
    value = statement.value
    for target in statement.targets:
        if isinstance(target, tree.AddressOf) or isinstance(value, tree.AddressOf):
            raise NoTerm("SET ADDRESS OF is not in the model")
        if isinstance(value, tree.Always):
            _set_condition(evaluation, target, value.value)
            continue
        goal = evaluation.spot(target)
        type_ = goal.number
        if type_ is None:
            raise NoTerm(f"SET {target.name}")
        amount = evaluation.number(value)
        if statement.how != "TO":
            step(evaluation, goal, amount, statement.how == "DOWN")
        else:
            put_units(evaluation, goal, kept(type_, amount, index=_index(goal)))


def _set_condition(evaluation: Evaluation, target: tree.Reference, truth: bool) -> None:
    found = evaluation.scene.condition(target)
    if found is None:
        raise NoTerm(f"{target.name}, a switch, is not in the model")
    wanted = found.condition.values[0].low if truth else found.condition.when_false
    if wanted is None:
        raise NoTerm(f"{target.name} has no value for FALSE")
    move(evaluation, evaluation.operand(wanted), evaluation.item(found.item, target.subscripts))


def step(evaluation: Evaluation, goal: Spot, amount: Number, down: bool = False) -> None:
    """``goal`` made larger, or smaller, by ``amount``."""
    held, type_ = evaluation.held(goal), goal.number
    if not isinstance(held, Numeric) or type_ is None:
        raise NoTerm(f"{goal.field.origin} is no number in the model")
    changed = evaluation.computed("-" if down else "+", held.number, amount)
    put_units(evaluation, goal, kept(type_, changed, index=_index(goal)))
