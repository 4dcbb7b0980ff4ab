"""STRING, UNSTRING and INSPECT."""

from __future__ import annotations

from decimal import Decimal

from transpile.cobol import statements as verbs
from transpile.cobol import tree as cobol
from transpile.errors import SourceError
from transpile.legacy.expressions import (
    Arithmetic,
    Compare,
    Constant,
    Expression,
    Fit,
    Intrinsic,
    Load,
    Negative,
    NumberIn,
    Part,
    Place,
    Repeated,
    Target,
)  # fmt: skip
from transpile.legacy.statements import Assign, Body, If, Operation, Statement
from transpile.legacy.types import Exact, Number, Text
from transpile.restructure.block import Block
from transpile.restructure.expressions import as_text, bytes_of, pattern, place, target, value
from transpile.restructure.scope import Scope, text, unsupported, whole
from transpile.restructure.sharing import plain_digits
from transpile.restructure.sources import of_count, of_text

_POINTER_DIGITS = 9


def _outcomes(block: Block, handler: verbs.Handler | None) -> tuple[tuple[str, Body], ...]:
    if handler is None:
        return ()
    found = ("overflow", handler.yes), ("ok", handler.no)
    return tuple((name, block.body(each)) for name, each in found if each is not None)


def string(block: Block, statement: verbs.StringTogether) -> Body:
    scope = block.scope
    made = target(scope, statement.target)
    pointer = _pointer(scope, statement.pointer) if statement.pointer is not None else None
    pieces: list[Expression] = []
    for part in statement.parts:
        delimiter = text("") if part.delimiter is None else as_text(scope, part.delimiter)
        for each in part.values:
            pieces += [_characters_of(scope, each), delimiter]
    strung = Assign(_raw(made), Intrinsic("strung", (), Text(_size(made))))
    end: Body = (strung,)
    if pointer is not None:
        end = (*end, Assign(pointer, of_count(Intrinsic("pointer", (), Exact()), pointer)))
    start = Load(pointer) if pointer is not None else whole(1)
    inputs = (bytes_of(scope, statement.target), start, *pieces)
    return (Operation("string", inputs, (), (), (("end", end), *_outcomes(block, statement.on_overflow))),)


def _characters_of(scope: Scope, source: cobol.Expression) -> Expression:
    """What STRING copies: of a number with a sign its bytes."""
    laid = scope.item(source) if isinstance(source, cobol.Reference) and source.slice is None else None
    if laid is not None and isinstance(source, cobol.Reference) and laid.numeric and not plain_digits(laid):
        return bytes_of(scope, source)
    return as_text(scope, source)


def _raw(made: Target) -> Target:
    """The bytes of a number, if ``made`` is one."""
    return Part(made, whole(1)) if isinstance(made, Place) and isinstance(made.field.type, Number) else made


def _size(made: Target) -> int | None:
    return made.field.view.size if isinstance(made, Place) else None


def _pointer(scope: Scope, reference: cobol.Reference) -> Place:
    """GnuCOBOL looks at the low 32 bits of a pointer."""
    made = place(scope, reference)
    if isinstance(made.field.type, Number) and made.field.type.digits > _POINTER_DIGITS and made.field.type.bits != 32:
        raise unsupported(reference.span, f"a pointer of more than {_POINTER_DIGITS} digits, '{reference.name}',")
    return made


def unstring(block: Block, statement: verbs.Unstring) -> Body:
    scope = block.scope
    pointer = _pointer(scope, statement.pointer) if statement.pointer is not None else None
    fields = []
    options = [("all", "yes" if every else "no") for _, every in statement.delimiters]
    for at, each in enumerate(statement.targets):
        fields.append((f"field {at + 1}", _field(scope, each)))
        options.append(("size", str(_room(target(scope, each.target), each.target))))
    end: list[Statement] = []
    if pointer is not None:
        end.append(Assign(pointer, of_count(Intrinsic("pointer", (), Exact()), pointer)))
    if statement.tallying is not None:
        tally = place(scope, statement.tallying)
        end.append(_tallied(tally, Intrinsic("count", (), Exact())))
    start = Load(pointer) if pointer is not None else whole(1)
    inputs = (
        as_text(scope, statement.source),
        start,
        *(as_text(scope, each) for each, _ in statement.delimiters),
    )
    outcomes = (*fields, ("end", tuple(end)), *_outcomes(block, statement.on_overflow))
    return (Operation("unstring", inputs, (), tuple(options), outcomes),)


def _tallied(counter: Place, found: Expression) -> Assign:
    """``TALLYING``: GnuCOBOL counts in binary as far as the bytes have room."""
    counted = Arithmetic("+", Load(counter), found)
    beyond = counter.field.beyond if counter.field.view.coding == "binary" else None
    return Assign(counter, of_count(counted, counter) if beyond is None else Fit(counted, beyond))


