"""What EXEC … END-EXEC may do with the items of its program, as far as its text tells.

Of SQL the host variables count, which have a colon; of CICS and others every word that names an item, as GnuCOBOL's
users know no other way to hand one over. OPEN of a cursor reads what its declaration names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from transpile.cobol.communication import BLOCK_NAMES
from transpile.cobol.names import Declared, Index, Names, Register, unknown
from transpile.cobol.programs import ConditionName, Item
from transpile.cobol.statements import Execute
from transpile.cobol.walking import walk
from transpile.errors import SourceError

_NAME = r"[A-Za-z0-9][\w-]*(?<!-)"
_WORDS = re.compile(rf"{_NAME}(?:\s+(?:OF|IN)\s+{_NAME})*", re.IGNORECASE)
_HOST = rf":\s*({_NAME}(?:\s*\.\s*{_NAME})*)"
_HOSTS = re.compile(_HOST)
_INTO = re.compile(rf"\bINTO\s+(?:{_HOST}(?:\s+INDICATOR)?[\s,]*)+", re.IGNORECASE)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|--[^\n]*|/\*(?:.*?\*/|.*\Z)", re.DOTALL)
_DESCRIPTOR = re.compile(rf"\b(?:DESCRIPTOR|INTO)\s+({_NAME})", re.IGNORECASE)
_CURSOR = re.compile(rf"DECLARE\s+({_NAME})", re.IGNORECASE)
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_MAP = re.compile(rf"\bMAP\s*\(\s*['\"]({_NAME})\s*['\"]", re.IGNORECASE)
_OPTION = re.compile(r"(?<![\w-])([\w-]+)\s*\(((?:[^()]|\([^()]*\))*)\)")
_READING = frozenset(
    {"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "OPEN", "FETCH", "PREPARE", "CONNECT", "VALUES", "WITH"}
)
"""SQL statements that change no host variables but those behind INTO."""
_READ = frozenset(
    {"FROM", "FILE", "DATASET", "MAP", "MAPSET", "PROGRAM", "TRANSID", "QUEUE", "QNAME", "ABCODE", "SYSID"}
)
_WRITTEN = frozenset({"INTO", "SET", "RESP", "RESP2"})
_STATE = frozenset({"SQLCA", "SQLCODE", "SQLSTATE"})


@dataclass(frozen=True, slots=True)
class Host:
    """``told``: the statement names it; else it is one that every statement of the language sets. Where it is not known
    whether it is read or written, it is both."""

    declared: Declared
    reads: bool = True
    writes: bool = True
    told: bool = True

    @property
    def item(self) -> Item | None:
        return self.declared.item


def hosts(names: Names, statement: Execute) -> tuple[Host, ...]:
    """What the statement may read or change, each once."""
    found: dict[int, Host] = {}
    for host in (*_named(names, statement), *_set_always(names, statement)):
        key = id(host.item) if host.item is not None else id(host.declared.meaning)
        known = found.get(key, Host(host.declared, False, False, False))
        found[key] = Host(
            host.declared, known.reads or host.reads, known.writes or host.writes, known.told or host.told
        )
    return tuple(found.values())


def anything(statement: Execute) -> bool:
    """It may change what it does not name, too."""
    return statement.language not in ("SQL", "CICS") or re.search(r"\bDESCRIPTOR\b", statement.text, re.I) is not None


def diverts(statement: Execute) -> bool:
    """It says where later statements of its language go on: that is not acted on."""
    return statement.language == "CICS" and statement.text.upper().split()[:1] == ["HANDLE"]


def handlers(statement: Execute) -> tuple[tuple[str, str], ...]:
    """The conditions that it names, and where later statements go in each: ``("NOTFND", "NO-CUSTOMER")``."""
    if not diverts(statement):
        return ()
    return tuple((found[1].upper(), found[2].strip().upper()) for found in _OPTION.finditer(statement.text))


def moves_records(statement: Execute) -> bool:
    """It says where records of the linkage section lie: two of them may have the same bytes then."""
    return re.search(r"\bADDRESS\s+OF\b", statement.text, re.IGNORECASE) is not None


def leaves(statement: Execute) -> bool:
    """The program does not go on behind it."""
    words = statement.text.upper().replace("(", " ").split()
    return statement.language == "CICS" and words[:1] in (["RETURN"], ["XCTL"], ["ABEND"])


def declarations(names: Names, statement: Execute) -> tuple[Execute, ...]:
    """Those of the cursor that the statement opens, or fetches from."""
    words = re.findall(_NAME, statement.text.upper())
    if statement.language != "SQL" or words[:1] not in (["OPEN"], ["FETCH"]):
        return ()
    known = _cursors(names)
    return tuple(each for word in dict.fromkeys(words[1:]) for each in known.get(word, ()))


def check(names: Names, statement: Execute) -> Iterator[SourceError]:
    """Host variables that are not declared."""
    if statement.language != "SQL":
        return
    for found in _HOSTS.finditer(_QUOTED.sub(" ", statement.text)):
        *owners, name = (part.strip().upper() for part in found[1].split("."))
        if not name.isdecimal() and not names.find(name, tuple(reversed(owners))):
            yield unknown(statement.span, "host variable", name, names.declared)


def _named(names: Names, statement: Execute) -> Iterator[Host]:
    if statement.language == "SQL":
        yield from _of_sql(names, statement)
        return
    text = statement.text
    options = {at: found[1].upper() for found in _OPTION.finditer(text) for at in range(*found.span(2))}
    for found in _WORDS.finditer(_LITERAL.sub(lambda literal: " " * len(literal[0]), text)):
        option = options.get(found.start(), "")
        reads, writes = option not in _WRITTEN, option not in _READ
        for declared in _meant(names, re.split(r"\s+(?:OF|IN)\s+", found[0].upper())):
            yield Host(declared, reads, writes)
    for shown in _MAP.finditer(text):
        yield from _map_records(names, shown[1].upper(), text.upper().split()[0])


def _meant(names: Names, words: list[str]) -> list[Declared]:
    """What ``A OF B`` means; where that is nothing, all that its words mean."""
    if found := _fields(names, words[0], tuple(words[1:])):
        return found
    return [each for word in words for each in _fields(names, word)]


def _map_records(names: Names, name: str, verb: str) -> Iterator[Host]:
    """A map has two records, whose names follow from its own: one that it fills, and one that is shown."""
    yield from (Host(each, verb != "RECEIVE", verb != "SEND") for each in _fields(names, f"{name}I"))
    if verb != "RECEIVE":
        yield from (Host(each, True, verb != "SEND") for each in _fields(names, f"{name}O"))


def _fields(names: Names, name: str, qualifiers: tuple[str, ...] = ()) -> list[Declared]:
    kinds = Item | ConditionName | Index | Register
    return [each for each in names.find(name, qualifiers) if isinstance(each.meaning, kinds) and not _constant(each)]


def _constant(declared: Declared) -> bool:
    return isinstance(declared.meaning, Item) and declared.meaning.level == 78


def _of_sql(names: Names, statement: Execute) -> Iterator[Host]:
    text = statement.text
    words = text.upper().split() or [""]
    reading = words[0] in _READING
    written = {at for into in _INTO.finditer(text) for at in range(*into.span())}
    for found in _HOSTS.finditer(text):
        *owners, name = (part.strip().upper() for part in found[1].split("."))
        into = found.start() in written
        for declared in _fields(names, name, tuple(reversed(owners))):
            yield Host(declared, not (into and reading), into or not reading)
    for found in _DESCRIPTOR.finditer(text):
        yield from (Host(each) for each in _fields(names, found[1].upper()) if "SQLDA" in found[1].upper())
    for declaration in declarations(names, statement):
        if words[0] == "OPEN":
            yield from (Host(each.declared, True, False) for each in _of_sql(names, declaration))
        elif receivers := _INTO.search(declaration.text):
            yield from _of_sql(names, replace(declaration, text=f"FETCH {receivers[0]}"))


def _cursors(names: Names) -> dict[str, list[Execute]]:
    """The declarations of cursors by their names."""
    if names.cursors is None:
        names.cursors = {}
        for each in walk(names.program):
            found = _CURSOR.match(each.text) if isinstance(each, Execute) and each.language == "SQL" else None
            if found is not None and isinstance(each, Execute):
                names.cursors.setdefault(found[1].upper(), []).append(each)
    return names.cursors


def _set_always(names: Names, statement: Execute) -> Iterator[Host]:
    """What tells how it went: the SQLCA, or the block of CICS."""
    wanted = {"SQL": _STATE, "CICS": BLOCK_NAMES}.get(statement.language, frozenset())
    for name in sorted(wanted):
        for declared in _fields(names, name):
            if isinstance(declared.meaning, Item):
                for item in walk(declared.meaning):
                    if isinstance(item, Item) and not item.children and item.name and item.level not in (66, 78):
                        yield Host(Declared(item), False, True, False)
