"""``python -m transpile.api.jobs``: a process that does jobs of a store, beside a server or on another machine."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from transpile.api.jobs.dispatcher import LEASE_S, Dispatcher
from transpile.api.jobs.executing import Executor
from transpile.api.jobs.local import LocalExecutor, Locally
from transpile.api.jobs.memory import settle
from transpile.api.jobs.store import JobStore
from transpile.errors import TranspileError


def main(words: Sequence[str]) -> int:
    options = _parser().parse_args(words)
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    try:
        return _serve(options)
    except TranspileError as error:
        print(error.render(), file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m transpile.api.jobs", description=__doc__, allow_abbrev=False)
    parser.add_argument("database", help="a file, sqlite:///file or postgresql://…")
    parser.add_argument("--executor", choices=("local", "ray"), default="local")
    parser.add_argument("--address", help="of a Ray cluster; without it, one is started here")
    parser.add_argument("--slots", type=int, default=0, help="files at once (default: one for each processor)")
    parser.add_argument("--store", type=Path, help="the proof store's file, in a folder of its own")
    parser.add_argument("--lease-s", type=float, default=LEASE_S, help="silence after which this process is given up")
    parser.add_argument("--grace-s", type=float, default=10.0, help="for work under way when this process is to end")
    parser.add_argument("--retention-days", type=float, help="how long jobs are kept (default: for ever)")
    return parser


def _serve(options: argparse.Namespace) -> int:
    settle()
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    store = JobStore(options.database)
    store.migrate()
    dispatcher = Dispatcher(store, _executor(options), options.lease_s, retention_days=options.retention_days)
    dispatcher.start()
    print(f"serving {store.database.engine.url!r} with {dispatcher.executor.slots} slots", file=sys.stderr, flush=True)
    while not asked.wait(1.0) and dispatcher.alive:
        pass
    dispatcher.stop(options.grace_s)
    store.close()
    return 0 if asked.is_set() else 2


def _executor(options: argparse.Namespace) -> Executor:
    if options.executor == "local":
        return LocalExecutor(options.slots, options.store)
    from transpile.api.jobs.cluster import RayExecutor

    return RayExecutor(Locally(options.store), options.address, options.slots)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
