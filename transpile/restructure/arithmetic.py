"""ADD, SUBTRACT, MULTIPLY, DIVIDE and COMPUTE: exact values, and what their targets keep of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from transpile.cobol import statements as verbs
from transpile.cobol import tree as cobol
from transpile.errors import SourceError
from transpile.legacy.expressions import (
    Arithmetic,
    Constant,
    Edited,
    Expression,
    Fit,
    Intrinsic,
    Load,
    Place,
    Rounding,
    ToFloat,
)
from transpile.legacy.fields import Field, View
from transpile.legacy.statements import Assign, Body, Statement, Store
from transpile.legacy.types import Floating, Number, Text
from transpile.restructure.block import Block
from transpile.restructure.expressions import kind, number, place
from transpile.restructure.moving import corresponding, number_shown
from transpile.restructure.receivers import changed_twice, in_turn, named_again
from transpile.restructure.scope import Scope, unsupported

ROUNDINGS: dict[verbs.RoundingMode, Rounding] = {
    "TRUNCATION": "down",
    "NEAREST-AWAY-FROM-ZERO": "half-up",
    "NEAREST-EVEN": "half-even",
    "NEAREST-TOWARD-ZERO": "half-down",
    "AWAY-FROM-ZERO": "up",
    "TOWARD-GREATER": "ceiling",
    "TOWARD-LESSER": "floor",
    "PROHIBITED": "prohibited",
}
_QUOTIENT_DIGITS = 76
_WIDEST = Number(_QUOTIENT_DIGITS, 38, True)
_Result = tuple[Place, Expression, Rounding]


def add(block: Block, statement: verbs.Add) -> Body:
    scope = block.scope
    addends = [number(scope, each) for each in (*statement.addends, *statement.to)]
    if statement.giving:
        total = _sum(addends)
        return _stored(block, [_result(scope, each, total) for each in statement.targets], statement.on_size_error)
    return _changed(block, "+", addends, statement.targets, statement.on_size_error)


def subtract(block: Block, statement: verbs.Subtract) -> Body:
    scope = block.scope
    amounts = [number(scope, each) for each in statement.subtrahends]
    if statement.minuend is None:
        return _changed(block, "-", amounts, statement.targets, statement.on_size_error)
    rest = number(scope, statement.minuend)
    for amount in amounts:
        rest = Arithmetic("-", rest, amount)
    return _stored(block, [_result(scope, each, rest) for each in statement.targets], statement.on_size_error)


def _sum(addends: list[Expression]) -> Expression:
    total = addends[0]
    for each in addends[1:]:
        total = Arithmetic("+", total, each)
    return total


def _changed(
    block: Block,
    operator: str,
    amounts: list[Expression],
    targets: tuple[verbs.Receiver, ...],
    handler: verbs.Handler | None,
) -> Body:
    """Amounts added to, or taken from, each target."""
    results: list[_Result] = []
    for receiver in targets:
        own = number(block.scope, receiver.target)
        changed = own
        for amount in amounts:
            changed = Arithmetic("+" if operator == "+" else "-", changed, amount)
        result = _result(block.scope, receiver, changed)
        if (
            receiver.rounding == "TRUNCATION"
            and handler is None
            and len(amounts) == 1
            and _wraps(result[0], amounts[0])
        ):
            assert isinstance(result[0].field.type, Number)
            changed = Arithmetic("+" if operator == "+" else "-", own, _in_a_word(amounts[0]))
            result = result[0], Intrinsic("wrap", (changed,), result[0].field.type), result[2]
        results.append(result)
    if len(amounts) == 1:
        return _each(block, results, handler, amounts)
    if not named_again(amounts, results):
        return _each(block, results, handler, ())
    if not changed_twice(results):
        return _stored(block, results, handler)
    total = Place(block.scope.register_of("SUM", _WIDEST))
    again: list[_Result] = []
    for made, _, rounding in results:
        again.append((made, Arithmetic("+" if operator == "+" else "-", Load(made), Load(total)), rounding))
    return (Assign(total, Fit(_sum(amounts), _WIDEST)), *_each(block, again, handler))


def _wraps(target: Place, amount: Expression) -> bool:
    """GnuCOBOL adds small whole numbers to these in the machine's own arithmetic."""
    type_ = target.field.type
    if not isinstance(type_, Number) or not type_.bits or type_.signed or type_.scale:
        return False
    given = kind(amount)
    return isinstance(given, Number) and given.scale <= 0 and given.digits <= 9


def _in_a_word(amount: Expression) -> Expression:
    """``amount`` as GnuCOBOL adds it there: by way of 32 bits with a sign."""
    given = kind(amount)
    if isinstance(given, Number) and given.bits == 32 and not given.signed:
        return Intrinsic("wrap", (amount,), Number(given.digits, 0, True, 32))
    return amount


