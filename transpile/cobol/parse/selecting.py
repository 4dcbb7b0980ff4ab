"""SELECT entries of FILE-CONTROL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.parse.expressions import operand, reference
from transpile.cobol.parse.operands import integer, literal
from transpile.cobol.programs import FileControl
from transpile.cobol.tokens import NUMBER, TEXT
from transpile.cobol.tree import Expression, Reference

Access: TypeAlias = Literal["SEQUENTIAL", "RANDOM", "DYNAMIC"]
Organization: TypeAlias = Literal["SEQUENTIAL", "LINE SEQUENTIAL", "RELATIVE", "INDEXED"]
_DEVICES = frozenset({"DISK", "DISC", "TAPE", "PRINTER", "PRINT", "KEYBOARD", "DISPLAY", "CARD-READER", "RANDOM"})
_ACCESS: Mapping[str, Access] = {"SEQUENTIAL": "SEQUENTIAL", "RANDOM": "RANDOM", "DYNAMIC": "DYNAMIC"}
_NOISE = frozenset({"EXTERNAL", "DYNAMIC", "VARYING", "FILE", "REEL", "UNIT", "MULTIPLE"})


def select(p: Cursor) -> FileControl:
    start = p.at
    p.at += 1
    optional = p.accept("OPTIONAL")
    name = p.name("the name of a file")
    entry = _Entry()
    while p.text not in (".", "SELECT") and not p.ended:
        entry.clause(p)
    p.period("the SELECT entry")
    return FileControl(
        name,
        entry.assign,
        optional,
        entry.organization,
        entry.access,
        entry.record_key,
        tuple(entry.alternate_keys),
        entry.relative_key,
        entry.status,
        span=p.span(start),
    )


class _Entry:
    """A SELECT entry while it is read."""

    def __init__(self) -> None:
        self.assign: Expression | None = None
        self.organization: Organization = "SEQUENTIAL"
        self.access: Access = "SEQUENTIAL"
        self.record_key: Reference | None = None
        self.alternate_keys: list[tuple[Reference, bool]] = []
        self.relative_key: Reference | None = None
        self.status: Reference | None = None

    def clause(self, p: Cursor) -> None:
        word = p.text
        p.at += 1
        match word:
            case "ASSIGN":
                self._assign(p)
            case "ORGANIZATION" | "ORGANISATION":
                p.accept("IS")
                self._organization(p)
            case "LINE" | "SEQUENTIAL" | "INDEXED" | "LINE-SEQUENTIAL":
                p.at -= 1
                self._organization(p)
            case "RELATIVE":
                self._relative(p)
            case "ACCESS":
                self._access(p)
            case "RECORD":
                self._record(p)
            case "ALTERNATE":
                self._alternate(p)
            case "FILE" | "STATUS" | "SORT":
                p.skip("STATUS", "IS")
                self.status = reference(p)
                if p.is_name():
                    reference(p)
            case _:
                p.at -= 1
                self._other(p)

    def _assign(self, p: Cursor) -> None:
        p.skip("TO", "USING")
        while p.text in _NOISE or (p.text in _DEVICES and (p.peek(1) in _DEVICES or p.kinds[p.at + 1] == TEXT)):
            p.at += 1
        if p.text in ("DISPLAY", "RANDOM") or (p.text in _DEVICES and not p.is_name()):
            self.assign = None
            p.at += 1
        elif p.is_operand():
            self.assign = operand(p)
            while p.kind in (TEXT, NUMBER) or (p.is_name() and p.text not in _CLAUSES):
                p.at += 1
        else:
            p.fail(f"a literal or a name is expected after ASSIGN TO, not {p.shown()}")

    def _organization(self, p: Cursor) -> None:
        if p.accept("LINE-SEQUENTIAL"):
            self.organization = "LINE SEQUENTIAL"
            return
        line = p.accept("LINE")
        if not line:
            p.accept("RECORD")
        match p.text:
            case "SEQUENTIAL":
                self.organization = "LINE SEQUENTIAL" if line else "SEQUENTIAL"
            case "RELATIVE":
                self.organization = "RELATIVE"
            case "INDEXED":
                self.organization = "INDEXED"
            case _:
                p.fail(f"{p.shown()} is no organization of files")
        p.at += 1

    def _relative(self, p: Cursor) -> None:
        """RELATIVE KEY, or the organization."""
        if p.text == "KEY" or p.text == "IS" or p.is_name():
            p.skip("KEY", "IS")
            self.relative_key = reference(p)
        else:
            self.organization = "RELATIVE"

    def _access(self, p: Cursor) -> None:
        p.skip("MODE", "IS")
        access = _ACCESS.get(p.text)
        if access is None:
            p.fail(f"{p.shown()} is no access mode")
        self.access = access
        p.at += 1
        if p.text == "RELATIVE":
            p.at += 1
            self._relative(p)

    def _record(self, p: Cursor) -> None:
        if p.accept("DELIMITER"):
            p.skip("IS")
            p.at += 1
            return
        p.skip("KEY", "IS")
        self.record_key = reference(p)
        if p.text in ("=", "SOURCE"):
            p.refuse("keys of several parts")

    def _alternate(self, p: Cursor) -> None:
        p.skip("RECORD", "KEY", "IS")
        key = reference(p)
        if p.text in ("=", "SOURCE"):
            p.refuse("keys of several parts")
        duplicates = p.text == "DUPLICATES" or (p.text == "WITH" and p.next == "DUPLICATES")
        if duplicates:
            p.skip("WITH", "DUPLICATES")
        if p.accept("SUPPRESS"):
            p.refuse("SUPPRESS of keys")
        self.alternate_keys.append((key, duplicates))

    def _other(self, p: Cursor) -> None:
        """Clauses that say nothing on a disk."""
        match p.text:
            case "RESERVE":
                p.at += 1
                if not p.accept("NO"):
                    integer(p, "a number of areas")
                p.skip("ALTERNATE", "AREA", "AREAS")
            case "PADDING":
                p.skip("PADDING", "CHARACTER", "IS")
                if p.kind in (TEXT, NUMBER):
                    literal(p)
                else:
                    operand(p)
            case "LOCK":
                p.skip("LOCK", "MODE", "IS", "MANUAL", "AUTOMATIC", "EXCLUSIVE", "WITH", "ON", "MULTIPLE")
                p.skip("RECORD", "RECORDS", "ROLLBACK")
            case "SHARING":
                p.skip("SHARING", "WITH", "ALL", "NO", "OTHER", "READ", "ONLY")
            case _:
                p.fail(f"{p.shown()} is no clause of SELECT")


_CLAUSES = frozenset({"LINE-SEQUENTIAL"})
