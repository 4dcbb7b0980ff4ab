"""How many machine instructions the user's assembler makes of each line, for the architecture of the output.

What counts is what runs: a pseudo-instruction may be several. Where the assembler refuses a line for this architecture,
the line has no size.
"""

from __future__ import annotations

import os
import re
import struct
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from transpile import tools
from transpile.assembled import BASELINE
from transpile.planning import Body

WIDTH = 4
_PROLOGUE = {"riscv": ".option norvc", "aarch64": ""}
_BRANCH = re.compile(r"(?:[bj]\w*|b\.\w+|cbn?z|tbn?z)(?:\s|$)")
_LABEL = re.compile(r"(?<![\w.$])\.L[\w.$]+")
_REFUSED = re.compile(r"^[^:]*:(\d+): (?:Fatal error|Error): ", re.MULTILINE)
_DIRECTORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@dataclass(slots=True)
class Sizes:
    """Sizes of lines, assembled once each. ``learn`` takes many lines at the price of one."""

    to: str
    march: str
    known: dict[str, int | None] = field(default_factory=dict)

    def of(self, body: Body) -> int | str:
        """Machine instructions of a body, or a line that the assembler refuses."""
        self.learn([body])
        total = 0
        for line in body:
            size = self.known[line.text] if line.text else 0
            if size is None:
                return line.text
            total += size
        return total

    def learn(self, bodies: Iterable[Body]) -> None:
        """Assemble the lines that are not known yet."""
        texts = dict.fromkeys(line.text for body in bodies for line in body if line.text)
        fresh = [text for text in texts if text not in self.known]
        self.known.update((text, 1) for text in fresh if _BRANCH.match(text))
        fresh = [text for text in fresh if text not in self.known]
        while fresh:
            refused = self._assemble(fresh)
            self.known.update((fresh[i], None) for i in refused)
            if not refused:
                return
            fresh = [text for i, text in enumerate(fresh) if i not in refused]

    def _assemble(self, texts: list[str]) -> set[int]:
        """The positions of refused texts; if there are none, the sizes of all are known afterwards."""
        head = [_PROLOGUE[self.to]]
        lines = [f'.section .s{i},"ax",%progbits;{_LABEL.sub("elsewhere", text)}' for i, text in enumerate(texts)]
        with tempfile.TemporaryDirectory(dir=_DIRECTORY, prefix="transpile-") as folder:
            made = Path(folder) / "a.o"
            done = subprocess.run(
                [*tools.command("as", self.to), f"-march={self.march or BASELINE[self.to]}", "-o", str(made), "-"],
                input="\n".join([*head, *lines, ""]).encode("utf-8", "surrogateescape"),
                capture_output=True,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
                check=False,
            )
            if done.returncode == 0:
                sizes = _sections(made.read_bytes())
                self.known.update((text, sizes.get(f".s{i}", 0) // WIDTH) for i, text in enumerate(texts))
                return set()
        said = done.stderr.decode(errors="replace")
        refused = {int(number) - 1 - len(head) for number in _REFUSED.findall(said)} & set(range(len(texts)))
        return refused or set(range(len(texts)))


def _sections(content: bytes) -> dict[str, int]:
    """The sizes of the sections of a 64-bit little-endian ELF file."""
    (table,) = struct.unpack_from("<Q", content, 0x28)
    entry, count, names = struct.unpack_from("<HHH", content, 0x3A)
    rows = [struct.unpack_from("<IIQQQQ", content, table + i * entry) for i in range(count)]
    start = rows[names][4]
    return {content[start + row[0] : content.index(b"\0", start + row[0])].decode(): row[5] for row in rows}
