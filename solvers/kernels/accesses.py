"""What a thread does to memory, and which accesses no barrier separates.

``Recorder`` follows one thread. ``open`` are the accesses since the last barrier; an access meets all of them, and
itself, because another thread may be there at that time. What meets becomes a ``Pair``, to be decided later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from transpile.errors import Span
from transpile.solvers.kernels.logic import Term, conjunction, is_false, negate
from transpile.solvers.kernels.values import Base, Offset

Kind: TypeAlias = Literal["read", "write", "atomic"]
Path: TypeAlias = tuple[Term, ...]
"""The conditions, all of which hold, under which control comes somewhere."""


@dataclass(frozen=True, slots=True)
class Access:
    """``size`` bytes at ``offset`` of ``base``, when ``path`` is taken; ``value`` is what is written, if known."""

    base: Base
    offset: Offset
    size: int
    kind: Kind
    path: Path
    span: Span
    value: Term | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """An access after which no barrier has been reached, as far as ``still`` holds."""

    access: Access
    still: Path = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two accesses that threads of a block can do between the same barriers when ``given`` holds for both."""

    first: Access
    second: Access
    given: Path = ()


@dataclass(frozen=True, slots=True)
class Meeting:
    """``path`` must be taken by all threads of a block that take ``among``, or by none.

    The first ``facts`` facts are known without it; later ones may rely on it.
    """

    path: Path
    among: Path
    span: Span
    facts: int


@dataclass(slots=True)
class Iteration:
    """A loop with barriers whose body is being executed: what is done before the first barrier of the iteration.

    ``path`` leads to the body; no barrier of the iteration has been reached while ``since`` holds, or when ``closed``.
    """

    path: Path
    since: Path = ()
    heads: list[Open] = field(default_factory=list)
    closed: bool = False


@dataclass(slots=True)
class Recorder:
    accesses: list[Access] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)
    iterations: list[Iteration] = field(default_factory=list)
    quiet: int = 0

    def access(self, access: Access) -> None:
        if self.quiet or any(map(is_false, access.path)):
            return
        self.accesses.append(access)
        self.open.append(Open(access))
        for other in self.open:
            self.pair(other.access, access, other.still)
        for iteration in self.iterations:
            if not iteration.closed:
                iteration.heads.append(Open(access, iteration.since))

    def pair(self, first: Access, second: Access, given: Path) -> None:
        if conflicting(first, second):
            self.pairs.append(Pair(first, second, given))

    def barrier(self, path: Path, span: Span, facts: int) -> None:
        """All threads that are at ``path`` wait for each other. So many ``facts`` are known by now."""
        self.meetings.append(Meeting(path, (), span, facts))
        taken = {term.get_id() for term in path}
        kept: list[Open] = []
        for item in self.open:
            done = {term.get_id() for term in item.access.path}
            if not taken <= done:
                missing = [term for term in path if term.get_id() not in done]
                kept.append(replace(item, still=(*item.still, negate(conjunction(missing)))))
        self.open = kept
        for iteration in self.iterations:
            known = {term.get_id() for term in iteration.path}
            missing = [term for term in path if term.get_id() not in known]
            if missing:
                iteration.since = (*iteration.since, negate(conjunction(missing)))
            else:
                iteration.closed = True

    def marks(self) -> Sequence[int]:
        return len(self.accesses), len(self.pairs), len(self.meetings)

    def back(self, marks: Sequence[int]) -> None:
        """Forgets what has been recorded since ``marks``."""
        del self.accesses[marks[0] :], self.pairs[marks[1] :], self.meetings[marks[2] :]


def conflicting(first: Access, second: Access) -> bool:
    """Whether the two would race if different threads did them to the same bytes."""
    kinds = {first.kind, second.kind}
    return first.base == second.base and kinds != {"read"} and not (kinds == {"atomic"} and first.size == second.size)
