"""What a statement knows of where it stands: its program, paragraph and sentence, and the loop around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from transpile.cobol import statements as verbs
from transpile.cobol import tree as cobol
from transpile.legacy.statements import Body
from transpile.restructure.jumps import jump_remarks_kept
from transpile.restructure.naming import Words
from transpile.restructure.scope import Scope


class Procedures(Protocol):
    """The paragraphs of a program, as statements see them."""

    def performed(self, first: verbs.Label, last: verbs.Label | None, section: verbs.Section) -> Words:
        """The function that a range of paragraphs is."""

    def from_here(self, label: verbs.Label, section: verbs.Section) -> Words:
        """The function that runs from a paragraph to the end of the program."""

    def label(self, label: verbs.Label, section: verbs.Section) -> str:
        """Where GO TO goes."""

    def after_error(self, file: str, mode: str) -> tuple[tuple[str, Body], ...]:
        """The outcomes that the declaratives have for errors of a file; ``mode`` is empty if it may be any."""


@dataclass(frozen=True, slots=True)
class Block:
    """``cycle`` is what EXIT PERFORM CYCLE does; None where there is no inline PERFORM around."""

    scope: Scope
    procedures: Procedures
    section: verbs.Section
    paragraph: str
    sentence_end: str
    paragraph_end: str
    section_end: str
    lower: Callable[[Block, cobol.Statement], Body]
    cycle: Body | None = None
    breaks: bool = True
    """EXIT PERFORM leaves one loop, not several."""

    def body(self, statements: Sequence[cobol.Statement] | None) -> Body:
        return jump_remarks_kept(made for each in statements or () for made in self.lower(self, each))

    def inside(self, cycle: Body, breaks: bool = True) -> Block:
        """The same within an inline PERFORM."""
        return replace(self, cycle=cycle, breaks=breaks)
