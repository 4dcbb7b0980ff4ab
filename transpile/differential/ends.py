"""One range of paragraphs on one state, in COBOL and in Python, and whether both came to the same end."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType

from transpile.differential.harness import ENDS, LOOK, call
from transpile.differential.methods import How, Matched, Methods, Ran
from transpile.differential.states import Storage, elements
from transpile.differential.values import Cell, is_minus_zero, number, signed_anew, signs_of_zero, valid
from transpile.emulators.cobol.modules import Called, Module, Stopped
from transpile.errors import ToolError

ZEROS = "a zero with a minus sign is a zero"
UNUSED = "the half byte in front of packed digits, where GnuCOBOL leaves a digit too many, is not part of the number"
SIGNS = "where an item of its own sign holds something else there, GnuCOBOL writes a sign when it reads the item"
BY_VALUE = "numbers whose bytes are not used otherwise are compared by value"
_BATCH = 200
_QUICK_S = 0.05
"""Python that takes its whole time where COBOL needs less than this does not end."""


@dataclass(frozen=True, slots=True)
class End:
    """``cobol`` is None where it says nothing: it went out of its tables, or took too long; then ``python`` did not
    run. ``apart``: where something begins that
    differs, and its size."""

    cobol: Ran | None
    python: Ran | None = None
    restarts: int = 0
    """What it counts of those that are allowed."""
    same_way: bool = True
    apart: tuple[tuple[int, int], ...] = ()
    alike: frozenset[str] = frozenset()
    """Why bytes that differ were taken for the same."""

    @property
    def drops(self) -> bool:
        return self.cobol is None or self.python is None

    @property
    def differs(self) -> bool:
        if self.cobol is None or self.python is None:
            return False
        return not self.same_way or bool(self.apart) or self.cobol.output != self.python.output

    def changes(self, storage: Storage) -> Iterator[tuple[str, str, str]]:
        """What differs: item, COBOL's, Python's."""
        if self.cobol is None or self.python is None:
            return
        if not self.same_way:
            yield "it", _way(self.cobol), _way(self.python)
            return
        seen: set[str] = set()
        for at, size in self.apart:
            cell = _covering(storage, at, size)
            if cell.name not in seen:
                seen.add(cell.name)
                part = slice(cell.at, cell.at + cell.size)
                yield cell.name, cell.show(self.cobol.state[part]), cell.show(self.python.state[part])
        if self.cobol.output != self.python.output:
            yield (
                "what is displayed",
                repr(self.cobol.output.decode("latin-1")),
                repr(self.python.output.decode("latin-1")),
            )


def _way(ran: Ran) -> str:
    match ran.how:
        case "returned":
            return "comes to the end of the paragraph"
        case "left":
            return "leaves the program"
        case "stopped":
            return f"stops the run with status {ran.message}"
        case "late":
            return "does not end in time"
        case "failed":
            return f"fails: {ran.message}"


def _covering(storage: Storage, at: int, size: int) -> Cell:
    """The elementary item that has the byte ``at``."""
    for slot in storage.slots:
        if slot.offset <= at < slot.offset + slot.size:
            for laid in slot.record.walk():
                if laid.group or laid.item.level == 66:
                    continue
                for subscripts, start in elements(laid):
                    begin = slot.offset + start
                    if begin <= at < begin + laid.size:
                        shown = f" ({' '.join(map(str, subscripts))})" if subscripts else ""
                        return Cell(f"{laid.name or 'FILLER'}{shown}", begin, laid.size, laid)
    for name, place in storage.numbers.items():
        if place <= at < place + 4:
            return Cell(name, place, 4, None)
    return Cell(f"byte {at + 1}", at, size, None)


def _cost(called: Called | Stopped) -> int:
    """How many restarts it counts for: more if it took all its time, or says little, as where the run is ended."""
    if isinstance(called, Called):
        return 0
    return 1 if "error:" in called.message else 6


class SideBySide:
    """``checked`` builds the module with all checks of GnuCOBOL. ``entries`` are the methods that return where the
    program is left; ``local``: what the program has in its LOCAL STORAGE is gone when it is left. ``fresh`` are those
    for which the program starts anew, with all its files closed, and those nested in it."""

    def __init__(
        self,
        module: Module,
        checked: Callable[[], Module],
        methods: Methods,
        matched: Matched,
        storage: Storage,
        entries: frozenset[int],
        local: bool,
        fresh: frozenset[int] = frozenset(),
    ) -> None:
        self.module, self.methods, self.matched, self.storage = module, methods, matched, storage
        self.entries, self.local, self.fresh = entries, local, fresh
        self._checked = checked
        self._strict: Module | None = None

    def __enter__(self) -> SideBySide:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.module.close()
        self.methods.close()
        if self._strict is not None:
            self._strict.close()

    def start(self) -> bytes:
        """The state at the start of the program."""
        return self._look(fresh=True)

    def _look(self, *, fresh: bool = False) -> bytes:
        found = self.module.call(*call(LOOK, bytes(self.storage.size)), fresh=fresh)
        if isinstance(found, Stopped):
            raise ToolError("the module that GnuCOBOL built does not run", hint=found.message)
        return found.buffers[1][: self.storage.size]

    def ends(self, which: int, states: Iterable[bytes], restarts: int = 1) -> Iterator[tuple[bytes, End]]:
        """Range number ``which``, from 0, on each of ``states``, until the module had to be started again more often
        than ``restarts`` times."""
        pending = iter(states)
        while restarts >= 0 and (batch := list(itertools.islice(pending, _BATCH))):
            called: list[Called | Stopped] = []
            calls = [call(which + 1, self._stored(each)) for each in batch]
            typed = [self._typed(each) for each in batch]
            for each in self.module.call_all(calls, fresh=which in self.fresh, stdin=typed):
                called.append(each)
                restarts -= _cost(each)
                if restarts < 0:
                    break
            for state, each in zip(batch, called, strict=False):
                yield state, self._end(which, state, each)

    def sound(self, which: int, state: bytes) -> bool:
        """Whether the range stays in its tables and finds numbers in its numeric items: else what it does is nothing
        that a translation could keep to."""
        if self._strict is None:
            self._strict = self._checked()
        called = self._called(self._strict, which, state)
        return isinstance(called, Called) or not (called.timed_out or "error:" in called.message)

    def _called(self, module: Module, which: int, state: bytes) -> Called | Stopped:
        return module.call(*call(which + 1, self._stored(state)), fresh=which in self.fresh, stdin=self._typed(state))

    def _stored(self, state: bytes) -> bytes:
        return state[: self.storage.size]

    def _typed(self, state: bytes) -> bytes:
        return state[self.storage.size :]

    def _end(self, which: int, state: bytes, called: Called | Stopped) -> End:
        cobol = self._cobol(which, state, called)
        restarts = _cost(called)
        if cobol is None:
            return End(None, restarts=restarts)
        python = self.methods.run(which, state)
        if python.how == "late" and not self._quick(which, state):
            return End(cobol, restarts=restarts)
        if not self._same_way(which, cobol, python):
            return End(cobol, python, restarts, False)
        if not cobol.state or cobol.state == python.state:
            return End(cobol, python, restarts)
        apart = tuple(self._apart(cobol.state, python.state))
        why = [self._alike(*part, cobol.state, python.state) for part in apart]
        wrong = tuple(part for part, same in zip(apart, why, strict=True) if not same)
        return End(cobol, python, restarts, True, wrong, frozenset(filter(None, why)))

    def _cobol(self, which: int, state: bytes, called: Called | Stopped) -> Ran | None:
        if isinstance(called, Stopped):
            if called.timed_out or called.exit_code < 0 or "error:" in called.message:
                return None
            return Ran("stopped", b"", called.output, str(called.exit_code))
        if how := ENDS.get(called.buffers[0]):
            return Ran(how, called.buffers[1][: self.storage.size], called.output, str(called.return_code))
        return None if self.local else Ran("left", self._left(which, state), called.output)

    def _left(self, which: int, state: bytes) -> bytes:
        """The state behind a range that leaves the program, which the entry could not give back."""
        called = self._called(self.module, which, state)
        found = self.module.call(*call(LOOK, bytes(self.storage.size)))
        assert isinstance(found, Called) and isinstance(called, Called)
        left = bytearray(found.buffers[1][: self.storage.size])
        for slot in self.storage.slots:
            if slot.linked:
                part = slice(slot.offset, slot.offset + slot.size)
                left[part] = called.buffers[1][part]
        return bytes(left)

    def _quick(self, which: int, state: bytes) -> bool:
        before = time.monotonic()
        self._called(self.module, which, state)
        return time.monotonic() - before < _QUICK_S

    def _same_way(self, which: int, cobol: Ran, python: Ran) -> bool:
        back: Sequence[How] = ("returned", "left")
        if which in self.entries and cobol.how in back and python.how in back:
            return True
        if cobol.how == python.how == "stopped":
            return python.message.lstrip("-").isdecimal() and int(python.message) % 256 == int(cobol.message) % 256
        return cobol.how == python.how

    def _apart(self, cobol: bytes, python: bytes) -> Iterator[tuple[int, int]]:
        """Where the two states are not the same: bytes that are kept as they are, and values."""
        for at, kept in enumerate(self.matched.exact):
            if kept and cobol[at] != python[at]:
                yield at, 1
        for at, size in self.matched.values:
            if cobol[at : at + size] != python[at : at + size]:
                yield at, size

    def _minus_zero(self, state: bytes) -> bool:
        """Whether some DISPLAY item is a zero with a minus sign, which may have been moved elsewhere with its group."""
        for place in self.storage.places.values():
            laid = place.laid
            if laid.usage == "DISPLAY" and laid.numeric and laid.signed:
                for _, start in elements(laid):
                    content = state[place.start + start : place.start + start + laid.size]
                    if is_minus_zero(laid, content):
                        return True
        return False

    def _alike(self, at: int, size: int, cobol: bytes, python: bytes) -> str:
        """What has to be assumed to take both for the same number; empty if they are not."""
        cell = _covering(self.storage, at, size)
        ours, theirs = (state[cell.at : cell.at + cell.size] for state in (cobol, python))
        laid = cell.laid
        if laid is not None and signed_anew(laid, ours, theirs):
            return SIGNS
        if not cell.numeric and signs_of_zero(ours, theirs) and self._minus_zero(cobol):
            return ZEROS
        if laid is None or not cell.numeric or not valid(laid, ours) or not valid(laid, theirs):
            return ""
        if number(laid, ours) != number(laid, theirs):
            return ""
        if number(laid, ours) == 0:
            return ZEROS
        if laid.usage == "COMP-3" and ours[0] & 15 == theirs[0] & 15 and ours[1:] == theirs[1:]:
            return UNUSED
        return "" if self.matched.exact[at] else BY_VALUE
