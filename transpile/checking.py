"""An existing translation, taken apart: which of its instructions stand for which block of the source.

Nothing in the output is trusted. Its labels, data and directives must be those that the writer would write for the
source; its instructions are cut into blocks, and every block is then checked like any other candidate. Where the cuts
are made decides nothing but which proofs are tried: control falls from each block into the next, so that a wrong cut
is a failed proof.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from transpile.asm.directives import DIRECTIVES, DirectiveClass, SectionTracker
from transpile.errors import Diagnostic, Span, UsageError
from transpile.native.block import TargetLine
from transpile.native.cfg import Block
from transpile.native.output import Writer, Written, header
from transpile.options import TARGETS
from transpile.planning import Body, FilePlan, Proposal, trap
from transpile.targets import target_isa

MOST = 20
"""Mismatches that are told."""
_LABEL = re.compile(r'([\w.$]+|"(?:[^"\\]|\\.)*"):')
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_INSTRUCTION = re.compile(r"[a-z][a-z0-9.]*(?: [^=]*)?")
_OWN_NAME = re.compile(r"\.Ltp_[\w.$]+")
_LOCAL, _OWN = ".Lt_", ".Ltp_"
_LEAVING = {"call": ("call", "bl "), "icall": ("jalr", "blr ")}


class Item(NamedTuple):
    """``kind``: ``label``, ``code`` or ``directive``; ``text`` without comment, white space made regular."""

    kind: str
    text: str
    line: int


@dataclass(slots=True)
class Slot:
    """A block of the source, and what was found for it. ``hard``: where it begins is certain."""

    function: str
    block: Block
    expected: Body
    hard: bool = False
    section: str = ""
    code: list[Item] = field(default_factory=list)
    damage: str = "it is not in the output"


def target_of(output: str, output_file: str) -> str:
    """The target that the first line of an output names; raises UsageError."""
    first = output.partition("\n")[0]
    for name in TARGETS:
        if first == target_isa(name).comment(header(name)):
            return name
        if re.fullmatch(rf"(#|//) transpile \S+ {name}", first):
            raise UsageError(f"{output_file} was written by another version of transpile", "translate the source again")
    raise UsageError(f"{output_file} does not begin with a line that names its target", "name it with --to")


def adopt(plan: FilePlan, output: str, output_file: str) -> None:
    """Make the instructions of ``output`` the candidates of ``plan``; what else is wrong goes to its findings."""
    _Reader(plan, output, output_file).run()


class _Reader:
    def __init__(self, plan: FilePlan, output: str, file: str) -> None:
        self.plan = plan
        self.file = file
        self.comment = plan.target.comment("").strip()
        self.lines = output.split("\n")
        self.slots: dict[int, Slot] = {}
        self.run_of_slots: list[Slot] = []
        self.sections = SectionTracker()

    def run(self) -> None:
        proposals = {f.name: self.plan.lower(f.name) for f in self.plan.program.functions}
        expected = self._expected({n: p.bodies for n, p in proposals.items() if isinstance(p, Proposal)})
        self._match(expected, list(items(self.lines, self.comment)))
        for name, proposal in proposals.items():
            if isinstance(proposal, Proposal):
                self._adopt(proposal)
            self.plan.adopted[name] = proposal

    def _expected(self, bodies: dict[str, dict[str, Body]]) -> list[Item | Slot]:
        """The fixed parts of the output, and where blocks begin among them."""
        written = []
        statements = self.plan.program.source.statements
        section = ""
        for function in self.plan.program.functions:
            for block in function.blocks:
                section = statements[block.statements[0]].section.name if block.statements else section
                own = bodies.get(function.name, {}).get(block.label, trap(self.plan.target, 0))
                written.append(Written(block, own))
                self.slots[id(block)] = Slot(function.name, block, own, bool(block.names), section)
        expected: list[Item | Slot] = []
        for placed in Writer(self.plan.program, self.plan.target, written).lines():
            if placed.starts:
                expected.append(self.slots[id(placed.block)])
            elif placed.block is None:
                found = items([placed.text], self.comment)
                expected.extend(item for item in found if not item.text.startswith(_OWN))
        return expected

    def _match(self, expected: Sequence[Item | Slot], found: Sequence[Item]) -> None:
        """Walk both; instructions are given to the block that the fixed parts around them leave open."""
        header_line = self.plan.target.comment(header(self.plan.target.abi.name))
        if self.lines[0] != header_line:
            self._mismatch(1, f"expected the first line to be '{header_line}'")
        defined = {item.text[:-1] for item in found if item.kind == "label"}
        position = at = 0
        while at < len(found):
            item = found[at]
            if item.kind == "code" or item.text.startswith(_LOCAL):
                position = position if self.run_of_slots else self._open(expected, position)
                self._code(item, defined)
            elif item.text.startswith(_OWN):
                position = self._own(item, expected, position)
            else:
                position = self._open(expected, position)
                wanted = expected[position] if position < len(expected) else None
                if not isinstance(wanted, Item) or wanted.text != item.text:
                    self._mismatch(item.line, f"expected {_shown(wanted)}, not '{item.text[:60]}'")
                    last = position
                    position, at = _again(expected, position, found, at)
                    for skipped in expected[last:position]:
                        if isinstance(skipped, Item):
                            self._pass(skipped)
                    continue
                self._pass(item)
                position += 1
            at += 1
        position = self._open(expected, position)
        if position < len(expected):
            self._mismatch(len(self.lines), f"the output ends before {_shown(expected[position])}")
        self._cut()

    def _open(self, expected: Sequence[Item | Slot], position: int) -> int:
        """Pass the blocks that begin before the next fixed part."""
        while position < len(expected):
            slot = expected[position]
            if isinstance(slot, Item):
                break
            self._begin(slot)
            position += 1
        return position

    def _begin(self, slot: Slot) -> None:
        if slot.hard:
            self._cut()
        slot.damage = ""
        self.run_of_slots.append(slot)

    def _pass(self, item: Item) -> None:
        """Data ends the code before it; code in another section is not part of that block."""
        name, _, arguments = item.text.partition(" ")
        row = DIRECTIVES.get(name)
        if row is not None and row.kind is DirectiveClass.SECTION:
            with suppress(ValueError):
                self.sections.apply(name, arguments)
        elif row is not None and row.kind is DirectiveClass.DATA and self._within_code():
            self._cut()

    def _within_code(self) -> bool:
        return bool(self.run_of_slots) and self.run_of_slots[-1].section == self.sections.current.name

    def _own(self, item: Item, expected: Sequence[Item | Slot], position: int) -> int:
        """A label of ours marks the beginning of its block."""
        for ahead in range(position, len(expected)):
            slot = expected[ahead]
            if isinstance(slot, Item):
                break
            if slot.block.label + ":" == item.text:
                for earlier in expected[position:ahead]:
                    assert isinstance(earlier, Slot)
                    self._begin(earlier)
                slot.hard = True
                self._begin(slot)
                return ahead + 1
        self._mismatch(item.line, f"no block begins here that is called '{item.text[:-1]}'")
        return position

    def _code(self, item: Item, defined: Collection[str]) -> None:
        missing = [name for name in _OWN_NAME.findall(item.text) if name not in defined]
        run = self.run_of_slots
        if not run or run[0].section != self.sections.current.name:
            self._mismatch(item.line, "an instruction outside any function")
        elif item.kind == "code" and not _INSTRUCTION.fullmatch(item.text):
            self._mismatch(item.line, "not an instruction")
        elif missing:
            self._mismatch(item.line, f"there is no label '{missing[0]}'")
        else:
            run[0].code.append(item)

    def _mismatch(self, line: int, message: str) -> None:
        for slot in self.run_of_slots:
            slot.damage = slot.damage or f"{self.file}:{line}: {message}"
        if len(self.plan.findings) < MOST:
            text = self.lines[line - 1] if line <= len(self.lines) else ""
            self.plan.findings.append(Diagnostic("error", message, Span(self.file, line, 1, max(len(text), 1), text)))

    def _cut(self) -> None:
        """Share the code of a run of blocks among them."""
        run, self.run_of_slots = self.run_of_slots, []
        if not run:
            return
        code = run[0].code
        damage = run[0].damage
        for slot, following in zip(run, [*run[1:], None], strict=True):
            length = len(code) if following is None else _length(slot, following, code)
            slot.code, code = code[:length], code[length:]
            slot.damage = slot.damage or damage

    def _adopt(self, proposal: Proposal) -> None:
        for block in proposal.lowered.blocks:
            label = block.source.label
            slot = self.slots[id(block.source)]
            proposal.broken.pop(label, None)
            proposal.bodies.pop(label, None)
            if slot.damage:
                proposal.broken[label] = slot.damage
            else:
                proposal.bodies[label] = tuple(_line(item) for item in slot.code)


def items(lines: Sequence[str], comment: str) -> Iterator[Item]:
    """The statements of assembler text, as this program writes it."""
    for number, line in enumerate(lines, 1):
        text = _regular(line, comment)
        while text:
            label = _LABEL.match(text)
            if label is None:
                yield Item("directive" if text[0] == "." else "code", text, number)
                break
            yield Item("label", label[0], number)
            text = text[label.end() :].strip()


def _regular(line: str, comment: str) -> str:
    """``line`` without comment, runs of white space outside strings as one space."""
    if '"' not in line:
        return " ".join(line.partition(comment)[0].split())
    parts: list[str] = []
    rest = 0
    for string in _STRING.finditer(line):
        plain = line[rest : string.start()]
        if comment in plain:
            break
        parts += [re.sub(r"\s+", " ", plain), string[0]]
        rest = string.end()
    parts.append(re.sub(r"\s+", " ", line[rest:].partition(comment)[0]))
    return "".join(parts).strip()


def _line(item: Item) -> TargetLine:
    return TargetLine(label=item.text[:-1]) if item.kind == "label" else TargetLine(text=item.text)


def _texts(body: Body) -> list[str]:
    return [f"{line.label}:" if line.label else " ".join(line.text.split()) for line in body]


def _length(slot: Slot, following: Slot, code: Sequence[Item]) -> int:
    """How much of ``code`` belongs to ``slot``, when ``following`` takes what is left: what the rules would emit if it
    is there, else up to the instruction that ends the block, else up to what the rules emit next."""
    texts = [item.text for item in code]
    own, after = _texts(slot.expected), _texts(following.expected)
    if texts[: len(own)] == own:
        return len(own)
    words = _LEAVING.get(slot.block.ending.kind)
    if words is not None:
        return next((i + 1 for i, text in enumerate(texts) if text.startswith(words)), len(texts))
    if slot.block.ending.target:
        for i, text in enumerate(texts):
            if text.replace(",", " ").split()[-1] == slot.block.ending.target:
                return i + 1
    for i in range(len(texts)):
        if after and texts[i : i + len(after)] == after:
            return i
    return len(texts)


def _again(expected: Sequence[Item | Slot], position: int, found: Sequence[Item], at: int) -> tuple[int, int]:
    """Where both go on after a mismatch: behind one replaced part, or at the next label that both have."""
    follow = next((item for item in expected[position + 1 :] if isinstance(item, Item)), None)
    if follow is not None and at + 1 < len(found) and found[at + 1].text == follow.text:
        return position + 1, at + 1
    places: dict[str, int] = {}
    for i in range(at, len(found)):
        if found[i].kind == "label":
            places.setdefault(found[i].text, i)
    for ahead in range(position, len(expected)):
        wanted = expected[ahead]
        if isinstance(wanted, Item) and wanted.kind == "label" and wanted.text in places:
            start = ahead
            while start > position and isinstance(expected[start - 1], Slot):
                start -= 1
            return start, places[wanted.text]
    return len(expected), len(found)


def _shown(wanted: Item | Slot | None) -> str:
    return f"'{wanted.text[:60]}'" if isinstance(wanted, Item) else "the end of the output"
