"""A proved translation as an extended ``asm`` statement of the target, with operands, clobbers and early clobbers.

The proved lines name registers. Those that hold operands become operands again, so that the compiler chooses; the
others are clobbered. What the lines read and write is asked of the same semantics that the proof used. Putting the
registers back into the printed template must give the proved lines: that is checked for every statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from transpile.inline.binding import Bound
from transpile.inline.proving import FALL, Done
from transpile.inline.reasons import Refusal
from transpile.inline.statement import Statement
from transpile.solvers.encode_target import encode_target
from transpile.solvers.step import Step

_NAMES = {
    "riscv": re.compile(r"(?<![\w.$%])(?:zero|ra|sp|gp|tp|t[0-6]|s(?:1[01]|\d)|a[0-7]|f[ast](?:1[01]|\d))(?![\w.$])"),
    "aarch64": re.compile(r"(?<![\w.$%])(?:[xwvqdshb](?:3[01]|[12]\d|\d)|xzr|wzr|w?sp)(?![\w$])"),
}
_WORD = re.compile(r"(?<![\w.$%])[A-Za-z_.$][\w.$]*")
GOTO = ".Lgoto_"
_FIXED = {"riscv": frozenset({"zero"}), "aarch64": frozenset({"xzr", "wzr"})}
_RESERVED = {
    "riscv": frozenset({"ra", "sp", "gp", "tp"}),
    "aarch64": frozenset({"sp", "wsp", "x18", "x29", "x30"}),
}
_CONSTRAINTS = {"riscv": {"register": "r", "vector": "f"}, "aarch64": {"register": "r", "vector": "w"}}
_EFFECT = re.compile(r"\+\+|--|(?<![=!<>])=(?!=)|\w\s*\(")


@dataclass(frozen=True, slots=True)
class Effects:
    """``reads`` and ``writes`` of each line, registers by their full names; ``flags``: the flags are written."""

    reads: tuple[frozenset[str], ...]
    writes: tuple[frozenset[str], ...]
    flags: bool
    branches: bool


@dataclass(slots=True)
class Printed:
    """The parts of the statement. ``declarations``: of variables that stand before it."""

    lines: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    clobbers: list[str] = field(default_factory=list)
    declarations: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Slot:
    """An operand to be: the register that the proof has it in, or none; how it is written apart from ``=`` and ``&``;
    ``kind``: ``=``, ``+`` or nothing."""

    register: str
    constraint: str
    expression: str
    kind: str = ""
    name: str = ""


def full_name(isa: str, name: str) -> str:
    """``w3`` and ``x3`` are ``x3``; ``d3`` and ``q3`` are ``v3``."""
    if isa == "riscv" or name in ("sp", "wsp", "xzr", "wzr"):
        return name
    return ("x" if name[0] in "xw" else "v") + name[1:]


def effects(isa: str, lines: Sequence[str]) -> Effects:
    """What each instruction reads and writes; labels read and write nothing."""
    texts = [line for line in lines if not line.endswith(":")]
    steps = dict(zip(texts, encode_target(isa, texts), strict=True))
    reads, writes, flags = [], [], False
    for line in lines:
        read, written = _of_step(steps[line]) if line in steps else (frozenset[str](), frozenset[str]())
        flags |= bool(written - _registers(isa, written))
        reads.append(_registers(isa, read))
        writes.append(_registers(isa, written))
    return Effects(tuple(reads), tuple(writes), flags, any(line.endswith(":") for line in lines))


def _of_step(step: Step) -> tuple[frozenset[str], frozenset[str]]:
    """What an instruction reads and writes; a pseudo-instruction does not read what its first part has written."""
    reads: set[str] = set()
    writes: set[str] = set()
    for op in step.program.ops:
        reads |= {key for key, _ in op.uses if key[0] != "$" and key not in writes}
        writes |= {key for key, _ in op.defines if key[0] != "$"}
    return frozenset(key.partition(".")[0] for key in reads), frozenset(key.partition(".")[0] for key in writes)


def _registers(isa: str, names: Iterable[str]) -> frozenset[str]:
    return frozenset(n for n in names if _NAMES[isa].fullmatch(n))


def proved_lines(done: Done) -> list[str]:
    """The target text of all blocks, with the labels that something jumps to."""
    texts: list[str] = []
    for label, body in done.bodies:
        texts.append(f"{label}:")
        texts.extend(f"{line.label}:" if line.label else line.text for line in body)
    texts.append(f"{FALL}:")
    named = {word for text in texts if not text.endswith(":") for word in _WORD.findall(text)}
    return [text for text in texts if not text.endswith(":") or text[:-1] in named]


def printed(statement: Statement, bound: Sequence[Bound], done: Done, isa: str) -> Printed:
    """The target's statement for one proved translation; raises Refusal."""
    return _Printer(statement, bound, done, isa).run()


