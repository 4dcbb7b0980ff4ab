"""The outcome of a translation: the text, and what is known about every block of it.

Nothing here belongs to an instruction set. A block's verdict is one of four; ``meets`` says whether all of them satisfy
what the caller required, and is the only place where verdicts become a yes or a no.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, assert_never

from transpile.core.verdict import WORDS, Proved, Refuted, Tested, Undecided, Verdict
from transpile.core.yields import Yields, summed
from transpile.errors import Diagnostic
from transpile.options import Require


@dataclass(frozen=True, slots=True)
class Attempt:
    """One candidate that was tried for a block and what was said of it.

    ``step`` says how it came about, ``judge`` who decided (empty: the checker), ``text`` what it was, ``filled`` what
    the solver put where.
    """

    proposer: str
    cost: int
    verdict: Verdict
    step: str = "rules"
    judge: str = ""
    text: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()


RungOutcome: TypeAlias = Literal["passed", "failed", "open", "skipped"]


@dataclass(frozen=True, slots=True)
class Rung:
    """One of several checks of a unit, from the weakest to the strongest: what it said, and what it takes for granted.

    ``open`` is no answer, ``skipped`` one that nobody asked for or that this machine cannot give.
    """

    name: str
    outcome: RungOutcome
    detail: str = ""
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BlockResult:
    """One basic block, or one loop nest. Lines are 1-based and inclusive, in the source file.

    ``relation``: source location -> how the target holds it at entry (``"rax": "a5, 32 sext"``), with ``frame`` and
    ``flags`` as further keys. ``cost``: target instructions. ``rlimit``: solver resources spent on all candidates.
    ``trapped``: the output stops here instead of running code that did not meet the requirement. ``rungs``: the checks
    behind the verdict, where there are several.
    """

    label: str
    first_line: int
    last_line: int
    source_text: tuple[str, ...]
    target_text: tuple[str, ...]
    verdict: Verdict
    relation: Mapping[str, str] = field(default_factory=dict)
    proposer: str = ""
    cost: int = 0
    rlimit: int = 0
    history: tuple[Attempt, ...] = ()
    trapped: bool = False
    yields: Yields = field(default_factory=Yields)
    rungs: tuple[Rung, ...] = ()

    @property
    def reason(self) -> str:
        """Why the block is not proved; empty when it is."""
        return reason_of(self.verdict)


@dataclass(frozen=True, slots=True)
class FunctionResult:
    """A function: proved when all of its blocks are, because their relations agree at every edge."""

    name: str
    blocks: tuple[BlockResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a block stands in the text of its translation, and the labels of the blocks that control goes on to, or
    that it performs.

    ``lines`` are the first and the last, 1-based; None: it has no lines there. Labels belong to the same function.
    """

    function: str
    label: str
    lines: tuple[int, int] | None = None
    successors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Translation:
    """A translated file. ``text`` is complete even when ``meets`` says no: who prints it decides. It is empty when the
    target's own assembler refuses it, which ``diagnostics`` then tell. ``layout`` is of assembly and COBOL; of
    COBOL it has no lines."""

    text: str
    file: str
    target: str
    functions: tuple[FunctionResult, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    layout: tuple[Placed, ...] = ()

    @property
    def blocks(self) -> Iterator[BlockResult]:
        for function in self.functions:
            yield from function.blocks

    @property
    def verdicts(self) -> dict[str, int]:
        """``{"proved": n, "tested": n, "refuted": n, "undecided": n}``, always with all four words."""
        counted = Counter(block.verdict.word for block in self.blocks)
        return {word: counted[word] for word in WORDS}

    @property
    def yields(self) -> Yields:
        """What each step of each proposer gave."""
        return summed(block.yields for block in self.blocks)

    def meets(self, require: Require) -> bool:
        """Whether the whole file was read and every block satisfies ``require``; one replaced by a trap never does."""
        readable = all(diagnostic.severity != "error" for diagnostic in self.diagnostics)
        return readable and all(block_meets(block, require) for block in self.blocks)

    def failing(self, require: Require) -> Iterator[tuple[FunctionResult, BlockResult]]:
        """The blocks that keep ``meets`` from being true."""
        for function in self.functions:
            for block in function.blocks:
                if not block_meets(block, require):
                    yield function, block


@dataclass(frozen=True, slots=True)
class Explanation:
    """One block with its surroundings, for ``transpile explain``."""

    file: str
    target: str
    function: str
    block: BlockResult


def reason_of(verdict: Verdict) -> str:
    """Why a verdict is not a proof, in words."""
    match verdict:
        case Proved():
            return ""
        case Tested(reason=reason) | Undecided(reason=reason):
            return reason
        case Refuted(differs=differs):
            return "differs in " + "; ".join(differs) if differs else "differs"
        case _:
            assert_never(verdict)


def accepts(verdict: Verdict, require: Require) -> bool:
    """Whether ``verdict`` satisfies ``require``. ``any`` lets an open question through, never a known difference."""
    match verdict:
        case Proved():
            return True
        case Tested():
            return require != "proved"
        case Undecided():
            return require == "any"
        case Refuted():
            return False
        case _:
            assert_never(verdict)


def block_meets(block: BlockResult, require: Require) -> bool:
    """Whether a block is emitted as code whose verdict satisfies ``require``."""
    return not block.trapped and accepts(block.verdict, require)
