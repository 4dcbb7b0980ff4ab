"""Target bodies as tokens and back: one token per instruction form, one per operand.

Values that need no certain register are numbered temporaries (``$0``), for which ``read`` finds registers
again, so that a model never has to think of register pressure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transpile.native.block import TargetLine
from transpile.native.canonical.registers import TEMPORARY, assign
from transpile.native.canonical.source import CanonicalBlock
from transpile.native.canonical.syntax import LOCAL, Operand, Parsed, Syntax, fill, parse_line, shapes
from transpile.native.canonical.webs import webs

SPACE = "~"
"""Stands for a blank inside a token."""
MAX_LINES = 120
"""Instructions in a model's answer."""


class Unspeakable(Exception):
    """A body that the canonical form of its block cannot express, or tokens that are no body."""


@dataclass(frozen=True, slots=True)
class Read:
    """A body from tokens, with the tokens that each line came from: ``spans[line] = (first, last + 1)``."""

    body: tuple[TargetLine, ...]
    spans: tuple[tuple[int, int], ...]


def write(body: Sequence[TargetLine], block: CanonicalBlock, syntax: Syntax) -> list[str]:
    """The tokens of a body.

    Raises:
        Unspeakable: an operand does not follow from the block.
    """
    constant = syntax.constant
    lines: list[Parsed | str] = [
        line.label or parse_line(line.text, syntax) for line in body if line.label or line.text
    ]
    found = webs(lines, block.exit, constant)
    if found is None:
        raise Unspeakable("a loop inside the block")
    names: dict[int, str] = {}
    locals_: list[str] = []
    tokens: list[str] = []

    def register(operand: Operand, web: int) -> str:
        fixed = found.fixed.get(web)
        if fixed is not None:
            if fixed not in block.naming.registers:
                raise Unspeakable(f"register {fixed}")
            return f"x{block.naming.registers.index(fixed)}"
        if web not in names:
            names[web] = f"{TEMPORARY}{len(names)}"
        return names[web]

    for line, uses in zip(lines, found.of, strict=True):
        if isinstance(line, str):
            if line not in locals_:
                locals_.append(line)
            tokens += ["{k}:", f"k{locals_.index(line)}"]
            continue
        tokens.append(line.template.replace(" ", SPACE))
        for index, operand in enumerate(line.operands):
            if operand.kind == "imm":
                token = block.naming.immediates.target(operand.value)
                if token is None:
                    raise Unspeakable(f"immediate {operand.value}")
                tokens.append(token)
            elif operand.kind == "reg":
                tokens.append(operand.text if operand.text in constant else register(operand, uses[index]))
            else:
                tokens.append(_symbol(operand.text, block, locals_))
    return tokens


def _symbol(text: str, block: CanonicalBlock, locals_: list[str]) -> str:
    if text.startswith(LOCAL):
        if text not in locals_:
            locals_.append(text)
        return f"k{locals_.index(text)}"
    if text in block.naming.labels:
        return f"l{block.naming.labels.index(text)}"
    if text in block.naming.symbols:
        return f"s{block.naming.symbols.index(text)}"
    raise Unspeakable(f"symbol {text}")


def read(tokens: Sequence[str], block: CanonicalBlock, syntax: Syntax) -> Read:
    """The body that ``tokens`` spell.

    Raises:
        Unspeakable: they spell none.
    """
    lines: list[Parsed | str] = []
    spans: list[tuple[int, int]] = []
    position = 0
    while position < len(tokens):
        template = tokens[position]
        wanted = shapes(template)
        parts = tokens[position + 1 : position + 1 + len(wanted)]
        if (not wanted and "{" in template) or len(parts) != len(wanted) or len(lines) >= MAX_LINES:
            raise Unspeakable(f"'{template}' lacks operands")
        if template == "{k}:":
            lines.append(_local(parts[0], block))
        else:
            operands = tuple(_operand(s, p, block, syntax) for s, p in zip(wanted, parts, strict=True))
            plain = template.replace(SPACE, " ")
            written, tied = syntax.written(plain, operands)
            lines.append(Parsed(plain, operands, written, tied))
        spans.append((position, position + 1 + len(wanted)))
        position += 1 + len(wanted)
    texts = assign(lines, block, syntax)
    if texts is None:
        raise Unspeakable("more values than registers")
    body: list[TargetLine] = []
    for line, operands_ in zip(lines, texts, strict=True):
        body.append(TargetLine(label=line) if isinstance(line, str) else TargetLine(fill(line.template, operands_)))
    return Read(tuple(body), tuple(spans))


def _local(token: str, block: CanonicalBlock) -> str:
    if token[:1] != "k" or not token[1:].isdigit() or len(token) > 3:
        raise Unspeakable(f"label {token}")
    return f"{LOCAL}{block.label.lstrip('.')}_{token[1:]}"


def _operand(shape: str, token: str, block: CanonicalBlock, syntax: Syntax) -> Operand:
    naming = block.naming
    if shape == "i":
        value = naming.immediates.value(token)
        if value is None:
            raise Unspeakable(f"immediate {token}")
        return Operand("imm", str(value), "i", value)
    kind, number = token[:1], token[1:]
    if shape == "sym":
        if kind == "k":
            return Operand("sym", _local(token, block), "sym")
        listed = {"l": naming.labels, "s": naming.symbols}.get(kind, [])
        if not number.isdigit() or int(number) >= len(listed):
            raise Unspeakable(f"symbol {token}")
        return Operand("sym", listed[int(number)], "sym")
    if token in syntax.constant:
        return Operand("reg", token, shape)
    if kind == "x" and number.isdigit() and int(number) < len(naming.registers):
        return Operand("reg", naming.registers[int(number)], shape)
    if kind == TEMPORARY and number.isdigit() and len(number) < 4:
        return Operand("reg", token, shape)
    raise Unspeakable(f"register {token}")
