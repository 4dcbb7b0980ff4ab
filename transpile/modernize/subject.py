"""What is checked: a COBOL file, the Python that was made of it, and how both are run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from transpile.cobol.unit import Unit
from transpile.emulators.cobol.build import USUAL_DIALECT, Dialect
from transpile.options import DEFAULT_RLIMIT
from transpile.python.correspondence import Correspondence, Method
from transpile.python.emitter import Module
from transpile.restructure.program import DIALECT, Restructured

Key: TypeAlias = tuple[str, tuple[int, int]]
"""A method: its class, and the paragraphs that it runs from and to."""

ASSUMED = (
    f"{DIALECT}, binary-truncate",
    "numeric items hold digits as their PICTURE says, zeros no minus sign",
    "subscripts lie in their tables",
)
"""What every verdict takes for granted."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the user has for whole runs: the standard input (None: inputs are made up), and files by name."""

    stdin: bytes | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """``source`` is the text of the file as it is, ``copybooks`` are those that it has, by name. ``seconds`` is the
    time that each check against GnuCOBOL may take for a program, ``jobs`` how many processes prove. ``only``: the
    methods that are asked about, if not all."""

    source: bytes
    copybooks: Mapping[str, bytes]
    restructured: Restructured
    module: Module
    dialect: Dialect = USUAL_DIALECT
    given: Given = field(default_factory=Given)
    seed: int = 0
    seconds: float = 10.0
    rlimit: int = DEFAULT_RLIMIT
    jobs: int = 1
    only: frozenset[Key] = frozenset()

    @property
    def unit(self) -> Unit:
        return self.restructured.unit

    @property
    def methods(self) -> Iterator[tuple[Key, Correspondence, Method]]:
        """All methods that stand for paragraphs, and are asked about."""
        for one in self.module.classes:
            for method in one.methods:
                if method.paragraphs is not None:
                    key = one.class_name, method.paragraphs
                    if not self.only or key in self.only:
                        yield key, one, method

    def ranges(self, one: Correspondence) -> tuple[tuple[int, int], ...]:
        """The paragraphs of those of one program."""
        return tuple(key[1] for key, owner, _ in self.methods if owner is one)

    @property
    def identity(self) -> tuple[object, ...]:
        """All that the outcome of a check depends on, but for the checkers themselves."""
        digest = hashlib.blake2b(self.source)
        for mapping in (self.copybooks, self.given.files):
            for name, content in sorted(mapping.items()):
                digest.update(b"\0" + name.encode() + b"\0" + hashlib.blake2b(content).digest())
        return (
            digest.hexdigest(),
            sorted(self.module.files.items()),
            [(one.class_name, one.methods) for one in self.module.classes],
            self.dialect,
            self.given.stdin,
            self.seed,
            self.seconds,
            self.rlimit,
            *sorted(self.only),
        )
