"""The Python that is made of a program by rule, whatever else is run beside COBOL: what its fields get in runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import TracebackType

from transpile.differential.harness import is_called
from transpile.differential.methods import Heard, Methods, OpenFiles, match
from transpile.differential.preparing import Prepared
from transpile.differential.states import RECORDS
from transpile.emulators.cuda.bounded import Limits
from transpile.python.emitter import emit

_PATIENCE, _PATIENCE_IN_ALL = 2, 10
"""After so many runs that do not end, of one range or of all, nothing is heard any more."""
_LIMITS = Limits(wall_s=0.2, output_bytes=8 << 20)


class Listener:
    """Emits the program when it is first asked. Use it as a context."""

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._methods: Methods | None = None
        self._late: Counter[int] = Counter()

    def __enter__(self) -> Listener:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._methods is not None:
            self._methods.close()

    def hear(self, which: int, state: bytes) -> Mapping[tuple[int, str], Heard] | None:
        """What the fields get in range number ``which``, from 0, on ``state``; None where that is not known."""
        if self._late[which] >= _PATIENCE or self._late.total() >= _PATIENCE_IN_ALL:
            return None
        if self._methods is None:
            self._methods = self._made()
        heard = self._methods.hear(which, state)
        self._late[which] += heard is None
        return heard

    def _made(self) -> Methods:
        given = self._prepared
        found = given.subject.found
        module = emit(*found.programs)
        made = next(each for each in module.classes if each.program.origin == given.program.name)
        methods = [method.name for wanted, _ in given.reachable if (method := made.method(wanted)) is not None]
        files = [tuple(each.found.files.values()) for _, each in given.reachable]
        return Methods(
            module,
            made,
            match(found, made, given.storage),
            methods,
            given.storage.size,
            _LIMITS,
            OpenFiles(files, given.storage.numbers.get(RECORDS, 0), given.places),
            called=is_called(found.unit, given.program),
            listening=True,
        )
