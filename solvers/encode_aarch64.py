"""AArch64 texts: operands with relocations mean the parts of an address they select, the rest is assembled.

The forms: ``adrp`` of a symbol, ``:got:`` or ``:gottprel:``; ``:lo12:``, ``:got_lo12:``, ``:gottprel_lo12:``,
``:tprel_hi12:``, ``:tprel_lo12:`` and ``:tprel_lo12_nc:`` in ``add``, loads and stores; branches and calls by name.
"""

from __future__ import annotations

import re

from transpile.solvers import pcode as l
from transpile.solvers.encoding import Parsed, symbol
from transpile.solvers.pcode import RAM, REGISTER, SYMBOL, RawOp, Unliftable, Varnode

_NAME = r"([A-Za-z_.$][\w.$]*)"
_SYMBOL = rf"{_NAME}\s*([+-]\s*\w+)?"
_PAGE = re.compile(rf"adrp\s+x(\d+)\s*,\s*(?::(got|gottprel|pg_hi21):)?{_SYMBOL}$")
_PART = re.compile(rf"#?:(\w+):{_SYMBOL}")
_CALL = re.compile(rf"(bl|b)\s+{_NAME}$")
_CONDITION = "eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al"
_BRANCH = re.compile(rf"(b\.?(?:{_CONDITION})|cbn?z\s+\w+\s*,|tbn?z\s+\w+\s*,\s*#?\w+\s*,)\s*{_NAME}$")
_HIGH_ADD = re.compile(rf"add\s+x(\d+)\s*,\s*x(\d+)\s*,\s*#?:tprel_hi12:{_SYMBOL}\s*,\s*lsl\s+#?12$")
_RELATIVE = re.compile(r"(adrp?\s|ldr\w*\s+\w+\s*,\s*[^\[\s])")
_PLACEHOLDER = 0xFF0
_PAGES = {None: "/high", "pg_hi21": "/high", "got": "got/high", "gottprel": "gottpoff/high"}
_PARTS = {
    "lo12": "/low12",
    "got_lo12": "got/low12",
    "gottprel_lo12": "gottpoff/low12",
    "gottprel_lo12_nc": "gottpoff/low12",
    "tprel_lo12": "tpoff/low12",
    "tprel_lo12_nc": "tpoff/low12",
}
_ELSEWHERE: Varnode = (RAM, l.BASE + 0x400, 8)


def parse(text: str) -> Parsed:
    """Take one text apart; raises Unliftable."""
    if match := _CALL.match(text):
        code = RawOp(l.CALL) if match[1] == "bl" else RawOp(l.BRANCH, (), (_ELSEWHERE,))
        return Parsed(text, target=match[2], ops=[code])
    if match := _PAGE.match(text):
        register, kind, name, addend = match.groups()
        where = symbol(name, addend, _PAGES[kind])
        return Parsed(text, ops=[RawOp(l.COPY, (_register(register),), ((SYMBOL, where, 8),))])
    if match := _HIGH_ADD.match(text):
        to, base, name, addend = match.groups()
        ins: tuple[Varnode, ...] = (_register(base), (SYMBOL, symbol(name, addend, "tpoff/high"), 8))
        return Parsed(text, ops=[RawOp(l.opcode("INT_ADD"), (_register(to),), ins)])
    if match := _PART.search(text):
        if match[1] not in _PARTS:
            raise Unliftable(f"relocation :{match[1]}:")
        plain = f"{text[: match.start()]}#{_PLACEHOLDER}{text[match.end() :]}"
        where = symbol(match[2], match[3], _PARTS[match[1]])
        return Parsed(plain, {_PLACEHOLDER: where})
    if match := _BRANCH.match(text):
        return Parsed(f"{match[1]} .+0x400", target=match[2])
    if _RELATIVE.match(text):
        raise Unliftable("an address relative to the instruction")
    return Parsed(text)


def _register(number: str) -> Varnode:
    return REGISTER, 0x4000 + 8 * int(number), 8
