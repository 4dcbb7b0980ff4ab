"""Alphabets of SPECIAL-NAMES as collating sequences: the place of every character."""

from __future__ import annotations

from transpile.cobol import tree as cobol
from transpile.cobol.programs import Alphabet, SpecialNames
from transpile.restructure.expressions import FIGURATIVES
from transpile.restructure.scope import unsupported


def orders(special: SpecialNames) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return tuple((each.name, _order(each)) for each in special.alphabets if each.ranges or each.kind == "EBCDIC")


def extremes(special: SpecialNames, collating: str) -> dict[str, str]:
    """The last and the first character of the program's collating sequence, if it has one of its own."""
    places = dict(orders(special)).get(collating)
    if places is None:
        return {}
    return {"HIGH-VALUE": chr(places.index(max(places))), "LOW-VALUE": chr(places.index(min(places)))}


def _order(alphabet: Alphabet) -> tuple[int, ...]:
    if alphabet.kind == "EBCDIC":
        return tuple(chr(code).encode("cp500")[0] for code in range(256))
    places: dict[int, int] = {}
    last = -1
    for parts in alphabet.ranges:
        together = len(parts) > 1
        last += together
        for part in parts:
            for code in _codes(part):
                last += not together
                places.setdefault(code, last)
    for code in range(256):
        if code not in places:
            last += 1
            places[code] = last
    return tuple(places[code] for code in range(256))


def _codes(part: cobol.Range) -> list[int]:
    low = _text(part.low)
    if part.high is None:
        return list(low)
    first, end = low[0], _text(part.high)[0]
    return list(range(first, end + 1)) if first <= end else list(range(first, end - 1, -1))


def _text(value: cobol.Expression) -> bytes:
    match value:
        case cobol.Text(content):
            return content
        case cobol.Number():
            return bytes((int(value.value) - 1,))
        case cobol.Figurative(name) if name in FIGURATIVES:
            return FIGURATIVES[name].encode("latin-1")
    raise unsupported(value.span, "this value of an alphabet")
