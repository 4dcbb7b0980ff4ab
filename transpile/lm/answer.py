"""From the untrusted text of a model to a candidate, or to the reason why it is none.

An answer is bounded in bytes and lines. Of it remain instructions of the target and local labels: no directive, no
second instruction on a line, no system or privileged instruction, no word that is not a register, a keyword, a local
label of the answer or a symbol that the block itself names. What remains is assembled and checked as any candidate;
nothing here decides that it is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transpile.lm.vocabulary import Vocabulary, vocabulary
from transpile.native.abi import TargetIsa
from transpile.native.block import TargetLine
from transpile.planning import BlockUnit, Body
from transpile.x86.flow import X86Flow

MAX_BYTES = 32_768
"""Of an answer with everything that surrounds the code; longer ones are not looked at."""
MAX_LINES = 256
"""Instructions and labels of a candidate."""
MAX_WIDTH = 120

_FENCES = ("```", "~~~")
_THOUGHTS = ("think", "thinking", "reasoning")
_LABEL = re.compile(r"([A-Za-z_.$][\w.$]*|\d{1,3}):\s*", re.A)
_INSTRUCTION = re.compile(r"([A-Za-z][A-Za-z0-9.]*)(?: ([\w ,.$@+\-*()\[\]{}#!%:]+))?$", re.A)
_PROSE = re.compile(r"\S+ [A-Za-z']+ [A-Za-z']+|.*(?<!\])[.!?,:]$")
_SPACE = re.compile(r"\s+")
_PIECE = re.compile(
    r"(?P<relocation>%\w+(?=\()|:\w+:)|(?P<word>[A-Za-z_.$][\w.$]*(?:@[A-Za-z]+)?)|(?P<near>\d{1,3}[bf]\b)"
    r"|(?P<number>(?:0[xX][0-9a-fA-F]{1,16}|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.]))|(?P<mark>[ ,+\-()\[\]{}#!])",
    re.A,
)


class AnswerError(Exception):
    """Why a text is no candidate, in words that a model can be told."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an answer for one block may name. ``trap`` is the one breakpoint that may stand in it."""

    target: str
    trap: str
    label: str
    symbols: frozenset[str]
    source_line: int = 0
    own: frozenset[str] = frozenset()
    """Labels of the block itself, which a model may repeat before its first instruction."""


def scope_of(unit: BlockUnit, target: TargetIsa) -> Scope:
    """The scope of a block's answers."""
    block = unit.block.source
    ending = block.ending
    flow = X86Flow()
    found = {name for insn in block.insns for name in (*flow.destinations(insn), *flow.symbols(insn))}
    found |= {*block.successors, ending.target, ending.called_as, *unit.block.exits.keys() & unit.labels.keys()}
    own = frozenset((block.label, *block.names))
    line = block.insns[0].line if block.insns else 0
    return Scope(target.abi.name, target.trap, block.label, frozenset(found - {""}), line, own)


def parse_answer(text: str, scope: Scope) -> Body:
    """The candidate in ``text``; raises AnswerError."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise AnswerError(f"longer than {MAX_BYTES} bytes")
    words = vocabulary(scope.target)
    lines = [line for raw in _code(text, words) if (line := _plain(raw, words))]
    while lines and (label := _LABEL.match(lines[0])) and label[1] in scope.own:
        # The block's own label, repeated; it stands in the output anyway.
        lines[0] = lines[0][label.end() :]
        lines = lines if lines[0] else lines[1:]
    items = list(_items(lines))
    if not any(mnemonic for mnemonic, _ in items):
        raise AnswerError("no instruction")
    if len(items) > MAX_LINES:
        raise AnswerError(f"more than {MAX_LINES} lines")
    return _Reading(scope, words, items).body()


def _code(text: str, words: Vocabulary) -> list[str]:
    """The lines of the code in ``text``: its last code block, else what stands between prose."""
    lines = _without_comments(_without_thoughts(text.replace("\r\n", "\n"))).split("\n")
    blocks: list[list[str]] = []
    inside = False
    for line in lines:
        if line.lstrip().startswith(_FENCES):
            inside = not inside
            blocks += [[]] if inside else []
        elif inside:
            blocks[-1].append(line)
    filled = [block for block in blocks if any(line.strip() for line in block)]
    if blocks:
        return filled[-1] if filled else []
    shaped = [i for i, line in enumerate(lines) if _is_code(_plain(line, words))]
    return lines[shaped[0] : shaped[-1] + 1] if shaped else []


def _without_thoughts(text: str) -> str:
    """What follows the last end of a model's reasoning; nothing if it has none."""
    for name in _THOUGHTS:
        text = text.rpartition(f"</{name}>")[2].partition(f"<{name}>")[0]
    return text


