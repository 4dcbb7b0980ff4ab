"""Numeric labels (``1:``, ``1b``, ``1f``) as unique local ones, because blocks may move and be printed anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from transpile.errors import SourceError, Span

_DEFINITION = re.compile(r"(?m)(?:^|[;:])[ \t]*\d+[ \t]*:")
_USE = re.compile(r'"(?:[^"\\]|\\.)*"|(?:(?<![\w.$@])|(?<=[\s,(]\$))(\d+)([bf])(?!\w)')


class NumericLabels:
    """The n-th ``1:`` of a file is ``.Ln_1_n``, or the like if the file has such names itself."""

    def __init__(self, text: str, report: Callable[[SourceError], None]) -> None:
        self.report = report
        self.prefix = next(p for n in range(len(text) + 1) if (p := f".Ln{n or ''}_") not in text)
        self.counts: dict[str, int] = {}
        self.awaited: dict[str, tuple[str, Span]] = {}

    @staticmethod
    def used(text: str) -> bool:
        return _DEFINITION.search(text) is not None

    def define(self, digits: str) -> str:
        """The name of the label written ``digits:``."""
        number = _canonical(digits)
        count = self.counts[number] = self.counts.get(number, 0) + 1
        name = f"{self.prefix}{number}_{count}"
        self.awaited.pop(name, None)
        return name

    def replace(self, text: str, args: str, span: Span) -> tuple[str, str]:
        """``text``, which ends with ``args``, and ``args``, with uses replaced by the labels they mean."""

        def name(match: re.Match[str]) -> str:
            if match[1] is None:
                return match[0]
            number = _canonical(match[1])
            count = self.counts.get(number, 0)
            if match[2] == "b" and not count:
                self.report(SourceError(span, f"'{match[0]}' refers to a label '{number}:' that does not precede it"))
            target = f"{self.prefix}{number}_{count + (match[2] == 'f')}"
            if match[2] == "f":
                self.awaited.setdefault(target, (number, span))
            return target

        renamed = _USE.sub(name, " " + args)[1:]
        return (text if renamed == args else text[: len(text) - len(args)] + renamed), renamed

    def missing(self) -> Iterator[SourceError]:
        for number, span in self.awaited.values():
            yield SourceError(span, f"'{number}f' refers to a label '{number}:' that does not follow")


def _canonical(digits: str) -> str:
    return digits.lstrip("0") or "0"
