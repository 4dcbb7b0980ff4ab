"""AT&T operands: ``%eax``, ``$5``, ``sym+4(%rip)``, ``%fs:8(%rax,%rcx,4)``, ``*%rax``."""

from __future__ import annotations

from collections.abc import Mapping

from transpile.x86.insn import MemOp, Operand
from transpile.x86.operands import BadOperand, address_register, bad_register, immediate, label, signed, value
from transpile.x86.registers import REGISTERS, SEGMENTS

_SCALES = {"": 1, "1": 1, "2": 2, "4": 4, "8": 8}


def operand(text: str, branch: bool, constants: Mapping[str, int]) -> tuple[Operand, bool]:
    """``text`` as an operand (memory still without a size), and whether it is marked indirect by ``*``."""
    lead = text[:1]
    if lead == "%":
        found = REGISTERS.get(text[1:])
        if found is not None:
            return found, False
        if ":" not in text:
            name = text[1:].strip().lower()
            if name not in REGISTERS:
                raise bad_register(text[1:].strip())
            return REGISTERS[name], False
    elif lead == "$":
        return immediate(text[1:], constants), False
    elif lead == "*":
        if not branch:
            raise BadOperand("'*' marks the target of an indirect jump or call", text)
        return operand(text[1:].strip(), False, constants)[0], True
    if branch and "%" not in text:
        return label(text, constants), False
    return memory(text, constants), False


def memory(text: str, constants: Mapping[str, int]) -> MemOp:
    if not text:
        raise BadOperand("an operand is missing")
    head, base, index, scale, segment = text, "", "", "", ""
    size = 8
    if text[-1] == ")":
        opening = text.rfind("(")
        inner = text[opening + 1 : -1].strip()
        if opening >= 0 and inner[:1] in ("%", ","):
            head = text[:opening]
            base, index, scale, size = _registers(inner, text)
    if head[:1] == "%":
        segment, colon, head = head[1:].partition(":")
        segment = segment.strip().lower()
        if not colon or segment not in SEGMENTS:
            raise bad_register(segment)
    number, symbol = value(head, constants) if head.strip() else (0, None)
    factor = _SCALES.get(scale)
    if factor is None:
        raise BadOperand(f"'{scale}' is not a scale", scale, "a scale is 1, 2, 4 or 8")
    return MemOp(0, base, index, factor, signed(number), symbol, segment, size)


def _registers(inner: str, text: str) -> tuple[str, str, str, int]:
    """Base, index, scale and address size of ``%base,%index,scale``."""
    parts = [part.strip() for part in inner.split(",")]
    if len(parts) > 3 or any(part and part[0] != "%" for part in parts[:2]):
        raise BadOperand(f"cannot read the address '{text}'", text)
    base, size = address_register(parts[0][1:]) if parts[0] else ("", 0)
    index, index_size = address_register(parts[1][1:]) if len(parts) > 1 and parts[1] else ("", 0)
    if index in ("rsp", "rip") or (index and base == "rip") or (base and index and size != index_size):
        raise BadOperand(f"'{text}' is not a valid address", text)
    return base, index, parts[2] if len(parts) > 2 else "", size or index_size or 8
