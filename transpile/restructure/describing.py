"""File descriptions and SELECT entries as files of the form."""

from __future__ import annotations

from transpile.cobol import tree as cobol
from transpile.cobol.programs import FileDescription
from transpile.cobol.statements import Label
from transpile.legacy.expressions import Expression, Place
from transpile.legacy.fields import Record
from transpile.legacy.files import Access, File, Key, Linage, Organization
from transpile.legacy.types import Number
from transpile.restructure.expressions import place, value
from transpile.restructure.filing import control
from transpile.restructure.naming import words
from transpile.restructure.scope import Scope, text

_ORGANIZATIONS: dict[str, Organization] = {
    "SEQUENTIAL": "sequential",
    "LINE SEQUENTIAL": "line sequential",
    "RELATIVE": "relative",
    "INDEXED": "indexed",
}
_ACCESS: dict[str, Access] = {"SEQUENTIAL": "sequential", "RANDOM": "random", "DYNAMIC": "dynamic"}


def describe(scope: Scope, file: FileDescription, area: Record) -> File:
    """What ``file`` is, whose record area is ``area``."""
    given = control(scope, Label(file.name, span=file.span))
    sizes = [scope.sharing.laid[id(each)].size for each in file.records]
    low, high = file.record_sizes
    keys: tuple[Key, ...] = () if given.record_key is None else (Key(place(scope, given.record_key)),)
    keys += tuple(Key(place(scope, key), duplicates) for key, duplicates in given.alternate_keys)
    return File(
        words(file.name),
        file.name,
        _outside(scope, given.assign),
        _ORGANIZATIONS[given.organization],
        _ACCESS[given.access],
        area,
        (low if low is not None else min(sizes), max(high or 0, *sizes)),
        given.optional,
        file.varying,
        _place(scope, file.depending),
        keys,
        _place(scope, given.relative_key),
        _place(scope, given.status),
        _linage(scope, file),
        file.sort,
        file.external,
        (*scope.said(given), *scope.said(file)),
    )


def _place(scope: Scope, reference: cobol.Reference | None) -> Place | None:
    return place(scope, reference) if reference is not None else None


def _outside(scope: Scope, assign: cobol.Expression | None) -> Expression | None:
    """What the file is called outside: a literal, a field, or the name as it is."""
    if isinstance(assign, cobol.Reference) and not scope.names.find(assign.name, assign.qualifiers):
        return text(assign.name)
    return value(scope, assign) if assign is not None else None


def _linage(scope: Scope, file: FileDescription) -> Linage | None:
    given = file.linage
    if given is None:
        return None
    counter = Place(scope.register_of("LINAGE-COUNTER", Number(10, 0, False, 32)))

    def lines(expression: cobol.Expression | None) -> Expression | None:
        return value(scope, expression) if expression is not None else None

    return Linage(value(scope, given.lines), counter, lines(given.footing), lines(given.top), lines(given.bottom))
