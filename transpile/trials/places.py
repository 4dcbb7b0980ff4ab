"""Messages about a CUDA text, with the places in it."""

from __future__ import annotations

from dataclasses import dataclass

from transpile.emulators.cuda.faults import Fault
from transpile.errors import SourceError, Span
from transpile.trials.outcome import Failure
from transpile.trials.subject import Subject


@dataclass(frozen=True, slots=True)
class Text:
    """The CUDA text, to place messages in."""

    text: str
    file: str

    def span(self, line: int, column: int = 0) -> Span | None:
        lines = self.text.split("\n")
        if not 1 <= line <= len(lines):
            return None
        held = lines[line - 1]
        return Span(self.file, line, column or len(held) - len(held.lstrip()) + 1, 1, held)

    def refusal(self, error: SourceError, subject: Subject) -> Failure:
        span = self.span(error.span.line, error.span.column)
        if span is None:
            return Failure("compile", f"no function '{subject.prototype}': {error.message}")
        return Failure("compile", error.message, span)

    def failure(self, fault: Fault) -> Failure:
        where = f" (in {fault.kernel}, block {fault.block}, thread {fault.thread})" if fault.kernel else ""
        return Failure(fault.kind, fault.message + where, self.span(fault.line))
