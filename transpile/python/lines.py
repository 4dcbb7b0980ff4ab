"""Lines of a module while it is written, and blocks of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from textwrap import wrap

from transpile.python.wrapping import WIDTH

INDENT = "    "
MAX_DEPTH = 90
"""Python reads at most 100 levels."""
MAX_COMPOUND = 17
"""Python compiles at most 20 blocks of these kinds within each other."""
_KEPT = ("for ", "while ", "try:", "except ", "with ")


@dataclass(slots=True)
class Lines:
    made: list[str] = field(default_factory=list)
    depth: int = 0
    compound: int = 0
    """How many blocks of for, while, try and with are open."""

    def add(self, *lines: str) -> None:
        self.made += [INDENT * self.depth + line if line else "" for line in lines]

    def comment(self, *remarks: str) -> None:
        width = WIDTH - len(INDENT * self.depth) - 2
        for remark in remarks:
            self.add(*(f"# {line}".rstrip() for line in wrap(remark, width) or [""]))

    def remarked(self, line: str, remark: str) -> None:
        """``remark`` stands behind a line, or above it where there is no room."""
        remark = " ".join(remark.split())
        if remark and len(INDENT * self.depth + line) + len(remark) + 4 > WIDTH:
            self.comment(remark)
            remark = ""
        self.add(f"{line}  # {remark}" if remark else line)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """``head`` and what is added meanwhile; ``pass`` if that is nothing."""
        self.add(head)
        kept = head.startswith(_KEPT)
        self.depth += 1
        self.compound += kept
        before = len(self.made)
        yield
        if all(line.lstrip().startswith("#") for line in self.made[before:]):
            self.add("pass")
        self.depth -= 1
        self.compound -= kept

    @property
    def full(self) -> bool:
        """Python takes no more blocks within each other."""
        return self.depth > MAX_DEPTH or self.compound > MAX_COMPOUND
