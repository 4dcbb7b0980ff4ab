"""What is wrong with a program, gathered so that the user sees more than the first error."""

from __future__ import annotations

from dataclasses import dataclass, field

from transpile.errors import SourceError, SourceErrors, Span

MAX_ERRORS = 20


class TooManyErrors(Exception):
    """Reading stops: what follows helps nobody."""


@dataclass(slots=True)
class Problems:
    errors: list[SourceError] = field(default_factory=list)

    def add(self, error: SourceError) -> None:
        """Errors at one place are told once; after ``MAX_ERRORS`` reading stops."""
        if any(_place(known.span) == _place(error.span) for known in self.errors):
            return
        self.errors.append(error)
        if len(self.errors) >= MAX_ERRORS:
            raise TooManyErrors

    def report(self, span: Span, message: str, hint: str = "") -> None:
        self.add(SourceError(span, message, hint))

    def check(self) -> None:
        """Raises SourceErrors if there is anything wrong."""
        if self.errors:
            raise SourceErrors(self.errors)


def _place(span: Span) -> tuple[str, int, int]:
    return span.file, span.line, span.column


def hinted(error: SourceError, fixed: bool) -> SourceError:
    """``error``, which may come from a line that goes on behind column 72."""
    line = error.span.line_text.expandtabs(8)
    within = len(line) > 72 and " " not in line[71:73]
    rest = line[72:80].strip()
    behind = bool(rest) and not rest.isdigit() and not line[error.span.column - 1 : 72].strip()
    if error.hint or not (fixed and (within or behind)) or type(error) is not SourceError:
        return error
    hint = "the line goes on behind column 72, where fixed format ends; for free format give --format free"
    return SourceError(error.span, error.message, hint)