def multiply(block: Block, statement: verbs.Multiply) -> Body:
    scope = block.scope
    left = number(scope, statement.left)
    results: list[_Result] = []
    for receiver in statement.targets:
        right = number(scope, statement.right if statement.right is not None else receiver.target)
        product = Arithmetic("*", left, right) if statement.right is not None else Arithmetic("*", right, left)
        results.append(_result(scope, receiver, product))
    if statement.right is None:
        return _each(block, results, statement.on_size_error, [left])
    return _stored(block, results, statement.on_size_error)


def _each(
    block: Block, results: list[_Result], handler: verbs.Handler | None, given: Sequence[Expression] = ()
) -> Body:
    """Each target is changed before the next is computed."""
    _refuse_half(handler, results)
    if handler is None:
        return tuple(made for each in results for made in _stored(block, [each], None))
    if not named_again(given, results) and not changed_twice(results):
        return _stored(block, results, handler)
    stores = [_store(block.scope, each, True) for each in results]
    return in_turn(stores, block.body(handler.yes), block.body(handler.no))


def divide(block: Block, statement: verbs.Divide) -> Body:
    scope = block.scope
    divisor = number(scope, statement.divisor)
    results: list[_Result] = []
    for receiver in statement.targets:
        dividend = number(scope, statement.dividend if statement.dividend is not None else receiver.target)
        results.append(_result(scope, receiver, Arithmetic("/", dividend, divisor)))
    if statement.remainder is not None:
        if statement.dividend is None or len(statement.targets) != 1:
            raise SourceError(statement.span, "REMAINDER needs GIVING, with one target")
        dividend = number(scope, statement.dividend)
        cut = Fit(Arithmetic("/", dividend, divisor), _quotient(scope, statement.targets[0].target))
        rest = Arithmetic("-", dividend, Arithmetic("*", cut, divisor))
        remainder = verbs.Receiver(statement.remainder, span=statement.span)
        results.append(_result(scope, remainder, rest))
    if statement.dividend is None:
        return _each(block, results, statement.on_size_error, [divisor])
    return _stored(block, results, statement.on_size_error)


def _quotient(scope: Scope, target: cobol.Reference) -> Number:
    """As many decimals as the target of the quotient has."""
    type_ = _kept(scope, target, place(scope, target))
    scale = type_.scale if isinstance(type_, Number) else 0
    return Number(_QUOTIENT_DIGITS, scale, True)


def compute(block: Block, statement: verbs.Compute) -> Body:
    value = number(block.scope, statement.value)
    results = [_result(block.scope, each, value) for each in statement.targets]
    made = _stored(block, results, statement.on_size_error)
    if statement.on_size_error is None:
        return made
    powers = _zero_powers(value, statement.on_size_error)
    return tuple(replace(each, powers=powers) if isinstance(each, Store) else each for each in made)


def _zero_powers(value: Expression, handler: verbs.Handler) -> tuple[tuple[Expression, Expression], ...]:
    """The powers in ``value`` that may be 0 ** 0. GnuCOBOL stores 1 for them and runs ON SIZE ERROR as well, unless a
    function is called behind them, or all is known to its compiler."""
    inside = list(_all_parts(value))
    raised = [each for each in inside if isinstance(each, Arithmetic) and each.operator == "**"]
    found = [(each.left, each.right) for each in raised if _may_be_zero(each.left) and _may_be_zero(each.right)]
    if found and any(isinstance(each, Intrinsic) for each in inside):
        raise unsupported(handler.span, "ON SIZE ERROR for a power that may be 0 ** 0, beside a function,")
    for pair in found:
        if not any(isinstance(each, Load) for side in pair for each in _all_parts(side)):
            raise unsupported(handler.span, "ON SIZE ERROR for 0 ** 0")
    return tuple(dict.fromkeys(found))


def _may_be_zero(value: Expression) -> bool:
    return not (isinstance(value, Constant) and value.value)


def _all_parts(value: Expression) -> Iterator[Expression]:
    yield value
    for part in parts(value):
        yield from _all_parts(part)


def add_corresponding(block: Block, statement: verbs.Corresponding) -> Body:
    scope = block.scope
    results: list[_Result] = []
    for source, goal in corresponding(scope, statement.source, statement.target.target):
        if _is_number(scope, source) and _is_number(scope, goal):
            own, amount = number(scope, goal), number(scope, source)
            changed = Arithmetic("+" if statement.verb == "ADD" else "-", own, amount)
            receiver = verbs.Receiver(goal, statement.target.rounding, span=statement.span)
            results.append(_result(scope, receiver, changed))
    return _stored(block, results, statement.on_size_error) if results else ()


def _is_number(scope: Scope, reference: cobol.Reference) -> bool:
    laid = scope.item(reference)
    return laid is not None and not laid.group and laid.numeric


