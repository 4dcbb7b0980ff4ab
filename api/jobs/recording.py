"""Events of a unit under way, written in handfuls: soon enough to watch, seldom enough not to slow the work."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from transpile.api.jobs.failures import StoreUnavailable
from transpile.api.jobs.model import EventKind, Json, Lease
from transpile.api.jobs.store import JobStore

SOON_S = 0.2
HANDFUL = 200


@dataclass(slots=True)
class Recorder:
    """``rest`` is what was heard and is not written yet."""

    store: JobStore
    lease: Lease
    rest: list[tuple[EventKind, Json]] = field(default_factory=list)
    written: float = field(default_factory=time.monotonic)

    def heard(self, kind: EventKind, data: Json) -> None:
        """Of progress, only the last word counts."""
        if kind == "progress":
            self.rest = [event for event in self.rest if event[0] != "progress"]
        self.rest.append((kind, data))
        if len(self.rest) >= HANDFUL or time.monotonic() - self.written > SOON_S:
            self._write()

    def _write(self) -> None:
        """A store that cannot answer now gets them later."""
        self.written = time.monotonic()
        try:
            self.store.tell(self.lease, self.rest)
        except StoreUnavailable:
            return
        self.rest = []
