"""CALL, CANCEL and GOBACK between programs. Arguments are bytes that the caller and the called program share."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Protocol, TypeVar, cast

from transpile.python.rules.cobol_records import Data, Record

R = TypeVar("R", bound=Record)
F = TypeVar("F")


class Left(Exception):
    """A program ends within one of its paragraphs."""


class NotFound(Exception):
    """There is no program of that name."""


class Called(Protocol):
    def call(self, *given: Data) -> int:
        """Run until it goes back; its RETURN-CODE."""


_made: dict[str, Callable[[], Called]] = {}
_initial: set[str] = set()
_running: dict[str, Called] = {}
_external: dict[str, Data] = {}
_files: dict[str, object] = {}


def register(name: str, made: Callable[[], Called], *, initial: bool = False) -> None:
    """Make a program known; one that is ``initial`` forgets everything between calls."""
    _made[name.upper()] = made
    if initial:
        _initial.add(name.upper())


def call(name: str, *given: Data) -> int:
    """A program that is not known is looked for in a module of its name."""
    key = name.rstrip(" ").upper()
    if key not in _made:
        try:
            importlib.import_module(key.lower().replace("-", "_"))
        except ModuleNotFoundError:
            raise NotFound(name) from None
        if key not in _made:
            raise NotFound(name)
    if key in _initial:
        return _made[key]().call(*given)
    if key not in _running:
        _running[key] = _made[key]()
    return _running[key].call(*given)


def call_or_stop(name: str, *given: Data) -> int:
    """``call`` where the program does not say what to do if there is none."""
    try:
        return call(name, *given)
    except NotFound:
        sys.stdout.flush()
        print(f"error: there is no program {name.rstrip(' ')!r}", file=sys.stderr)
        sys.exit(1)


def cancel(name: str) -> None:
    """The next call finds the program as at the start."""
    _running.pop(name.rstrip(" ").upper(), None)


def content(text: str) -> bytearray:
    """A copy for the called program."""
    return bytearray(text, "latin-1")


def external_file(name: str, made: Callable[[], F]) -> F:
    """The file that all programs share by ``name``: the first of them makes it."""
    if name not in _files:
        _files[name] = made()
    return cast("F", _files[name])


def external(name: str, record: type[R]) -> R:
    """The record that all programs share by ``name``."""
    made = record(_external.get(name))
    _external[name] = made.data
    return made
