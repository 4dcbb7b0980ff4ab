"""A dispatcher in a process of its own, to be killed: ``serving.py URL LOG`` writes the names of units to LOG."""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent)]
from acting import Acting  # noqa: E402

from transpile.api.jobs import JobStore, Work  # noqa: E402
from transpile.api.jobs import queue as queue_module  # noqa: E402
from transpile.api.jobs.dispatcher import Dispatcher  # noqa: E402
from transpile.api.jobs.executing import Heard, Wanted  # noqa: E402
from transpile.api.jobs.model import Outcome  # noqa: E402


class Logging(Acting):
    def run(self, work: Work, heard: Heard, wanted: Wanted) -> Outcome:
        with self.lock, open(sys.argv[2], "a") as log:
            log.write(f"{work.name}\n")
        time.sleep(0.03)
        return super().run(work, heard, wanted)


if __name__ == "__main__":
    queue_module.BACKOFF_S = 0.05
    store = JobStore(sys.argv[1])
    Dispatcher(store, Logging(), lease_s=0.5, poll_s=0.05).start()
    while True:
        time.sleep(1.0)
