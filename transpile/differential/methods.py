"""Methods of an emitted program, run in a process of its own on the bytes of a state.

The code may be anybody's: it has limits, no network where the system allows that, and a folder of its own. What it does
ends that process at worst, and the next call starts another.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Literal

from transpile.differential import worker
from transpile.differential.opened import Opened
from transpile.differential.states import NUMBER_BYTES, Storage, elements
from transpile.differential.worker import CALL, FRAME, File, Group, Leaf
from transpile.emulators.cobol.modules import folder_in_memory
from transpile.emulators.cuda.bounded import Limits, without_network
from transpile.errors import ToolError
from transpile.legacy.fields import Field
from transpile.legacy.types import Floating, Number
from transpile.python.correspondence import Correspondence
from transpile.python.emitter import Module
from transpile.python.names import inside, records_of
from transpile.python.places import sign_of
from transpile.python.rules import cobol_rules
from transpile.restructure.program import Restructured

How = Literal["returned", "left", "stopped", "failed", "late"]
NO_ANSWER = "it did not come back"
_DIGITS = 400
PATIENCE_S = 10.0
"""For the process to start, and to say that a method takes too long."""
_HOW: tuple[How, ...] = ("returned", "left", "stopped", "failed", "late")


@dataclass(frozen=True, slots=True)
class Ran:
    """``left``: the program ended and went back to its caller. ``stopped``: the run ended, ``message`` is its status.
    ``failed``: ``message`` says how."""

    how: How
    state: bytes
    output: bytes
    message: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """Which bytes of a state are in the Python object: ``groups`` for the worker; ``exact`` bytes are kept as they are,
    those of ``values`` are numbers and texts that are kept by their value. What is in neither has no Python."""

    groups: tuple[Group, ...]
    exact: bytes
    """A mask: 1 for each such byte."""
    values: tuple[tuple[int, int], ...]
    missing: tuple[str, ...]
    """Items that are nothing but variables of loops."""


def match(found: Restructured, made: Correspondence, storage: Storage) -> Matched:
    """What of a state is where in the object of ``made``."""
    groups: list[Group] = []
    exact = bytearray(storage.size)
    values: list[tuple[int, int]] = []
    missing: list[str] = []
    for record in records_of(made.program):
        root = found.laid.get(record.root.number)
        place = storage.places.get(id(root.item)) if root is not None else None
        if root is None:
            group = _number(made, storage, record.root)
        elif place is None:
            continue
        elif record.root.number in made.areas:
            size = max(top.view.size for top in (record.root, *record.overlays))
            exact[place.start : place.start + size] = b"\1" * size
            group = Group(at=place.start, size=size, area=made.areas[record.root.number], leaves=[])
        else:
            leaves = []
            for each in (record.root, *inside(record.root)):
                if each.number in made.counters:
                    missing.append(each.origin)
                elif each.number in made.places:
                    some = list(leaves_of(found, made, place.start, each))
                    leaves += some
                    values += [(leaf["at"], leaf["size"]) for leaf in some]
            size = max((leaf["at"] + leaf["size"] for leaf in leaves), default=place.start) - place.start
            group = Group(at=place.start, size=size, area="", leaves=leaves)
        if group is not None:
            groups.append(group)
            if root is None:
                values.append((group["at"], group["size"]))
    return Matched(tuple(groups), bytes(exact), tuple(values), tuple(missing))


def _number(made: Correspondence, storage: Storage, field: Field) -> Group | None:
    """An index or a register."""
    at = storage.numbers.get(field.origin)
    if at is None or field.number in made.counters:
        return None
    leaf = Leaf(
        place=made.places[field.number],
        at=at,
        size=NUMBER_BYTES,
        coding="native",
        digits=9,
        scale=0,
        signed=True,
        sign="none",
    )
    return Group(at=at, size=NUMBER_BYTES, area="", leaves=[leaf])


def leaves_of(found: Restructured, made: Correspondence, start: int, field: Field) -> Iterator[Leaf]:
    """The values of one field, element by element; ``start`` is where its record begins."""
    laid, type_ = found.laid[field.number], field.type
    number = type_ if isinstance(type_, Number) else Number(0)
    coding = "float" if isinstance(type_, Floating) else field.view.coding
    for subscripts, offset in elements(laid):
        yield Leaf(
            place=made.places[field.number].format(*(at - 1 for at in subscripts)),
            at=start + offset,
            size=field.view.size,
            coding=coding,
            digits=number.digits,
            scale=number.scale,
            signed=number.signed,
            sign=sign_of(field),
        )


@dataclass(frozen=True, slots=True)
class OpenFiles:
    """``files``: for each method, those that it uses; ``records``: where in a state it says how many records those have
    that it reads. ``places``: the Python of each RELATIVE KEY, by the identity of the item."""

    files: Sequence[Sequence[Opened]] = ()
    records: int = 0
    places: Mapping[int, str] = field(default_factory=dict)


_NO_FILES = OpenFiles()


@dataclass(frozen=True, slots=True)
class Heard:
    """``value`` is what one of the rules ``FITTING``, ``name``, gets in line ``line`` of the module, for a field of
    ``digits`` of which ``scale`` are decimals; None for ``rounded``, which has no field. ``wrapped`` and a column: a
    remainder of a power of ten; ``compared``: the difference of both sides."""

    line: int
    name: str
    value: Decimal
    digits: int | None
    scale: int


def _usual(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent > -_DIGITS and value.adjusted() < _DIGITS


class Methods:
    """The methods ``names`` of the class that ``made`` is about; ``called``: it has a caller; ``listening``: for
    ``hear``. Use it as a context, or ``close`` it."""

    def __init__(
        self,
        module: Module,
        made: Correspondence,
        matched: Matched,
        names: Sequence[str],
        size: int,
        limits: Limits,
        opened: OpenFiles = _NO_FILES,
        *,
        called: bool = False,
        listening: bool = False,
    ) -> None:
        self._opened, self._called, self._listening = opened, called, listening
        self._module, self._made, self._matched, self._names = module, made, matched, list(names)
        self._size, self._limits = size, limits
        self._process: _Process | None = None

    def __enter__(self) -> Methods:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None

    def hear(self, which: int, state: bytes) -> dict[tuple[int, str], Heard] | None:
        """What the fields get in a run of method number ``which`` on ``state``; None where it does not end."""
        ran = self.run(which, state)
        if ran.how == "late" or not ran.output:
            return None
        found = [Heard(line, name, Decimal(value), *places) for line, name, value, *places in json.loads(ran.output)]
        return {(each.line, each.name): each for each in found if _usual(each.value)}

    def run(self, which: int, state: bytes) -> Ran:
        """Method number ``which``, from 0, on ``state``; behind the storage is what is typed."""
        if self._process is None:
            specification = {
                "rules": cobol_rules.__file__,
                "module": self._module.name.removesuffix(".py"),
                "program": self._made.class_name,
                "called": self._called,
                "listening": self._listening,
                "methods": self._names,
                "groups": list(self._matched.groups),
                "files": [[self._file(each) for each in some] for some in self._opened.files],
                "records": self._opened.records,
                "limit_s": self._limits.wall_s,
            }
            self._process = _Process(self._module.files, specification, self._limits)
        answer = self._process.call(CALL.pack(which, self._size) + state)
        if isinstance(answer, str):
            self.close()
            return Ran("late" if answer == NO_ANSWER else "failed", state[: self._size], b"", answer)
        how, length = FRAME.unpack_from(answer)[0], FRAME.unpack_from(answer, FRAME.size)[0]
        at = 2 * FRAME.size + length
        message = answer[2 * FRAME.size : at].decode(errors="replace")
        if how >= len(_HOW) or len(answer) < at + self._size:
            self.close()
            return Ran("failed", state[: self._size], b"", "its answer is not one of the worker's")
        return Ran(_HOW[how], answer[at : at + self._size], answer[at + self._size :], message)

    def _file(self, given: Opened) -> File:
        number = self._opened.places[id(given.number)] if given.number is not None and given.random else ""
        return File(place=self._made.files[given.file], mode=given.mode.lower(), filled=given.filled, number=number)


class _Process:
    """The process, and the pipes to it."""

    def __init__(self, files: Mapping[str, str], specification: dict[str, object], limits: Limits) -> None:
        self._limits = limits
        self._folder = folder_in_memory()
        folder = Path(self._folder.name)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "specification.json").write_text(json.dumps({**specification, "folder": str(folder)}))
        asked, ask = os.pipe()
        answer, answered = os.pipe()
        self._said = folder / "messages"
        here = folder / "files"
        here.mkdir()
        script = [sys.executable, "-I", "-S", "-B", worker.__file__, str(folder / "specification.json")]
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                [*without_network(), *script, str(asked), str(answered)],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd=here,
                env={"LC_ALL": "C.UTF-8", "TMPDIR": str(folder)},
                pass_fds=(asked, answered),
                start_new_session=True,
            )
        os.close(asked)
        os.close(answered)
        self._ask, self._answer = ask, answer
        for limit, value in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_DATA, limits.memory_bytes),
            (resource.RLIMIT_FSIZE, limits.output_bytes),
        ):
            with suppress(ProcessLookupError, PermissionError):
                resource.prlimit(self._process.pid, limit, (value, value))

    def call(self, request: bytes) -> bytes | str:
        """The answer, or why there is none."""
        deadline = time.monotonic() + 4 * self._limits.wall_s + PATIENCE_S
        try:
            view = memoryview(FRAME.pack(len(request)) + request)
            while view:
                view = view[os.write(self._ask, view) :]
            size = FRAME.unpack(self._read(FRAME.size, deadline))[0]
            if size > self._limits.output_bytes:
                return f"its answer has {size} bytes, which is more than {self._limits.output_bytes}"
            return self._read(size, deadline)
        except TimeoutError:
            return NO_ANSWER
        except (BrokenPipeError, EOFError, struct.error):
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(PATIENCE_S)
            said = self._said.read_bytes()[-2000:].decode(errors="replace").strip().splitlines()
            if self._process.returncode == 127:
                raise ToolError("the Python worker cannot be started", hint="\n".join(said)) from None
            return f"the process ended ({self._process.returncode}) {said[-1] if said else ''}".strip()

    def _read(self, size: int, deadline: float) -> bytes:
        got = bytearray()
        while len(got) < size:
            ready, _, _ = select.select([self._answer], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            piece = os.read(self._answer, size - len(got))
            if not piece:
                raise EOFError
            got += piece
        return bytes(got)

    def close(self) -> None:
        os.close(self._ask)
        os.close(self._answer)
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._folder.cleanup()
