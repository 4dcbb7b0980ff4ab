"""Real units through the executors: on this machine, and on a cluster of it."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from transpile.api.jobs import JobStore, Lease, Lost, Made, NewFile, NewJob, Refused, Stopped, Work
from transpile.api.jobs.cluster import RayExecutor
from transpile.api.jobs.dispatcher import Dispatcher
from transpile.api.jobs.executing import Executor, Heard, Wanted
from transpile.api.jobs.local import LocalExecutor, Locally
from transpile.api.jobs.model import EventKind, Json, Outcome
from transpile.directions.remote import Limits, Worker
from transpile.sandbox import Sandbox

ADD = b""".globl add
add:
    leaq (%rdi,%rsi), %rax
    ret
"""
FUNCTION = b".globl f%d\nf%d:\n    imulq $%d, %%rdi, %%rax\n    xorq %%rsi, %%rax\n    ret\n"
LONG = b"".join(FUNCTION % (i, i, 12345 + 7 * i) for i in range(200))
LONGER = b"".join(FUNCTION % (i, i, 12345 + 7 * i) for i in range(2000))
BROKEN = b".globl f\nf:\n    movq %rax\n    ret\n"


@dataclass(slots=True)
class Heart:
    told: list[tuple[EventKind, Json]] = field(default_factory=list)

    def __call__(self, kind: EventKind, data: Json) -> None:
        self.told.append((kind, data))


@pytest.fixture(scope="module", params=["local", "ray"])
def executor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executor]:
    store = tmp_path_factory.mktemp("proofs") / "proofs.sqlite"
    if request.param == "local":
        made: Executor = LocalExecutor(1, store)
    else:
        request.getfixturevalue("ray_started")
        made = RayExecutor(Locally(store))
    yield made
    made.close()


def work(source: bytes, name: str = "src/add.s", **options: object) -> Work:
    return Work(Lease("job", 3, 1, "w"), name, source, {}, "riscv", options)


def always() -> bool:
    return True


def test_a_file_is_translated_and_its_blocks_are_told(executor: Executor) -> None:
    heart = Heart()
    outcome = executor.run(work(ADD), heart, always)
    assert isinstance(outcome, Made), outcome
    assert outcome.row["verdicts"]["proved"] == 1
    assert list(outcome.outputs) == ["src/add.s"] and b"add" in outcome.outputs["src/add.s"]
    assert outcome.reusable
    blocks = [data for kind, data in heart.told if kind == "block"]
    assert [(block["file"], block["function"], block["verdict"]) for block in blocks] == [(3, "add", "proved")]
    assert heart.told[-1] == ("progress", {"file": 3, "attempt": 1, "done": 1, "total": 1})


def test_a_file_with_an_error_is_refused_at_its_place(executor: Executor) -> None:
    outcome = executor.run(work(BROKEN), Heart(), always)
    assert isinstance(outcome, Refused) and outcome.diagnostics[0]["line"] == 3
    assert outcome.diagnostics[0]["hint"] == "'movq' takes 2 operands, not 1"


def test_options_that_make_no_sense_are_refused(executor: Executor) -> None:
    outcome = executor.run(work(ADD, require="everything"), Heart(), always)
    assert isinstance(outcome, Refused), outcome


def test_work_that_is_not_wanted_is_ended(executor: Executor) -> None:
    heart = Heart()
    assert isinstance(executor.run(work(LONGER), heart, lambda: not heart.told), Stopped)
    assert isinstance(executor.run(work(ADD), Heart(), always), Made)


class Hanging(LocalExecutor):
    """Its process is stopped at the first block of the first attempt at ``hang.s``."""

    started: list[Worker]

    def run(self, work: Work, heard: Heard, wanted: Wanted) -> Outcome:
        def hearing(kind: EventKind, data: Json) -> None:
            heard(kind, data)
            running = self.started[-1].running
            if (work.name, work.lease.attempt, kind) == ("hang.s", 1, "block") and running is not None:
                running.process.send_signal(signal.SIGSTOP)

        return super().run(work, hearing, wanted)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Worker]:
    """The workers whose processes were started, each as often as it was."""
    workers: list[Worker] = []
    start = Worker.start

    def noted(worker: Worker, trusted: bool = True) -> None:
        start(worker, trusted)
        workers.append(worker)

    monkeypatch.setattr(Worker, "start", noted)
    return workers


def test_a_worker_that_says_nothing_is_killed(started: list[Worker]) -> None:
    local = Hanging(1, limits=Limits(silence_s=1.0), sandbox=Sandbox("bounds"))
    local.started = started
    outcome = local.run(work(LONG, "hang.s"), Heart(), always)
    assert isinstance(outcome, Lost) and "nothing was heard" in outcome.reason
    assert len(started) == 1 and not started[0].alive
    local.close()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobStore]:
    monkeypatch.setattr("transpile.api.jobs.queue.BACKOFF_S", 0.01)
    store = JobStore(tmp_path / "jobs.sqlite")
    store.migrate()
    yield store
    store.close()


def test_workers_that_are_killed_at_random_lose_nothing(store: JobStore, started: list[Worker]) -> None:
    files = tuple(NewFile(f"{i}.s", ADD.replace(b"add", b"f%d" % i)) for i in range(6))
    job = store.submit(NewJob("riscv", files)).job
    executor = LocalExecutor(1)
    dispatcher = Dispatcher(store, executor, lease_s=2.0, poll_s=0.05)
    dispatcher.start()
    try:
        kills = 2
        end = time.monotonic() + 60.0
        while store.job(job.id).ended is None and time.monotonic() < end:
            time.sleep(random.uniform(0.0, 0.2))
            running = started[-1].running if started else None
            if kills and running is not None:
                running.process.send_signal(signal.SIGKILL)
                kills -= 1
    finally:
        dispatcher.stop(0.0)
    after = store.job(job.id)
    assert (after.files["done"], after.verdicts["proved"]) == (6, 6)


def test_a_solver_that_hangs_is_given_up_and_its_file_done_again(store: JobStore, started: list[Worker]) -> None:
    """A process that is stopped is as still as one whose solver does not come back; there is one for both files."""
    executor = Hanging(1, limits=Limits(silence_s=4.0), sandbox=Sandbox("bounds"))
    executor.started = started
    files = (NewFile("hang.s", LONG), NewFile("after.s", ADD))
    job = store.submit(NewJob("riscv", files, options={"lm": "none"})).job
    dispatcher = Dispatcher(store, executor, lease_s=5.0, poll_s=0.05)
    dispatcher.start()
    try:
        end = time.monotonic() + 60.0
        while store.job(job.id).ended is None and time.monotonic() < end:
            time.sleep(0.05)
    finally:
        dispatcher.stop(0.0)
    assert [item.state for item in store.files(job.id).items] == ["done", "done"]
    troubles = [event.data.get("trouble", "") for event in store.events(job.id, limit=1000)]
    assert any("nothing was heard of it" in trouble for trouble in troubles)
