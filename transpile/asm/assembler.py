"""Machine code of single instructions, from GNU as, many per spawn.

``assemble`` gives the bytes of each text on its own, as if nothing else were around it; a text may only branch
relative to itself (``.+0x400``). Results are kept for the life of the process. All faulty texts are reported at once.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transpile.errors import ToolError, TranspileError


class AssemblyError(TranspileError):
    """``messages``: position in the sequence given -> what the assembler says about it."""

    def __init__(self, messages: Mapping[int, str]) -> None:
        self.messages = dict(messages)
        first = min(self.messages)
        super().__init__(f"{len(self.messages)} instructions do not assemble; number {first}: {self.messages[first]}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.messages,)


class AssemblerMissing(ToolError):
    """No assembler for this ISA on this machine."""


@dataclass(frozen=True, slots=True)
class _Assembler:
    programs: tuple[str, ...]
    options: tuple[str, ...]
    prologue: str
    comment: str


_HOST_X86 = ("as",) if platform.machine() in ("x86_64", "AMD64") else ()
_ASSEMBLERS = {
    "x86": _Assembler((*_HOST_X86, "x86_64-linux-gnu-as"), ("--64",), ".intel_syntax noprefix", "#"),
    "x86-att": _Assembler((*_HOST_X86, "x86_64-linux-gnu-as"), ("--64",), "", "#"),
    "riscv": _Assembler(
        ("riscv64-linux-gnu-as",), ("-march=rv64gc_zba_zbb_zbs",), ".option norelax\n.option norvc", "#"
    ),
    "aarch64": _Assembler(("aarch64-linux-gnu-as",), ("-march=armv8.5-a",), "", "//"),
}
_MESSAGE = re.compile(r"^[^:]*:(\d+): (Error|Fatal error|Warning): (.*)$", re.MULTILINE)
_BAD_TEXT = re.compile(r'[\n\r;"\\\x00]|/\*|^\s*[.#]|^\s*$')
_CACHE_LIMIT = 500_000
_cache: dict[tuple[str, str], bytes] = {}
_DIRECTORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def assemble(isa: str, texts: Sequence[str]) -> list[bytes]:
    """The machine code of each text; ``isa`` is ``x86`` (Intel syntax), ``x86-att``, ``riscv`` or ``aarch64``."""
    if len(_cache) > _CACHE_LIMIT:
        _cache.clear()
    errors: dict[str, str] = {}
    missing: list[str] = []
    for text in dict.fromkeys(texts):
        if (isa, text) in _cache:
            continue
        if _BAD_TEXT.search(text) or _ASSEMBLERS[isa].comment in text:
            errors[text] = "not a single instruction"
        else:
            missing.append(text)
    while missing:
        failed = _assemble_batch(isa, missing)
        errors.update(failed)
        if not failed:
            break
        missing = [text for text in missing if text not in failed]
    if errors:
        raise AssemblyError({i: errors[text] for i, text in enumerate(texts) if text in errors})
    return [_cache[isa, text] for text in texts]


def _program(isa: str) -> str:
    for name in _ASSEMBLERS[isa].programs:
        if path := shutil.which(name):
            return path
    raise AssemblerMissing(f"no GNU assembler for {isa} (tried {', '.join(_ASSEMBLERS[isa].programs)})")


def _assemble_batch(isa: str, texts: Sequence[str]) -> dict[str, str]:
    """Fill the cache with the code of ``texts``, or return the faults."""
    assembler = _ASSEMBLERS[isa]
    prologue = assembler.prologue.splitlines()
    lines = [*prologue, *(f"s{i}: {text}" for i, text in enumerate(texts)), f"s{len(texts)}:", ""]
    with tempfile.TemporaryDirectory(dir=_DIRECTORY, prefix="transpile-") as directory:
        output = os.path.join(directory, "a.o")
        done = subprocess.run(
            [_program(isa), *assembler.options, "-", "-o", output],
            input="\n".join(lines),
            text=True,
            capture_output=True,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        )
        if done.returncode:
            return _faults(done.stderr, texts, len(prologue) + 1)
        with open(output, "rb") as file:
            code, offsets = _slots(file.read(), len(texts))
    for i, text in enumerate(texts):
        _cache[isa, text] = code[offsets[i] : offsets[i + 1]]
    return {}


def _faults(stderr: str, texts: Sequence[str], first_line: int) -> dict[str, str]:
    failed: dict[str, str] = {}
    for line, severity, message in _MESSAGE.findall(stderr):
        position = int(line) - first_line
        if severity != "Warning" and 0 <= position < len(texts):
            failed.setdefault(texts[position], message)
    if not failed:
        raise ToolError(f"the assembler failed without naming a line: {stderr[:500]}")
    return failed


def _slots(elf: bytes, count: int) -> tuple[bytes, list[int]]:
    """The .text section of a relocatable ELF64 file, and the values of the symbols ``s0`` … ``s<count>``."""
    if elf[:4] != b"\x7fELF" or elf[4] != 2:
        raise ToolError("the assembler did not write an ELF64 file")
    (table,) = struct.unpack_from("<Q", elf, 0x28)
    entry, number, names_index = struct.unpack_from("<HHH", elf, 0x3A)
    sections = [struct.unpack_from("<IIQQQQIIQQ", elf, table + i * entry) for i in range(number)]
    name_base = sections[names_index][4]
    text_index, symtab, code = -1, None, b""
    for index, section in enumerate(sections):
        if elf.startswith(b".text\0", name_base + section[0]):
            text_index, code = index, elf[section[4] : section[4] + section[5]]
        elif section[1] == 2:
            symtab = section
    if symtab is None or text_index < 0:
        raise ToolError("the assembler wrote no code or no symbol table")
    strings = sections[symtab[6]][4]
    offsets = [0] * (count + 1)
    for name, _, _, where, value, _ in struct.iter_unpack("<IBBHQQ", elf[symtab[4] : symtab[4] + symtab[5]]):
        start = strings + name
        if where == text_index and elf[start : start + 1] == b"s":
            label = elf[start + 1 : elf.index(b"\0", start)]
            if label.isdigit():
                offsets[int(label)] = value
    return code, offsets