class _Printer:
    def __init__(self, statement: Statement, bound: Sequence[Bound], done: Done, isa: str) -> None:
        self.statement = statement
        self.bound = bound
        self.isa = isa
        self.source = [text for result in done.results for text in result.source_text]
        self.lines = proved_lines(done)
        self.effects = effects(isa, self.lines)
        self.written = frozenset().union(*self.effects.writes)
        self.entry = {name: place.register for name, (place, _) in done.entry.places.items()}
        self.exits = {name: place.register for name, (place, _) in done.exits[0].places.items()}
        self.labels = [line[:-1] for line in self.lines if line.endswith(":")]
        self.result = Printed()

    def run(self) -> Printed:
        self._refuse_names()
        outputs, inputs = self._slots()
        slots = [*outputs, *inputs]
        references = {slot.register: at for at, slot in reversed(list(enumerate(slots))) if slot.register}
        pure = frozenset(slot.register for slot in inputs if slot.register and not slot.constraint.isdigit())
        self._check(references)
        self.result.outputs = [self._output(slot, pure) for slot in outputs]
        self.result.inputs = [self._input(slot) for slot in inputs]
        labels = len(slots) + sum(slot.kind == "+" for slot in outputs)
        self.result.lines = [self._line(text, references, labels) for text in self.lines]
        self._put_back(slots, labels)
        self.result.clobbers = self._clobbers(references)
        return self.result

    def _refuse_names(self) -> None:
        """Raises Refusal for a symbol that is called as a register of the target is."""
        for text in self.source:
            for word in _WORD.findall(text)[1:]:
                if _NAMES[self.isa].fullmatch(word):
                    raise Refusal("not handled", f"the symbol '{word}' is called as a register of the target is")

    def _place(self, at: int) -> str:
        """The target register of an operand; empty if nothing reads or writes it."""
        name = self.bound[at].register
        known = self.exits if self.bound[at].output and self.bound[at].where != "memory" else self.entry
        place = known.get(name) or known.get(f"{name}.lo") or ""
        if f"{name}.hi" in known and self.bound[at].where == "vector":
            raise Refusal("not handled", "the target has no register for a vector of 16 bytes")
        return full_name(self.isa, place) if place else ""

    def _slots(self) -> tuple[list[_Slot], list[_Slot]]:
        outputs: list[_Slot] = []
        inputs: list[_Slot] = []
        extra: list[_Slot] = []
        letters = _CONSTRAINTS[self.isa]
        for at, (operand, one) in enumerate(zip(self.statement.operands, self.bound, strict=True)):
            name = operand.name
            if one.where == "memory":
                kind = ("+" if one.inout else "=") if one.output else ""
                memory, address = self._addressed(operand.expression)
                (outputs if one.output else inputs).append(_Slot("", "m", memory, kind, name))
                extra.append(_Slot(self._place(at), "r", address))
            elif one.output:
                place = self._place(at)
                if not place:
                    raise Refusal("not handled", f"its translation has no place for output {at}")
                kind = "+" if one.inout else "="
                letter = letters["vector" if one.where == "vector" else "register"]
                outputs.append(_Slot(place, letter, operand.expression, kind, name))
            elif one.where == "constant":
                inputs.append(_Slot("", "i", operand.expression, "", name))
            else:
                inputs.append(self._taken(at, letters[one.where], outputs))
        return self._movable(outputs, [*inputs, *(slot for slot in extra if slot.register)])

    def _addressed(self, expression: str) -> tuple[str, str]:
        """An operand in memory and its address. What may do something, as any argument of a macro may, happens once."""
        if self.statement.macro is None and not _EFFECT.search(expression):
            return expression, f"&({expression})"
        name = f"transpile_at{len(self.result.declarations)}"
        self.result.declarations.append(f"__typeof__({expression}) *{name} = &({expression});")
        return f"*{name}", name

    def _taken(self, at: int, letter: str, outputs: Sequence[_Slot]) -> _Slot:
        operand, one = self.statement.operands[at], self.bound[at]
        partner = next(
            (n for n, other in enumerate(self.bound) if other.output and other.register == one.register
             and other.where == one.where), -1,
        )  # fmt: skip
        if partner >= 0:
            return _Slot(outputs[partner].register, str(partner), operand.expression, "", operand.name)
        return _Slot(self._place(at), letter, operand.expression, "", operand.name)

    def _movable(self, outputs: list[_Slot], inputs: list[_Slot]) -> tuple[list[_Slot], list[_Slot]]:
        """Inputs that the target code changes begin in a variable of our own."""
        staying: list[_Slot] = []
        for slot in inputs:
            if slot.register not in self.written or slot.constraint.isdigit() or not slot.register:
                staying.append(slot)
                continue
            if slot.constraint != "r":
                raise Refusal("not handled", "its translation changes an input in a vector register")
            name = f"transpile_in{len(self.result.declarations)}"
            self.result.declarations.append(f"unsigned long {name} = (unsigned long)({slot.expression});")
            outputs.append(_Slot(slot.register, "r", name, "+", slot.name))
        return outputs, staying

    def _check(self, references: Mapping[str, int]) -> None:
        """Every register is an operand, a clobber that is written before it is read, or zero."""
        known = set(references) | _FIXED[self.isa]
        for reads, writes in zip(self.effects.reads, self.effects.writes, strict=True):
            if (reads | writes) & _RESERVED[self.isa]:
                raise Refusal("not handled", "its translation uses a register that is not free")
            if not reads <= known:
                raise Refusal("not handled", "its translation reads a register that holds nothing")
            known |= writes

    def _early(self, register: str, pure: frozenset[str]) -> bool:
        """Whether an output is written while an input that could share its register is still to be read."""
        reads, writes = self.effects.reads, self.effects.writes
        first = next((at for at, written in enumerate(writes) if register in written), len(writes))
        if self.effects.branches:
            return first < len(writes) and bool(pure)
        several = len(writes[first]) > 1 if first < len(writes) else False
        later = reads[first:] if several else reads[first + 1 :]
        return any(read & pure for read in later)

    def _output(self, slot: _Slot, pure: frozenset[str]) -> str:
        early = "&" if slot.register and self._early(slot.register, pure) else ""
        return f'{_bracketed(slot.name)}"{slot.kind}{early}{slot.constraint}" ({slot.expression})'

    def _input(self, slot: _Slot) -> str:
        return f'{_bracketed(slot.name)}"{slot.constraint}" ({slot.expression})'

    def _line(self, text: str, references: Mapping[str, int], labels: int) -> str:
        def register(match: re.Match[str]) -> str:
            name = match[0]
            at = references.get(full_name(self.isa, name))
            if at is None:
                return name
            return f"\0{at}" if self.isa == "riscv" or name[0] == "v" else f"\0{name[0]}{at}"

        def label(match: re.Match[str]) -> str:
            if match[0].startswith(GOTO):
                return f"\0l{labels + int(match[0].removeprefix(GOTO))}"
            return f".Ltp{self.labels.index(match[0])}_\0=" if match[0] in self.labels else match[0]

        return _WORD.sub(label, _NAMES[self.isa].sub(register, text)).replace("%", "%%").replace("\0", "%")

    def _put_back(self, slots: Sequence[_Slot], labels: int) -> None:
        """Raises Refusal unless the registers in the place of the operands give the proved lines."""
        for text, proved in zip(self.result.lines, self.lines, strict=True):
            if _instantiated(text, [slot.register for slot in slots], self.labels, labels) != proved:
                raise Refusal("not handled", f"its translation cannot be printed: '{proved}'")

    def _clobbers(self, references: Mapping[str, int]) -> list[str]:
        found = sorted(self.written - references.keys() - _FIXED[self.isa])
        if self.effects.flags:
            found.append("cc")
        if "memory" in self.statement.clobbers or (not self.statement.extended):
            found.append("memory")
        return found


def _bracketed(name: str) -> str:
    return f"[{name}] " if name else ""


def _instantiated(text: str, registers: Sequence[str], own: Sequence[str], labels: int) -> str:
    """What a compiler makes of a template that has these registers for its operands."""

    def operand(match: re.Match[str]) -> str:
        letter, number, mark = match[1] or "", match[2], match[3]
        if mark is not None:
            return "" if mark == "=" else mark
        if letter == "l":
            return f"{GOTO}{int(number) - labels}"
        name = registers[int(number)]
        return letter + name[1:] if letter else name

    plain = re.sub(r"%(?:([a-z])?(\d+)|(.))", operand, text)
    return re.sub(r"\.Ltp(\d+)_(?![\w.$])", lambda match: own[int(match[1])], plain)
