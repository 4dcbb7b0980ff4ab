"""How wide the operands are: what the text says of their types, and what the instructions leave open.

The types are not known without headers. So every width from 4 bytes on (or, if there is none, every other) with which
all instructions can be assembled is translated and proved by itself, and the emitted code chooses by ``sizeof``. What
declarations say only makes that choice shorter; a width that none of the proofs is for is an error of the C compiler.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product
from math import prod

from transpile.asm.source import Kind, parse
from transpile.errors import TranspileError
from transpile.inline.binding import Bound
from transpile.inline.reasons import ReasonKind, Refusal
from transpile.inline.statement import Statement
from transpile.inline.template import LABEL, Template, render
from transpile.x86.decode import decode

TYPES = {
    "char": 1, "bool": 1, "_Bool": 1, "int8_t": 1, "uint8_t": 1, "u8": 1, "s8": 1, "__u8": 1, "QItype": 1,
    "short": 2, "int16_t": 2, "uint16_t": 2, "u16": 2, "s16": 2, "__u16": 2,
    "int": 4, "unsigned": 4, "signed": 4, "int32_t": 4, "uint32_t": 4, "u32": 4, "s32": 4, "__u32": 4, "float": 4,
    "USItype": 4, "long": 8, "int64_t": 8, "uint64_t": 8, "u64": 8, "s64": 8, "__u64": 8, "size_t": 8, "ssize_t": 8,
    "uintptr_t": 8, "intptr_t": 8, "ptrdiff_t": 8, "double": 8, "UDItype": 8,
    "__m128": 16, "__m128i": 16, "__m128d": 16,
}  # fmt: skip
"""Bytes of types that mean the same in nearly every program."""
_QUALIFIER = r"(?:const|volatile|register|static|restrict|__restrict|inline|extern)"
_BUILTIN = r"(?:unsigned|signed|char|short|int|long|float|double)"
_TYPE = rf"(?:{_QUALIFIER}\s+)*(?:(?:{_BUILTIN}\s+|{_BUILTIN}\b)+|[A-Za-z_]\w*)"
_CAST = re.compile(rf"^\(\s*({_TYPE})\s*(\**)\s*\)\s*[\w(*&~!-]")
_NOT_TYPES = frozenset({"return", "else", "goto", "case", "sizeof", "typedef", "do", "if", "while", "new", "delete"})
_LITERAL = re.compile(r'"(?:\\.|[^"\\\n])*"|/\*.*?\*/|//[^\n]*', re.S)
_STRUCTURE = re.compile(r"[{}();]")
_TYPEDEF = re.compile(rf"\btypedef\s+({_TYPE})\s+([A-Za-z_]\w*)\s*;")
MOST = 4
"""Variants of one statement."""
SEARCHED = 256
"""Combinations of widths that are tried for one line, and kept in all."""
_FAR = 10_000
"""Characters before a statement in which declarations are looked for."""

Widths = Mapping[int, int]


def typedefs(text: str) -> dict[str, int]:
    """Bytes of the types that the file names itself."""
    found: dict[str, int] = {}
    for match in _TYPEDEF.finditer(text):
        size = _size(match[1], {**TYPES, **found})
        if size:
            found[match[2]] = size
    return found


def hint(expression: str, before: str, known: Mapping[str, int]) -> int:
    """Bytes of an operand as its cast or declaration has them; 0 if the text does not say. ``before``: the text up to
    the statement."""
    cast = _CAST.match(expression)
    if cast is not None:
        return 8 if cast[2] else _size(cast[1], known)
    name = expression.strip("() ")
    if not re.fullmatch(r"[A-Za-z_]\w*", name):
        return 0
    declared = re.compile(
        rf"(?:^|[;{{}}(,\n])\s*({_TYPE})([\s*]+)(?:[\w\s,=*]{{0,200}}?[,*]\s*)?\b{name}\b\s*(?=[,;=)])"
    )
    last = None
    near = _LITERAL.sub(lambda found: " " * len(found[0]), before[-_FAR:])
    for match in declared.finditer(near):
        if match[1].split()[0] not in _NOT_TYPES and _in_scope(near[match.end() :]):
            last = match
    if last is None:
        return 0
    declarator = last[0][: last[0].rindex(name)].rstrip()
    return 8 if declarator.endswith("*") else _size(last[1], known)


def _in_scope(behind: str) -> bool:
    """Whether a declaration still holds at the end of the text ``behind`` it."""
    braces = brackets = 0
    parameter = False
    for one in _STRUCTURE.findall(behind):
        braces += (one == "{") - (one == "}")
        brackets += (one == "(") - (one == ")")
        parameter |= brackets < 0
        if braces < 0 or (parameter and braces == 0 and brackets <= 0 and one in ";}"):
            return False
    return True


def _size(type_text: str, known: Mapping[str, int]) -> int:
    words = [w for w in type_text.split() if not re.fullmatch(_QUALIFIER, w)]
    if not words:
        return 0
    for wide in ("char", "short", "double", "long", "float"):
        if wide in words:
            return 16 if wide == "double" and "long" in words else known.get(wide, TYPES[wide])
    return known.get(words[-1], 0) if len(words) == 1 or all(w in TYPES for w in words) else 0


def choices(
    statement: Statement, template: Template, bound: Sequence[Bound], hints: Mapping[int, int]
) -> list[dict[int, int]]:
    """The widths of the operands that the template prints plainly with which every instruction can be read, at most
    MOST; raises Refusal."""
    wanted = {at: _candidates(one, hints.get(at, 0)) for at, one in enumerate(bound)}
    found = _joined(template, bound, wanted)
    if not found:
        found = _joined(template, bound, {at: _candidates(one, 0) for at, one in enumerate(bound)})
    if not found:
        problem = _unreadable(template, bound, wanted)
        unknown = problem.startswith(("unknown instruction", "unknown register"))
        privileged = problem.startswith(("control register", "debug register", "segment register"))
        refused: ReasonKind = "no equal" if privileged else "not handled" if "not translated" in problem else "not read"
        raise Refusal("foreign" if unknown else refused, problem)
    full = [dict(items) for items in dict.fromkeys(tuple(sorted(widths.items())) for widths in found)]
    full = [one for one in full if all(width >= 4 or hints.get(at) == width for at, width in one.items())] or full
    if len(full) > MOST:
        uniform = [widths for widths in full if len(set(widths.values())) == 1]
        full = uniform if 0 < len(uniform) <= MOST else full
    if len(full) > MOST:
        raise Refusal("not read", "its operands may have too many widths: nothing says which types they have")
    return full


def _candidates(one: Bound, hinted: int) -> tuple[int, ...]:
    if one.where == "vector":
        return (hinted,) if hinted in (4, 8, 16) else ()
    if one.where != "register":
        return (8,)
    return (hinted,) if hinted in (1, 2, 4, 8) else (8, 4, 2, 1)


def _joined(template: Template, bound: Sequence[Bound], wanted: Mapping[int, tuple[int, ...]]) -> list[dict[int, int]]:
    """Widths of the operands that are printed plainly, line by line."""
    found: list[dict[int, int]] = [{}]
    for line in template.lines:
        plain = template.plain(line, bound)
        if any(not wanted[at] for at in plain):
            raise Refusal("not read", "nothing says which type a vector operand has")
        if prod(len(wanted[at]) for at in plain) > SEARCHED:
            raise Refusal("not read", "a line has more operands than an instruction")
        fitting = [
            widths
            for values in product(*(wanted[at] for at in plain))
            if readable(render(line, bound, widths := dict(zip(plain, values, strict=True))))
        ]
        found = [
            {**one, **other}
            for one in found
            for other in fitting
            if all(one.get(at, width) == width for at, width in other.items())
        ][:SEARCHED]
        if not found:
            return []
    return [widths for widths in found if _ties_agree(widths, bound)]


def _ties_agree(widths: Widths, bound: Sequence[Bound]) -> bool:
    """Operands that share a register are printed as wide as each other, if both are printed."""
    return all(
        widths[at] == widths[one.tied]
        for at, one in enumerate(bound)
        if one.tied >= 0 and at in widths and one.tied in widths
    )


def readable(text: str) -> bool:
    """Whether a line is assembly that is known."""
    try:
        for statement in parse(_closed(text), "<template>").statements:
            if statement.kind is Kind.INSTRUCTION:
                decode(statement)
    except TranspileError:
        return False
    return True


def _closed(text: str) -> str:
    """Numeric labels that other lines define count as known."""
    return re.sub(r"\b(\d+)[bf]\b(?=\s*$)", rf"{LABEL}x\1", text)


def _unreadable(template: Template, bound: Sequence[Bound], wanted: Mapping[int, tuple[int, ...]]) -> str:
    """The first thing that is wrong with the widest reading."""
    for line in template.lines:
        try:
            text = render(line, bound, {at: values[0] for at, values in wanted.items() if values})
            for statement in parse(_closed(text), "<template>").statements:
                if statement.kind is Kind.INSTRUCTION:
                    decode(statement)
        except TranspileError as error:
            return getattr(error, "message", str(error))
    return "its lines want one operand in different widths"
