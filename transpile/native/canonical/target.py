"""Target bodies as tokens and back: one token per instruction form, one per operand.

Values that need no certain register are numbered temporaries (``$0``), for which ``read`` finds registers
again, so that a model never has to think of register pressure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from transpile.native.block import TargetLine
from transpile.native.canonical.names import registers_of
from transpile.native.canonical.order import in_source_order
from transpile.native.canonical.registers import TEMPORARY, assign
from transpile.native.canonical.source import MARK, CanonicalBlock
from transpile.native.canonical.syntax import LOCAL, Operand, Parsed, Syntax, fill, parse_line, shapes
from transpile.native.canonical.webs import Webs, webs

SPACE = "~"
"""Stands for a blank inside a token."""
SPELLING = re.compile(r"[\w.{}~:,()\[\]#!+-]{1,60}", re.ASCII)
"""What instruction forms are made of."""
MAX_LINES = 120
"""Instructions in a model's answer."""


class Unspeakable(Exception):
    """A body that the canonical form of its block cannot express, or tokens that are no body."""


@dataclass(frozen=True, slots=True)
class Read:
    """A body from tokens, with the tokens that each line came from: ``spans[line] = (first, last + 1)``."""

    body: tuple[TargetLine, ...]
    spans: tuple[tuple[int, int], ...]


def write(body: Sequence[TargetLine], block: CanonicalBlock, syntax: Syntax, arrange: bool = True) -> list[str]:
    """The tokens of a body, along its source: a mark (``@3``) before the lines that translate that instruction.

    ``arrange``: lines may move to where their source is; else they stay in their order.

    Raises:
        Unspeakable: an operand does not follow from the block.
    """
    given = [line for line in body if line.label or line.text]
    lines: list[Parsed | str] = [line.label or parse_line(line.text, syntax) for line in given]
    found = webs(lines, block.exit, syntax.constant)
    if found is None:
        raise Unspeakable("a loop inside the block")
    for register in found.fixed.values():
        if register not in block.naming.registers:
            raise Unspeakable(f"register {register}")
    ranks = _ranks(given, lines, found, block)
    order = in_source_order(lines, found, ranks, syntax) if arrange else list(range(len(lines)))
    names = registers_of([(lines[i], found.of[i], ranks[i]) for i in order], found, block, syntax)
    locals_: list[str] = []
    tokens: list[str] = []
    at = -1
    for place, index in enumerate(order):
        line = lines[index]
        if isinstance(line, str):
            if line not in locals_:
                locals_.append(line)
            tokens += ["{k}:", f"k{locals_.index(line)}"]
            continue
        if ranks[index] > at or (ranks[index] != at and not arrange):
            at = ranks[index]
            tokens.append(f"{MARK}{at}")
        tokens.append(line.template.replace(" ", SPACE))
        for position, operand in enumerate(line.operands):
            if operand.kind == "imm":
                token = block.naming.immediates.target(operand.value)
                if token is None:
                    raise Unspeakable(f"immediate {operand.value}")
                tokens.append(token)
            elif operand.kind == "reg":
                tokens.append(operand.text if operand.text in syntax.constant else names[place][position])
            else:
                tokens.append(_symbol(operand.text, block, locals_))
    return tokens


def _ranks(given: Sequence[TargetLine], lines: Sequence[Parsed | str], found: Webs, block: CanonicalBlock) -> list[int]:
    """Which source instruction each line translates; a register's last value belongs to its last definition.

    What is made for one use belongs to its user.
    """
    ranks: list[int] = []
    for index, (line, parsed) in enumerate(zip(given, lines, strict=True)):
        rank = block.lines.index(line.source_line) if line.source_line in block.lines else max(ranks, default=0)
        if isinstance(parsed, Parsed) and len(parsed.writes) == 1:
            register = found.fixed.get(found.of[index].get(parsed.writes[0], -1))
            homes = [n for n, written in enumerate(block.written) if register in written]
            if homes and homes[-1] < rank:
                rank = homes[-1]
        ranks.append(rank)
    made: dict[int, int] = {}
    for index, parsed in enumerate(lines):
        if isinstance(parsed, Parsed):
            made.update((found.of[index][place], index) for place in parsed.writes if place in found.of[index])
    for index in reversed(range(len(lines))):
        for web in found.of[index].values():
            before = made.get(web, index)
            if before < index and web not in found.fixed:
                ranks[before] = min(ranks[before], ranks[index])
    return ranks


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
    sources: list[int] = []
    at = block.lines[0]
    position = 0
    while position < len(tokens):
        template = tokens[position]
        if template[:1] == MARK:
            at = _marked(template, block)
            position += 1
            continue
        if not SPELLING.fullmatch(template):
            raise Unspeakable("no instruction")
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
        sources.append(at)
        position += 1 + len(wanted)
    apart = _apart(lines, syntax)
    texts = assign(apart, block, syntax)
    if texts is None:
        raise Unspeakable("more values than registers")
    body: list[TargetLine] = []
    for line, operands_, source in zip(lines, texts, sources, strict=True):
        text, label = ("", line) if isinstance(line, str) else (fill(line.template, operands_), "")
        body.append(TargetLine(text, label, source))
    return Read(tuple(body), tuple(spans))


def _apart(lines: Sequence[Parsed | str], syntax: Syntax) -> list[Parsed | str]:
    """``lines`` with a name of its own for each value of a temporary."""
    found = webs(lines, frozenset(), syntax.constant)
    if found is None:
        raise Unspeakable("a loop inside the block")
    named: list[Parsed | str] = []
    made: set[int] = set()
    for line, uses in zip(lines, found.of, strict=True):
        if isinstance(line, Parsed):
            for place, web in uses.items():
                name = line.operands[place].text
                if name.startswith(TEMPORARY) and web not in made and (place not in line.writes or line.tied):
                    raise Unspeakable(f"{name} is read before it is written")
            made.update(uses[place] for place in line.writes if place in uses)
            operands = tuple(
                replace(operand, text=f"{TEMPORARY}{uses[place]}") if operand.text.startswith(TEMPORARY) else operand
                for place, operand in enumerate(line.operands)
            )
            line = replace(line, operands=operands)
        named.append(line)
    return named


def _marked(token: str, block: CanonicalBlock) -> int:
    number = token[1:]
    if not number.isdigit() or len(number) > 3 or int(number) >= len(block.lines):
        raise Unspeakable(f"mark {token}")
    return block.lines[int(number)]


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
