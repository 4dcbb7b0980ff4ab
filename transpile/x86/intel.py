"""Intel operands of gcc and clang: ``eax``, ``5``, ``QWORD PTR sym[rip+8]``, ``OFFSET FLAT:sym``, ``fs:40``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from transpile.x86.insn import MemOp, Operand
from transpile.x86.operands import BadOperand, bad_register, immediate, label, signed, value
from transpile.x86.registers import ADDRESS, REGISTERS, SEGMENTS, refused_family

_POINTERS = {
    "byte": 1,
    "word": 2,
    "dword": 4,
    "qword": 8,
    "mmword": 8,
    "oword": 16,
    "xmmword": 16,
    "tbyte": 10,
    "xword": 10,
    "ymmword": 32,
    "zmmword": 64,
}
_POINTER = re.compile(rf"\s*({'|'.join(_POINTERS)})\s+(?:bcst|ptr)\b\s*", re.I)
_OFFSET = re.compile(r"\s*offset\s+(?:flat\s*:)?\s*(.*)$", re.I | re.S)
_SEGMENT = re.compile(r"\s*%?([a-z]s)\s*:", re.I)
_SHORT = re.compile(r"\s*(?:short|near)\s+(?:ptr\s+)?", re.I)
_TERM = re.compile(r'[+-]|(?:"(?:[^"\\]|\\.)*"|\([^()]*\)|[^-+\s"(])+|\s+|.')
_SCALED = re.compile(r"(?:(\w+)\s*\*\s*%?([a-z]\w*)|%?([a-z]\w*)\s*\*\s*(\w+))$", re.I)
_SCALES = {"1": 1, "2": 2, "4": 4, "8": 8}


def operand(text: str, branch: bool, constants: Mapping[str, int]) -> tuple[Operand, bool]:
    """``text`` as an operand, and whether a branch to it is indirect. Memory has size 0 where none is written."""
    name = text[1:] if text[:1] == "%" else text
    found = REGISTERS.get(name) or REGISTERS.get(name.lower())
    if found is not None:
        return found, branch
    if not text:
        raise BadOperand("an operand is missing")
    if refused_family(name.lower()):
        raise bad_register(name.lower())
    offset = _OFFSET.match(text)
    if offset:
        return immediate(offset[1], constants), False
    if branch and (short := _SHORT.match(text)):
        text = text[short.end() :]
    return _memory_or_value(text, branch, constants)


def _memory_or_value(text: str, branch: bool, constants: Mapping[str, int]) -> tuple[Operand, bool]:
    body, size = text, 0
    bracketed = body.lstrip()[:1] == "["
    pointer = _POINTER.match(body.lstrip()[1:] if bracketed else body)
    if pointer:
        size = _POINTERS[pointer[1].lower()]
        body = (body.lstrip()[1:].rstrip()[:-1] if bracketed else body)[pointer.end() :]
    segment = ""
    if match := _SEGMENT.match(body):
        segment, body = match[1].lower(), body[match.end() :]
        if segment not in SEGMENTS:
            raise bad_register(segment)
    if not (pointer or segment or bracketed or "[" in body):
        if branch:
            return label(body, constants), False
        number, symbol = value(body, constants)
        if symbol is None:
            return immediate(body, constants), False
        return MemOp(0, disp=number, symbol=symbol), False
    return _address(body, size, segment, text, constants), branch


def _address(body: str, size: int, segment: str, text: str, constants: Mapping[str, int]) -> MemOp:
    registers: list[tuple[str, int, int]] = []
    rest: list[str] = []
    for sign, term in _terms(body, text):
        register = _register(term)
        if register is None:
            rest.append(f"{sign}({term})" if "*" in term else sign + term)
        elif sign == "-":
            raise BadOperand("a register cannot be subtracted in an address", text)
        else:
            registers.append(register)
    number, symbol = (0, None)
    if rest:
        number, symbol = value("".join(rest).removeprefix("+"), constants)
    return _placed(registers, MemOp(size, "", "", 1, signed(number), symbol, segment), text)


def _terms(body: str, text: str) -> list[tuple[str, str]]:
    """Signed terms of ``sym[rip+8]``, ``[rax+rcx*4-8]``: brackets add what is in them."""
    if body.count("[") != body.count("]"):
        raise BadOperand("brackets do not match", text)
    flat = body.replace("]", " ").replace("[", "+")
    terms: list[tuple[str, str]] = []
    sign = "+"
    for token in _TERM.findall(flat):
        if token in "+-":
            sign = sign if token == "+" else ("-" if sign == "+" else "+")
        elif not token.isspace():
            if terms and "*" in (terms[-1][1][-1:], token[:1]):
                terms[-1] = (terms[-1][0], terms[-1][1] + token)
            else:
                terms.append((sign, token))
            sign = "+"
    return terms


def _register(term: str) -> tuple[str, int, int] | None:
    """(full name, address size, scale); scale 0 when none is written."""
    name = term[1:] if term[:1] == "%" else term
    found = ADDRESS.get(name) or ADDRESS.get(name.lower())
    if found:
        return *found, 0
    scaled = _SCALED.match(term)
    if not scaled:
        return None
    name = (scaled[2] or scaled[3]).lower()
    factor = scaled[1] or scaled[4]
    if name not in ADDRESS:
        name, factor = factor, name
    if name not in ADDRESS:
        return None
    scale = _SCALES.get(factor)
    if scale is None:
        raise BadOperand(f"'{factor}' is not a scale", term, "a scale is 1, 2, 4 or 8")
    return *ADDRESS[name], scale


def _placed(registers: list[tuple[str, int, int]], plain: MemOp, text: str) -> MemOp:
    """``plain`` with base and index; a register without a scale is the base if there is none yet."""
    base: tuple[str, int, int] | None = None
    index: tuple[str, int, int] | None = None
    for register in registers:
        if not register[2] and base is None:
            base = register
        elif index is None:
            index = register
        else:
            raise BadOperand("too many registers in an address", text)
    if base and index and index[0] == "rsp" and index[2] < 2:
        base, index = index, base
    if (index and index[0] in ("rsp", "rip")) or (base and index and (base[1] != index[1] or base[0] == "rip")):
        raise BadOperand(f"'{text}' is not a valid address", text)
    return MemOp(
        plain.size,
        base[0] if base else "",
        index[0] if index else "",
        (index[2] or 1) if index else 1,
        plain.disp,
        plain.symbol,
        plain.segment,
        (base or index or ("", 8, 0))[1],
    )
