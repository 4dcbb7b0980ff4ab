"""Names of files that come from outside: relative POSIX paths that mean the same on every system, or a problem.

No absolute path, no ``..``, no backslash, no drive, no control character, nothing deeper or longer than allowed, no
name twice, none that differ by case alone, no file where another name needs a folder.
"""

from __future__ import annotations

import unicodedata

from transpile.api.limits import Limits

PART_BYTES = 255


class NameRefused(Exception):
    """``reason`` says why ``name`` cannot be the name of a file."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


def checked_name(name: str, limits: Limits) -> str:
    """``name`` without ``./`` and doubled slashes; raises NameRefused."""
    reason = _fault(name)
    if reason:
        raise NameRefused(name, reason)
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if not parts or name.endswith(("/", "/.")):
        raise NameRefused(name, "names no file")
    if len(parts) > limits.path_depth:
        raise NameRefused(name, f"is more than {limits.path_depth} folders deep")
    if any(len(part.encode()) > PART_BYTES for part in parts):
        raise NameRefused(name, f"has a part of more than {PART_BYTES} bytes")
    plain = "/".join(parts)
    if len(plain.encode()) > limits.path_bytes:
        raise NameRefused(name, f"is longer than {limits.path_bytes} bytes")
    return plain


def _fault(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError:
        return "is not UTF-8"
    if not name.isprintable():
        return "has a character that is not printable"
    if "\\" in name:
        return "has a backslash"
    if name.startswith("/"):
        return "is an absolute path"
    if name.startswith(("-", "~")):
        return "starts with '-' or '~'"
    if len(name) > 1 and name[1] == ":":
        return "starts with a drive"
    if ".." in name.split("/"):
        return "has a '..'"
    return ""


class Names:
    """The names taken so far. ``take`` raises NameRefused for one that cannot stand beside them."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def take(self, name: str) -> str:
        plain = checked_name(name, self._limits)
        key = folded(plain)
        if key in self._files:
            same = self._files[key] == plain
            raise NameRefused(name, "is there twice" if same else f"differs from '{self._files[key]}' by case alone")
        if key in self._folders:
            raise NameRefused(name, f"is a file, and a folder for '{self._folders[key]}'")
        for folder in _parents(key):
            if folder in self._files:
                raise NameRefused(name, f"is inside '{self._files[folder]}', which is a file")
            self._folders.setdefault(folder, plain)
        self._files[key] = plain
        return plain


def folded(name: str) -> str:
    """What file systems that do not tell cases apart take ``name`` for."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]