def _without_comments(text: str) -> str:
    """``text`` with a blank for each comment of C, one that is not closed included."""
    first, *more = text.split("/*")
    return first + "".join(" " + rest.partition("*/")[2] for rest in more)


def _plain(line: str, words: Vocabulary) -> str:
    """``line`` without comment, with single blanks."""
    bare = line.strip()
    return "" if bare.startswith("#") else _SPACE.sub(" ", words.comment.sub("", bare)).strip()


def _is_code(line: str) -> bool:
    label = _LABEL.match(line)
    rest = line[label.end() :] if label else line
    if not rest or rest.startswith("."):
        return label is not None or bool(rest)
    return bool(_INSTRUCTION.match(rest)) and not _PROSE.match(rest)


def _items(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """``(mnemonic, operands)`` of instructions, ``("", name)`` of labels."""
    for line in lines:
        while label := _LABEL.match(line):
            yield "", label[1]
            line = line[label.end() :]
        if not line:
            continue
        if line.startswith("."):
            raise AnswerError(f"'{_excerpt(line)}' is a directive")
        found = _INSTRUCTION.match(line)
        if found is None or len(line) > MAX_WIDTH:
            raise AnswerError(f"'{_excerpt(line)}' is not one instruction")
        yield found[1].lower(), (found[2] or "").strip()


class _Reading:
    """One answer being read: its labels get the names of local labels, its words are looked up."""

    def __init__(self, scope: Scope, words: Vocabulary, items: Sequence[tuple[str, str]]) -> None:
        self.scope = scope
        self.words = words
        self.items = items
        self.passed = 0
        self.defined = [name for mnemonic, name in items if not mnemonic]
        named = [name for name in self.defined if not name.isdigit()]
        if len(set(named)) < len(named):
            raise AnswerError("a label is defined twice")
        for name in named:
            if name in scope.symbols or name in scope.own:
                raise AnswerError(f"'{name}' is not a label of the answer")

    def body(self) -> Body:
        body: list[TargetLine] = []
        for mnemonic, operands in self.items:
            if mnemonic:
                body.append(TargetLine(text=self._instruction(mnemonic, operands), source_line=self.scope.source_line))
            else:
                body.append(TargetLine(label=self._local(self.passed), source_line=self.scope.source_line))
                self.passed += 1
        return tuple(body)

    def _local(self, position: int) -> str:
        return f".Lt_{self.scope.label.lstrip('.')}_m{position}"

    def _instruction(self, mnemonic: str, operands: str) -> str:
        trap = f"{mnemonic} {operands}".strip() == self.scope.trap
        if not trap and self.words.system.fullmatch(mnemonic):
            raise AnswerError(f"'{mnemonic}' is not allowed")
        parts: list[str] = []
        position = 0
        while position < len(operands):
            found = _PIECE.match(operands, position)
            if found is None:
                raise AnswerError(f"'{_excerpt(operands[position:])}' is no operand")
            parts.append(self._piece(mnemonic, found, first="," not in parts))
            position = found.end()
        text = "".join(parts).strip()
        return f"{mnemonic} {text}" if text else mnemonic

    def _piece(self, mnemonic: str, found: re.Match[str], first: bool) -> str:
        match found.lastgroup:
            case "relocation" if not self.words.relocation.match(found[0]):
                raise AnswerError(f"'{found[0]}' is not a relocation that is used here")
            case "near":
                return self._near(found[0])
            case "word":
                return self._word(mnemonic, found[0], first)
        return found[0]

    def _word(self, mnemonic: str, word: str, first: bool) -> str:
        words = self.words
        bare = word.partition("@")[0]
        linked = mnemonic in words.calls and word.lower().endswith("@plt")
        if bare in self.scope.symbols and (bare == word or linked):
            return word
        if word in self.defined:
            return self._local(self.defined.index(word))
        known = words.registers.get(word.lower(), word.lower() if word.lower() in words.keywords else "")
        if not known:
            raise AnswerError(f"'{_excerpt(word)}' is no register, and nothing that the block names")
        if known in words.absent or (first and known in words.fixed):
            raise AnswerError(f"'{known}' belongs to the platform")
        return known

    def _near(self, reference: str) -> str:
        """``1f`` and ``1b``: the next and the last of the labels ``1:``."""
        number = reference[:-1]
        places = [i for i, name in enumerate(self.defined) if name == number]
        ahead = [i for i in places if i >= self.passed]
        behind = [i for i in places if i < self.passed]
        chosen = ahead[:1] if reference[-1] == "f" else behind[-1:]
        if not chosen:
            raise AnswerError(f"'{reference}' has no label")
        return self._local(chosen[0])


def _excerpt(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:40])