def _field(scope: Scope, given: verbs.UnstringTarget) -> Body:
    """What is done with one piece."""
    piece, delimiter = Intrinsic("piece", (), Text(None)), Intrinsic("delimiter", (), Text(None))
    made = target(scope, given.target)
    done: list[Statement] = [Assign(made, of_text(scope, piece, made))]
    if given.delimiter is not None:
        goal = target(scope, given.delimiter)
        done.append(Assign(goal, of_text(scope, delimiter, goal)))
    if given.count is not None:
        counter = place(scope, given.count)
        done.append(Assign(counter, of_count(Intrinsic("length", (piece,), Exact()), counter)))
    return tuple(done)


def _room(made: Target, at: cobol.Reference) -> int:
    """How many characters a field takes where there are no delimiters."""
    if isinstance(made, Part):
        size = made.place.field.view.size
        if made.length is None and isinstance(made.start, Constant):
            return size + 1 - int(made.start.value)
        return int(made.length.value) if isinstance(made.length, Constant) else size
    field = made.field
    return field.type.digits if isinstance(field.type, Number) and field.view.separate else field.view.size


def inspect(block: Block, statement: verbs.Inspect) -> Body:
    scope = block.scope
    inputs: list[Expression] = [_inspected(scope, statement.target)]
    options: list[tuple[str, str]] = []
    end: list[Statement] = []
    for at, tally in enumerate(statement.tallying):
        end.append(_tallied(place(scope, tally.counter), Intrinsic(f"tally {at + 1}", (), Exact())))
        _phrase(scope, inputs, options, "tally", tally.what, (tally.value,), tally.bounds)
    for replacement in statement.replacing:
        by = _replacing(scope, replacement.by, replacement.value)
        _phrase(scope, inputs, options, "replace", replacement.what, (replacement.value,), replacement.bounds, by)
    if statement.converting is not None:
        conversion = statement.converting
        to = _replacing(scope, conversion.to, conversion.value)
        _phrase(scope, inputs, options, "convert", "ALL", (conversion.value,), conversion.bounds, to)
    if statement.replacing or statement.converting is not None:
        if not isinstance(statement.target, cobol.Reference):
            raise SourceError(statement.target.span, "INSPECT cannot change this")
        end += _changed(scope, statement.target)
    return (Operation("inspect", tuple(inputs), (), tuple(options), (("end", tuple(end)),)),)


def _inspected(scope: Scope, source: cobol.Expression) -> Expression:
    """The characters of an item; of a signed number those are its digits, with the sign somewhere."""
    if not isinstance(source, cobol.Reference):
        return value(scope, source)
    return as_text(scope, source) if _signed(scope, source) else bytes_of(scope, source)


def _signed(scope: Scope, source: cobol.Reference) -> bool:
    laid = scope.item(source)
    return laid is not None and source.slice is None and laid.sign is not None


def _changed(scope: Scope, source: cobol.Reference) -> Body:
    """What INSPECT leaves in its item; a number keeps its sign."""
    made = target(scope, source)
    if not (_signed(scope, source) and isinstance(made, Place) and isinstance(made.field.type, Number)):
        return (Assign(_raw(made), Intrinsic("replaced", (), Text(_size(made)))),)
    type_ = made.field.type
    whole_number: Expression = NumberIn(Intrinsic("replaced", (), Text(None)), Number(type_.digits))
    if type_.scale > 0:
        whole_number = Arithmetic("*", whole_number, Constant(Decimal(1).scaleb(-type_.scale), Number(1, type_.scale)))
    kept = Assign(made, Fit(whole_number, type_))
    return (If(Compare("<", Load(made), whole(0)), (Assign(made, Fit(Negative(whole_number), type_)),), (kept,)),)


def _phrase(
    scope: Scope,
    inputs: list[Expression],
    options: list[tuple[str, str]],
    kind: str,
    what: str,
    found: tuple[cobol.Expression | None, ...],
    bounds: tuple[verbs.Bound, ...],
    by: Expression | None = None,
) -> None:
    inputs += [as_text(scope, each) for each in found if each is not None]
    inputs += [by] if by is not None else []
    inputs += [as_text(scope, bound.value) for bound in bounds]
    options.append((kind, " ".join((what.lower(), *(bound.side.lower() for bound in bounds))).strip()))


def _replacing(scope: Scope, by: cobol.Expression, found: cobol.Expression | None) -> Expression:
    """What something is replaced by; figurative constants are as long as what they replace."""
    repeated = pattern(scope, by)
    if repeated is None:
        return as_text(scope, by)
    size = _characters(scope, found) if found is not None else 1
    return Repeated(text(repeated), Text(size))


def _characters(scope: Scope, found: cobol.Expression) -> int:
    """How many characters a pattern has."""
    match found:
        case cobol.Text(content):
            return len(content)
        case cobol.Figurative():
            return 1
        case cobol.Reference():
            laid = scope.item(found)
            if laid is not None and found.slice is None:
                return laid.size
            if laid is None and pattern(scope, found) is not None:
                return 1
    raise unsupported(found.span, "a figurative constant in place of this")
