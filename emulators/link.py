"""Blocks as bytes that run at ``CODE``, with an address for every symbol and a place to stop for every label.

A symbol has the same address on every ISA. The label that a block leaves to is a place of its own just before the
code; nothing runs there. x86 code is patched; target code is assembled and linked by the GNU tools, many blocks per
call, so that what runs is what a user gets from the same text.
"""

from __future__ import annotations

import os
import re
import struct
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from transpile import tools
from transpile.emulators.problem import Step
from transpile.emulators.unicorn_cpu import CODE
from transpile.errors import ToolError
from transpile.native.micro import Symbol

_SYMBOLS = 0x1000_0AC0
_SYMBOL_STRIDE = 0x8040
_SLOTS = 0x1680_0000
_LINKER_SLOTS = 0x1700_0000
_THREAD_BLOCK = 0x1780_0000
_THREAD_STRIDE = 64
THREAD_BIAS = {"riscv": 0, "aarch64": 16}
"""Offset of the first thread-local variable from the thread pointer (the ABIs' TLS variant I)."""
_PROLOGUE = {"riscv": [".option norelax", ".option norvc"], "aarch64": []}
_MARCH = {"riscv": "-march=rv64gc_zba_zbb_zbs", "aarch64": "-march=armv8.5-a"}
_TOKEN = re.compile(r"(?<![\w.$])[A-Za-z_.$][\w.$]*")
_THREAD_LOCAL = re.compile(r"(?:%tprel_\w+\(|:(?:gottprel|tprel)\w*:|la\.tls\.\w+\s+\w+\s*,\s*)([A-Za-z_.$][\w.$]*)")
_DIRECTORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class LinkError(Exception):
    """The block has no bytes: what the tools say."""


@dataclass(slots=True)
class Addresses:
    """Where symbols are, decided on first use. ``bias``: the target's ``THREAD_BIAS``."""

    bias: int
    names: dict[str, int] = field(default_factory=dict)
    slots: dict[str, int] = field(default_factory=dict)
    thread: dict[str, int] = field(default_factory=dict)

    def symbol(self, name: str) -> int:
        return self.names.setdefault(name, _SYMBOLS + _SYMBOL_STRIDE * len(self.names))

    def thread_offset(self, name: str) -> int:
        """The variable's distance from the thread pointer."""
        return self.thread.setdefault(name, self.bias + _THREAD_STRIDE * len(self.thread))

    def value(self, symbol: Symbol) -> int:
        """The number that an x86 operand has for ``symbol``."""
        if symbol.kind == "":
            return self.symbol(symbol.name) + symbol.addend
        if symbol.kind == "tpoff":
            return self.thread_offset(symbol.name) + symbol.addend
        if symbol.kind not in ("got", "gottpoff"):
            raise LinkError(f"{symbol.name}: no address of kind '{symbol.kind}'")
        return self.slots.setdefault(f"{symbol.kind}:{symbol.name}", _SLOTS + 8 * len(self.slots))

    def memory(self) -> dict[int, bytes]:
        """What the slots of the global offset table hold."""
        content = {}
        for key, slot in self.slots.items():
            kind, _, name = key.partition(":")
            value = self.symbol(name) if kind == "got" else self.thread_offset(name)
            content[slot] = value.to_bytes(8, "little")
        return content


def stop_addresses(names: Iterable[str]) -> dict[str, int]:
    """A place before the code for every label, near enough for any branch."""
    return {name: CODE - 4 * (i + 1) for i, name in enumerate(names)}


def mentioned(text: str) -> list[str]:
    """Everything in an instruction that could be a symbol."""
    return _TOKEN.findall(text)


def link_x86(steps: Sequence[Step], stops: Mapping[str, int], addresses: Addresses) -> bytes:
    """The code of a source block. Raises LinkError."""
    places = dict(stops)
    at = CODE
    for step in steps:
        if step.label:
            places[step.label] = at
        at += len(step.code)
    code = bytearray()
    for step in steps:
        piece = bytearray(step.code)
        end = CODE + len(code) + len(piece)
        for number, symbol, relative in step.symbols:
            value = places[symbol.name] if symbol.name in places else addresses.value(symbol)
            _patch(piece, number, value - end if relative else value, step.text)
        if step.target and not step.symbols:
            target = places[step.target] if step.target in places else addresses.symbol(step.target)
            _patch_branch(piece, target - end, step.text)
        code += piece
    return bytes(code)


def _patch(piece: bytearray, number: int, value: int, text: str) -> None:
    pattern = number.to_bytes(4, "little")
    at = piece.find(pattern)
    if at < 0 or piece.find(pattern, at + 1) >= 0:
        raise LinkError(f"{text}: the symbol's place in the code is not clear")
    piece[at : at + 4] = (value & 0xFFFFFFFF).to_bytes(4, "little")


def _patch_branch(piece: bytearray, distance: int, text: str) -> None:
    if piece[-4:] == (0x1000 - len(piece)).to_bytes(4, "little"):
        piece[-4:] = (distance & 0xFFFFFFFF).to_bytes(4, "little")
    elif piece[-1] == 0x40 - len(piece) and -128 <= distance < 128:
        piece[-1] = distance & 0xFF
    else:
        raise LinkError(f"{text}: no room for the branch")


