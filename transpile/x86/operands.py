"""What both syntaxes share: operand errors, and values with symbols."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from transpile.asm.expressions import Expression, ExpressionError, parse_expression, shorten
from transpile.native.micro import Symbol
from transpile.x86.insn import ImmOp, LabelOp
from transpile.x86.registers import ADDRESS, REGISTERS, refused_family

KINDS = {
    "": "",
    "gotpcrel": "got",
    "gotpcrelx": "got",
    "tpoff": "tpoff",
    "gottpoff": "gottpoff",
    "tlsgd": "tlsgd",
    "tlsld": "tlsld",
    "dtpoff": "dtpoff",
    "plt": "plt",
}
"""Relocation operators (psABI, "Relocation Types") -> Symbol.kind."""
MODIFIERS = {kind: modifier.upper() for modifier, kind in KINDS.items() if modifier != "gotpcrelx"}
_CHARACTER = re.compile(r"'(\\.|[^\\])'?")
_ESCAPES = {"n": 10, "t": 9, "r": 13, "b": 8, "f": 12, "0": 0}


class BadOperand(Exception):
    """``fragment`` of the instruction is wrong, or (``unsupported``) not translated."""

    def __init__(self, message: str, fragment: str = "", hint: str = "", unsupported: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.fragment = fragment
        self.hint = hint
        self.unsupported = unsupported


def bad_register(name: str) -> BadOperand:
    family = refused_family(name.lower())
    if family:
        return BadOperand(f"{family[0]} register '{name}' is not translated", name, family[1], unsupported=True)
    close = difflib.get_close_matches(name[:20], REGISTERS, 1)
    return BadOperand(f"unknown register '{shorten(name)}'", name, f"did you mean '{close[0]}'?" if close else "")


def address_register(name: str) -> tuple[str, int]:
    found = ADDRESS.get(name) or ADDRESS.get(name.lower())
    if found is None:
        if name.lower() in REGISTERS:
            raise BadOperand(f"'{name}' cannot be part of an address", name, "use a 64-bit register")
        raise bad_register(name)
    return found


def value(text: str, constants: Mapping[str, int]) -> tuple[int, Symbol | None]:
    """``text`` as a constant, or as a symbol that carries the constant."""
    try:
        expression = parse_expression(text, constants)
    except ExpressionError as error:
        raise BadOperand(error.message, text.strip()) from None
    if expression.absolute:
        return wrapped(expression.constant, text), None
    return 0, symbol(expression, text)


def symbol(expression: Expression, text: str) -> Symbol:
    if len(expression.plus) != 1 or expression.minus:
        hint = "only one symbol plus a constant can stand in an instruction"
        raise BadOperand(
            f"cannot translate the address '{shorten(text.strip())}'", text.strip(), hint, unsupported=True
        )
    term = expression.plus[0]
    kind = KINDS.get(term.modifier)
    if kind is None:
        message = f"relocation operator '@{term.modifier.upper()}' is not translated"
        raise BadOperand(message, "@" + term.modifier, unsupported=True)
    if term.name == ".":
        raise BadOperand("addresses relative to '.' change in translation", text.strip(), "use a label", True)
    return Symbol(term.name, wrapped(expression.constant, text), kind)


def label(text: str, constants: Mapping[str, int]) -> LabelOp:
    """The target of a direct jump."""
    number, target = value(text, constants)
    if target is None:
        message = "jump to an absolute address"
        raise BadOperand(
            message, text.strip(), f"0x{number & (1 << 64) - 1:x} means nothing elsewhere; use a label", True
        )
    if target.kind not in ("", "plt"):
        raise BadOperand(f"cannot jump to '{text.strip()}'", text.strip())
    return LabelOp(target.name, target.addend, target.kind == "plt")


def immediate(text: str, constants: Mapping[str, int]) -> ImmOp:
    number, target = value(text, constants)
    return ImmOp(number, target)


def wrapped(number: int, text: str) -> int:
    """``number`` as a 64-bit value: negative, or below 2**64."""
    if not -(1 << 63) <= number < 1 << 64:
        raise BadOperand(f"'{shorten(text.strip())}' does not fit 64 bits", text.strip())
    return number


def signed(number: int) -> int:
    return number - (1 << 64) if number >= 1 << 63 else number


def without_characters(args: str) -> str:
    """Character constants as numbers, so that commas and brackets mean what they say."""
    return _CHARACTER.sub(_code, args) if "'" in args else args


def _code(match: re.Match[str]) -> str:
    char = match[1]
    return str(ord(char) if len(char) == 1 else _ESCAPES.get(char[1], ord(char[1])))


def split_operands(args: str) -> list[str]:
    """``args`` at the commas that stand outside brackets and strings."""
    if "(" not in args and '"' not in args and "[" not in args:
        return [part.strip() for part in args.split(",")] if args else []
    operands: list[str] = []
    current = ""
    for part in args.split(","):
        current = f"{current},{part}" if current else part
        if current.count("(") <= current.count(")") and not current.count('"') % 2:
            operands.append(current.strip())
            current = ""
    if current:
        raise BadOperand("brackets do not match", current.strip())
    return operands
