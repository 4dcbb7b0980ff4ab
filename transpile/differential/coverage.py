"""What runs reached of an emitted module: per method, in how many of them it ran, and how many of its lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import CodeType


@dataclass(frozen=True, slots=True)
class Reached:
    """``method`` is ``Class.method``. ``missed`` are the lines of the module that no run reached, of ``lines``."""

    method: str
    runs: int
    lines: int
    missed: tuple[int, ...]

    @property
    def reached(self) -> int:
        return self.lines - len(self.missed)


def lines_of(text: str) -> dict[str, frozenset[int]]:
    """The methods of the classes in a module, with the lines that can run."""
    found = {}
    for code in _inside(compile(text, "<emitted>", "exec", dont_inherit=True)):
        owner, _, name = code.co_qualname.rpartition(".")
        if owner and "<" not in code.co_qualname and name != "__post_init__":
            lines = {number for _, _, number in code.co_lines() if number is not None}
            found[code.co_qualname] = frozenset(lines - {code.co_firstlineno})
    return found


def _inside(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inside(constant)


def reached(text: str, runs: Iterable[Mapping[str, frozenset[int]]]) -> tuple[Reached, ...]:
    """``runs`` are the lines reached in each, by method; ``text`` is the module's."""
    count: dict[str, int] = {}
    lines: dict[str, set[int]] = {}
    for run in runs:
        for name, found in run.items():
            count[name] = count.get(name, 0) + 1
            lines.setdefault(name, set()).update(found)
    return tuple(
        Reached(name, count.get(name, 0), len(known), tuple(sorted(known - lines.get(name, set()))))
        for name, known in lines_of(text).items()
    )