def _result(scope: Scope, receiver: verbs.Receiver, value: Expression) -> _Result:
    if receiver.target.slice is not None:
        raise SourceError(receiver.target.span, "the result of arithmetic cannot go to a part of an item")
    made = place(scope, receiver.target)
    if not isinstance(_kept(scope, receiver.target, made), Number | Floating):
        raise SourceError(receiver.target.span, f"'{receiver.target.name}' is no number")
    return made, value, ROUNDINGS[receiver.rounding]


def _kept(scope: Scope, reference: cobol.Reference, made: Place) -> Number | Floating | None:
    """What the target keeps of a number, be it edited or not."""
    if isinstance(made.field.type, Number | Floating):
        return made.field.type
    laid = scope.item(reference)
    return number_shown(laid) if laid is not None else None


def _stored(block: Block, results: list[_Result], handler: verbs.Handler | None) -> Body:
    scope = block.scope
    _refuse_half(handler, results)
    if handler is None and len(results) == 1 and not _may_fail(results[0][1]):
        made, value, rounding = results[0]
        return (Assign(made, _fitted(scope, made, value, rounding, checked=False)),)
    wrong = block.body(handler.yes) if handler is not None else ()
    right = block.body(handler.no) if handler is not None else ()
    stored = tuple(result for each in results for result in _store(scope, each, handler is not None).results)
    return (Store(stored, wrong, right),)


def _refuse_half(handler: verbs.Handler | None, results: list[_Result]) -> None:
    """GnuCOBOL stores what has no room in numbers of the machine where there is only NOT ON SIZE ERROR."""
    if handler is None or handler.yes is not None or handler.no is None:
        return
    for made, _, _ in results:
        if isinstance(made.field.type, Number) and made.field.type.bits and made.field.view.coding != "index":
            what = f"NOT ON SIZE ERROR without ON SIZE ERROR for '{made.field.origin}', a number of the machine,"
            raise unsupported(handler.span, what)


def _store(scope: Scope, result: _Result, checked: bool) -> Store:
    made, value, rounding = result
    if checked and not isinstance(made.field.type, Text | Floating):
        return Store((result,))
    return Store(((made, _fitted(scope, made, value, rounding, checked), "down"),))


def _fitted(scope: Scope, made: Place, value: Expression, rounding: Rounding, checked: bool) -> Expression:
    """``value`` as its target keeps it."""
    match made.field.type:
        case Number() as type_:
            if made.field.view.coding == "index" or (isinstance(value, Intrinsic) and value.name == "wrap"):
                return value
            return Fit(value, type_, rounding)
        case Floating() as type_:
            return ToFloat(value, type_)
    laid = scope.laid[made.field.number]
    shown = number_shown(laid)
    assert laid.picture is not None and shown is not None
    fitted = Fit(value, shown, rounding, checked)
    return Edited(fitted, laid.picture.text, Text(laid.size), laid.item.blank_when_zero)


def _may_fail(value: Expression) -> bool:
    """Whether a division or a power in it may have no result."""
    match value:
        case Arithmetic("/", left, Constant(value=divisor)) if divisor:
            return _may_fail(left)
        case Arithmetic("**", left, Constant(value=int(exponent))) if exponent > 0:
            return _may_fail(left)
        case Arithmetic("/" | "**"):
            return True
    return any(_may_fail(part) for part in parts(value))


def parts(value: Expression) -> Iterator[Expression]:
    """The expressions directly in ``value``."""
    for name in value.PARTS:
        found: object = getattr(value, name)
        for each in found if isinstance(found, tuple) else (found,):
            if isinstance(each, Expression):
                yield each


def step(scope: Scope, counter: cobol.Reference, amount: Expression, down: bool = False) -> Statement:
    """``counter`` made larger by ``amount``, as PERFORM VARYING and SET do it: without regard to its PICTURE as long as
    its bytes have room, so that ``PIC 99 COMP`` counts to 100 and a loop up to 99 ends."""
    made, laid = place(scope, counter), scope.item(counter)
    if laid is not None and id(laid.item) in scope.sharing.counted.roomy:
        made = replace(made, field=replace(made.field, beyond=None))
    changed = Arithmetic("-" if down else "+", Load(made), amount)
    match made.field:
        case Field(type=Number(scale=0, signed=signed, bits=0) as kind, view=View(coding="binary", size=size)):
            return Assign(made, Fit(changed, Number(kind.digits, 0, signed, 8 * size)))
        case Field(type=Number(scale=0, signed=signed, digits=digits), view=View(coding="packed")) if digits % 2 == 0:
            return Assign(made, Fit(changed, Number(digits + 1, 0, signed)))
    return Assign(made, _fitted(scope, made, changed, "down", checked=False))
