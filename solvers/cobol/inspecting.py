"""INSPECT: what its phrases count and replace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from transpile.cobol import statements as verbs
from transpile.cobol import tree
from transpile.cobol.names import Symbol
from transpile.cobol.walking import walk
from transpile.restructure.sharing import plain_digits
from transpile.solvers.cobol.moving import kept, put, put_units
from transpile.solvers.cobol.operands import Characters, Evaluation, Numeric, Repeated, Spot
from transpile.solvers.storage.inspecting import Inspection, Region, converted, inspected, region
from transpile.solvers.storage.values import Int, NoTerm, Number, Text, add, fits, known_text, text, units_at

IN_PICTURE = "binary and packed counters of TALLYING and COUNT stay within their PICTURE"


def inspect(evaluation: Evaluation, statement: verbs.Inspect) -> None:
    _apart(evaluation, statement)
    content = _content(evaluation, statement.target)
    found, inspection = [], inspected(content)
    for tally in statement.tallying:
        pattern = _looked_for(evaluation, tally)
        count, inspection = inspection.tally(tally.what, pattern, _within(evaluation, content, tally.bounds))
        found.append(count)
    replaced = _replaced(evaluation, statement.replacing, content)
    if statement.converting is not None:
        replaced = _converted(evaluation, statement.converting, content)
    for tally, count in zip(statement.tallying, found, strict=True):
        count_in(evaluation, evaluation.spot(tally.counter), count)
    if replaced is not None:
        put(evaluation, _changeable(evaluation, statement.target), replaced)


def _replaced(evaluation: Evaluation, phrases: tuple[verbs.Replacement, ...], content: Text) -> Text | None:
    inspection: Inspection = inspected(content)
    for each in phrases:
        pattern = _looked_for(evaluation, each)
        by = _instead(evaluation, each.by, len(pattern) or 1)
        inspection = inspection.replace(each.what, pattern, by, _within(evaluation, content, each.bounds))
    return Text(inspection.new) if phrases else None


def _converted(evaluation: Evaluation, conversion: verbs.Conversion, content: Text) -> Text:
    pattern = pattern_of(evaluation, conversion.value)
    old, new = known_text(pattern), known_text(_instead(evaluation, conversion.to, len(pattern)))
    if old is None or new is None or len(old) != len(new):
        raise NoTerm("INSPECT CONVERTING with other tables than literals of one length")
    return converted(content, old, new, _within(evaluation, content, conversion.bounds))


def _within(evaluation: Evaluation, content: Text, bounds: tuple[verbs.Bound, ...]) -> Region | None:
    return region(content, [(each.side, pattern_of(evaluation, each.value)) for each in bounds]) if bounds else None


# Operands


def _looked_for(evaluation: Evaluation, phrase: verbs.Tally | verbs.Replacement) -> Text:
    found = pattern_of(evaluation, phrase.value)
    if phrase.what == "TRAILING" and len(found) > 1:
        raise NoTerm("TRAILING with several characters, where GnuCOBOL 3.1 may look in front of the item,")
    return found


def pattern_of(evaluation: Evaluation, expression: tree.Expression | None) -> Text:
    """The characters of a literal or item as they are; figurative constants are one, and CHARACTERS are none."""
    if expression is None:
        return Text(())
    match expression, evaluation.operand(expression):
        case _, Characters(text=found) if len(found):
            return found
        case _, Repeated(pattern=found) if len(found) == 1:
            return text(found)
        case tree.Number(), Numeric(scale=0) as number:
            return evaluation.digits(number)
        case tree.Reference(), Numeric(spot=Spot(laid=laid)) as number if laid is not None and plain_digits(laid):
            return evaluation.digits(number)
    raise NoTerm("the characters of such a number or literal are not in the model")


def _instead(evaluation: Evaluation, expression: tree.Expression, size: int) -> Text:
    found = evaluation.operand(expression)
    if isinstance(found, Repeated) and len(found.pattern) == 1:
        return found.filled(size)
    return pattern_of(evaluation, expression)


def _content(evaluation: Evaluation, target: tree.Expression) -> Text:
    if not isinstance(target, tree.Reference):
        found = evaluation.operand(target)
        if isinstance(found, Characters):
            return found.text
        raise NoTerm("INSPECT of a number that is no item")
    spot = evaluation.spot(target)
    laid, number = spot.laid, spot.number
    if number is None:
        return evaluation.bytes(spot)
    held = evaluation.held(spot)
    if laid is None or laid.usage != "DISPLAY" or number.scale < 0 or not isinstance(held, Numeric):
        raise NoTerm(f"INSPECT of {spot.field.origin}, a number in binary or with P in its PICTURE")
    return evaluation.digits(held)


def _changeable(evaluation: Evaluation, target: tree.Expression) -> Spot:
    if not isinstance(target, tree.Reference):
        raise NoTerm("INSPECT that changes what is no item")
    spot = evaluation.spot(target)
    if spot.number is not None and (spot.laid is None or not plain_digits(spot.laid)):
        raise NoTerm(f"INSPECT that changes {spot.field.origin}, a number with a sign")
    return spot


def count_in(evaluation: Evaluation, spot: Spot, count: Int) -> None:
    """TALLYING."""
    type_, held = spot.number, evaluation.held(spot)
    if type_ is None or type_.scale or not isinstance(held, Numeric) or spot.laid is None or spot.laid.picture is None:
        raise NoTerm(f"TALLYING in {spot.field.origin}")
    counted = add(held.number, Number(count))
    if spot.field.view.coding != "display":
        evaluation.assume(fits(units_at(counted, 0), type_.digits), IN_PICTURE)
    put_units(evaluation, spot, kept(type_, counted))


# Items in one place


def _apart(evaluation: Evaluation, statement: verbs.Inspect) -> None:
    """GnuCOBOL counts while it looks."""
    counters = [each.counter for each in statement.tallying]
    looked_at = [statement.target, *statement.replacing, *filter(None, (statement.converting,))]
    looked_at += [each for tally in statement.tallying for each in (*filter(None, (tally.value,)), *tally.bounds)]
    looked_at += [each for counter in counters for each in counter.subscripts]
    for counter in counters:
        refuse_shared(evaluation, counter, looked_at)


def refuse_shared(evaluation: Evaluation, changed: tree.Reference, others: Sequence[tree.Node]) -> None:
    """Raises NoTerm if some item in ``others`` may have a byte of ``changed``."""
    record, start, end = _extent(evaluation, changed)
    for other in _items(evaluation, others):
        where, first, last = _extent(evaluation, other)
        if where == record and first < end and start < last:
            raise NoTerm(f"{changed.name} changes while {other.name}, in the same place, is looked at")


def _items(evaluation: Evaluation, nodes: Sequence[tree.Node]) -> Iterator[tree.Reference]:
    for node in (each for given in nodes for each in walk(given)):
        if not isinstance(node, tree.Reference) or evaluation.scene.constant(node) is not None:
            continue
        if not isinstance(evaluation.scene.names.resolve(node).meaning, Symbol):
            yield node


def _extent(evaluation: Evaluation, reference: tree.Reference) -> tuple[int, int, int]:
    """The record, and the bytes of it from the first element to the last."""
    found = evaluation.scene.field(reference)
    size = found.view.size + sum((each.count - 1) * each.stride for each in found.dimensions)
    return evaluation.storage.layout.roots[found.number].root.number, found.view.offset, found.view.offset + size
