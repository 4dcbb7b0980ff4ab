"""What a check of the Python says, and the weakest check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeAlias, runtime_checkable

from transpile.modernize.subject import Key, Subject
from transpile.translation import Rung

PYTHON, PARAGRAPH, PROGRAM, PROOF = "python", "paragraph against GnuCOBOL", "program against GnuCOBOL", "proof"
NAMES = (PYTHON, PARAGRAPH, PROGRAM, PROOF)
"""The checks, from the weakest to the strongest."""


@dataclass(frozen=True, slots=True)
class Case:
    """A run of a method with what GnuCOBOL computed, in Python: ``before`` and ``after`` are the values of places
    (``self.totals.net``) as literals, ``output`` is what it displayed; ``ends``: it ends the run."""

    before: tuple[tuple[str, str], ...]
    after: tuple[tuple[str, str], ...]
    output: str = ""
    ends: bool = False


@dataclass(frozen=True, slots=True)
class WholeCase:
    """A run of the program with what GnuCOBOL left; texts are latin-1."""

    about: str
    stdin: str
    files: tuple[tuple[str, str], ...]
    output: str
    exit_code: int
    left: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What one check says of one method. ``runs`` are those that reached it, ``differs`` says how the two programs
    differ, in their own terms. ``cases`` are worth keeping as tests."""

    rung: Rung
    runs: int = 0
    differs: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    rlimit: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check says of a program: of its methods, and of the whole."""

    methods: Mapping[Key, Found] = field(default_factory=dict)
    cases: tuple[WholeCase, ...] = ()


class Check(Protocol):
    """``name`` is that of its rung; each is asked about all methods at once. A ``ToolError`` means that this machine
    cannot do it."""

    @property
    def name(self) -> str: ...

    def __call__(self, subject: Subject, /) -> Outcome: ...


Checks: TypeAlias = tuple[Check, ...]


@runtime_checkable
class Begins(Protocol):
    """A check that is made in other processes while the context lasts; its value waits for the outcome."""

    def begin(self, subject: Subject, /) -> AbstractContextManager[Callable[[], Outcome]]: ...


@contextmanager
def begun(check: Check, subject: Subject) -> Iterator[Callable[[], Outcome]]:
    """The check, begun if it can be made beside others; the value makes it, or waits for it."""
    if isinstance(check, Begins):
        with check.begin(subject) as outcome:
            yield outcome
    else:
        yield partial(check, subject)


@dataclass(frozen=True, slots=True)
class Compiles:
    """Python accepts the text of the module, and of those beside it."""

    name: str = PYTHON

    def __call__(self, subject: Subject) -> Outcome:
        wrong = []
        for name, text in subject.module.files.items():
            try:
                compile(text, name, "exec", dont_inherit=True)
            except (SyntaxError, ValueError) as error:
                wrong.append(f"{name}: {error}")
        rung = Rung(PYTHON, "failed", "; ".join(wrong)) if wrong else Rung(PYTHON, "passed", "it compiles")
        return Outcome({key: Found(rung, differs=tuple(wrong)) for key, _, _ in subject.methods})
