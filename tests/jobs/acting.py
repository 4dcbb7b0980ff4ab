"""An executor of this process that does what the source says: sleep, fail, die; and otherwise copies it."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass, field

from making import made

from transpile.api.jobs import Lost, Refused, Stopped, Work
from transpile.api.jobs.executing import Heard, Wanted
from transpile.api.jobs.model import Outcome


@dataclass(slots=True)
class Acting:
    """``begun`` names the units, in the order in which work on them began."""

    slots: int = 2
    begun: list[str] = field(default_factory=list)
    closed: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, work: Work, heard: Heard, wanted: Wanted) -> Outcome:
        with self.lock:
            self.begun.append(work.name)
        heard("progress", {"file": work.lease.number, "done": 0, "total": 1})
        match work.name.partition("-")[0]:
            case "sleep":
                while wanted():
                    time.sleep(0.01)
                return Stopped()
            case "refuse":
                return Refused(({"severity": "error", "message": "no", "hint": "", "line": 1, "column": 1},))
            case "lose":
                return Lost("it died")
            case "raise":
                raise RuntimeError("a fault of the executor")
        heard("block", {"file": work.lease.number, "function": "f", "label": "b0", "verdict": "proved"})
        return made(work, "proved")

    def close(self) -> None:
        self.closed = True


class Mortal(Acting):
    """Dies of what is named ``kill``; tells its process's number."""

    def run(self, work: Work, heard: Heard, wanted: Wanted) -> Outcome:
        heard("progress", {"process": os.getpid()})
        if work.name.startswith("kill"):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().run(work, heard, wanted)


@dataclass(frozen=True)
class MakeMortal:
    def __call__(self) -> Mortal:
        return Mortal(1)