@dataclass(frozen=True, slots=True)
class Linked:
    """Bytes to run at ``CODE``, and what the linker put into memory for them."""

    code: bytes
    memory: Mapping[int, bytes]


@dataclass(frozen=True, slots=True)
class Body:
    """A target block: its instructions and local labels, the places it may leave to, and where symbols are."""

    steps: Sequence[Step]
    stops: Mapping[str, int]


def link_target(isa: str, bodies: Sequence[Body], addresses: Addresses) -> list[Linked | LinkError]:
    """Assemble and link each body; one that fails does not disturb the others."""
    try:
        return list(_link(isa, bodies, addresses))
    except LinkError as error:
        if len(bodies) == 1:
            return [error]
    middle = len(bodies) // 2
    return link_target(isa, bodies[:middle], addresses) + link_target(isa, bodies[middle:], addresses)


def _link(isa: str, bodies: Sequence[Body], addresses: Addresses) -> Iterable[Linked]:
    lines = list(_PROLOGUE[isa])
    for number, body in enumerate(bodies):
        lines += _body_lines(number, body)
    for step in (step for body in bodies for step in body.steps):
        for name in _THREAD_LOCAL.findall(step.text):
            addresses.thread_offset(name)
    lines += ['.section .tbss,"awT",%nobits', ".balign 16"]
    for name in addresses.thread:
        lines += [f".globl {name}", f"{name}: .zero {_THREAD_STRIDE}"]
    with tempfile.TemporaryDirectory(dir=_DIRECTORY, prefix="transpile-") as directory:
        made, linked = (os.path.join(directory, name) for name in ("a.o", "a.elf"))
        script = os.path.join(directory, "a.ld")
        _call([*tools.command("as", isa), _MARCH[isa], "-", "-o", made], "\n".join([*lines, ""]))
        with open(made, "rb") as file:
            missing = _Elf(file.read()).undefined()
        with open(script, "w") as file:
            file.write(_script(bodies, {name: addresses.symbol(name) for name in missing}))
        relax = ["--no-relax"] if isa == "riscv" else []
        _call([*tools.command("ld", isa), *relax, "--no-check-sections", "-T", script, made, "-o", linked], "")
        with open(linked, "rb") as file:
            elf = _Elf(file.read())
    table = elf.sections.get(".got")
    memory = {_LINKER_SLOTS: table} if table else {}
    for number, body in enumerate(bodies):
        yield Linked(elf.sections.get(f".b{number}", b"")[4 * len(body.stops) :], memory)


def _body_lines(number: int, body: Body) -> list[str]:
    own = {step.label for step in body.steps if step.label} | body.stops.keys()

    def scoped(match: re.Match[str]) -> str:
        return f".L{number}.{match[0]}" if match[0] in own else match[0]

    lines = [f'.section .b{number},"ax",%progbits']
    for name in sorted(body.stops, key=body.stops.__getitem__):
        lines.append(f".L{number}.{name}: .zero 4")
    for step in body.steps:
        mnemonic, space, operands = step.text.partition(" ")
        text = f"{mnemonic}{space}{_TOKEN.sub(scoped, operands)}"
        lines.append(f".L{number}.{step.label}:" if step.label else text)
    return lines


def _script(bodies: Sequence[Body], symbols: Mapping[str, int]) -> str:
    lines = [f'"{name}" = {address:#x};' for name, address in symbols.items()]
    lines.append("SECTIONS {")
    for number, body in enumerate(bodies):
        lines.append(f".b{number} {CODE - 4 * len(body.stops):#x} : {{ *(.b{number}) }}")
    lines += [
        f".tbss {_THREAD_BLOCK:#x} : {{ *(.tbss) }}",
        f".got {_LINKER_SLOTS:#x} : {{ *(.got) *(.got.plt) }}",
        "/DISCARD/ : { *(*) }",
        "}",
    ]
    return "\n".join(lines)


def _call(command: Sequence[str], text: str) -> None:
    try:
        tools.call(command, stdin=text.encode())
    except ToolError as error:
        raise LinkError(error.hint or str(error)) from error


class _Elf:
    """The sections and undefined symbols of a 64-bit little-endian ELF file."""

    def __init__(self, content: bytes) -> None:
        (table,) = struct.unpack_from("<Q", content, 0x28)
        entry, count, names_index = struct.unpack_from("<HHH", content, 0x3A)
        rows = [struct.unpack_from("<IIQQQQIIQQ", content, table + i * entry) for i in range(count)]
        names = rows[names_index][4]
        self.content = content
        self.sections: dict[str, bytes] = {}
        self._symbols: tuple[int, int, int] | None = None
        for name, kind, _, _, at, size, link, *_ in rows:
            if kind == 1:
                self.sections[self._text(names + name)] = content[at : at + size]
            elif kind == 2:
                self._symbols = at, size, rows[link][4]

    def _text(self, at: int) -> str:
        return self.content[at : self.content.index(b"\0", at)].decode()

    def undefined(self) -> list[str]:
        """Names of symbols that the file uses and does not define."""
        if self._symbols is None:
            return []
        at, size, strings = self._symbols
        rows = struct.iter_unpack("<IBBHQQ", self.content[at : at + size])
        return [self._text(strings + name) for name, _, _, where, _, _ in rows if name and where == 0]
