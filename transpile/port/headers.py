"""Which files of a repository include an intrinsics header, themselves or through others of its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from transpile.port.intrinsics import included_everywhere

_LOCAL = re.compile(r'^[ \t]*#[ \t]*include[ \t]*["<]([^">\n]+)[">]', re.M)


@dataclass(slots=True)
class Headers:
    """``texts`` are the C and C++ files. Headers are told apart by the last part of their name alone."""

    texts: Mapping[str, str]
    _by_name: dict[str, list[str]] = field(default_factory=dict)
    _known: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in self.texts:
            self._by_name.setdefault(PurePosixPath(path).name, []).append(path)

    def have_intrinsics(self, path: str) -> bool:
        """Whether something that ``path`` includes brings the intrinsics to every target, once it is ported."""
        waiting, seen = self._included(path), {path}
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            if one not in self._known:
                self._known[one] = included_everywhere(self.texts[one])
            if self._known[one]:
                return True
            waiting += self._included(one)
        return False

    def _included(self, path: str) -> list[str]:
        names = (PurePosixPath(name).name for name in _LOCAL.findall(self.texts[path]))
        return [found for name in names for found in self._by_name.get(name, ())]
