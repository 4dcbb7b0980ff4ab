"""Work on a Ray cluster of one machine: the same outcomes as here, and tasks that die or are not wanted are ended."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from acting import MakeMortal

from transpile.api.jobs import Lease, Lost, Made, Refused, Stopped, Work
from transpile.api.jobs.cluster import RayExecutor
from transpile.api.jobs.model import EventKind, Json


@dataclass(slots=True)
class Heart:
    told: list[tuple[EventKind, Json]] = field(default_factory=list)

    def __call__(self, kind: EventKind, data: Json) -> None:
        self.told.append((kind, data))

    @property
    def process(self) -> int:
        return int(self.told[0][1]["process"])


@pytest.fixture(scope="module")
def cluster(ray_started: None) -> Iterator[RayExecutor]:
    executor = RayExecutor(MakeMortal())
    yield executor
    executor.close()


def work(name: str, **options: object) -> Work:
    return Work(Lease("job", 3, 1, "w"), name, name.encode(), {}, "riscv", options)


def always() -> bool:
    return True


def test_a_unit_is_done_and_its_events_arrive(cluster: RayExecutor) -> None:
    heart = Heart()
    outcome = cluster.run(work("a.s"), heart, always)
    assert isinstance(outcome, Made) and outcome.outputs == {"a.s.out": b"a.s!"}
    assert [kind for kind, _ in heart.told] == ["progress", "progress", "block"]
    assert cluster.slots == 1


@pytest.mark.parametrize(("name", "kind"), [("refuse-a.s", Refused), ("lose-a.s", Lost), ("raise-a.s", Lost)])
def test_other_outcomes_come_back(cluster: RayExecutor, name: str, kind: type) -> None:
    assert isinstance(cluster.run(work(name), Heart(), always), kind)


def test_a_process_does_many_units(cluster: RayExecutor) -> None:
    first, second = Heart(), Heart()
    cluster.run(work("a.s"), first, always)
    cluster.run(work("b.s"), second, always)
    assert first.process == second.process != os.getpid()


@pytest.mark.parametrize("options", [{}, {"lm": "hf:model"}])
def test_a_unit_whose_process_dies_is_lost_and_the_next_is_done(
    cluster: RayExecutor, options: dict[str, object]
) -> None:
    assert isinstance(cluster.run(work("kill-a.s", **options), Heart(), always), Lost)
    assert isinstance(cluster.run(work("a.s", **options), Heart(), always), Made)


@pytest.mark.parametrize("options", [{}, {"lm": "hf:model"}])
def test_a_unit_that_is_not_wanted_is_ended(cluster: RayExecutor, options: dict[str, object]) -> None:
    heart = Heart()
    assert isinstance(cluster.run(work("sleep-a.s", **options), heart, lambda: not heart.told), Stopped)
    end = time.monotonic() + 10.0
    while os.path.exists(f"/proc/{heart.process}") and time.monotonic() < end:
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{heart.process}")
