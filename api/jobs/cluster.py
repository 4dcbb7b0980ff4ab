"""Work on the machines of a Ray cluster, each of which does units as this machine would: in its own sandbox.

A unit is a task that streams its events back. A process of the cluster does ``CALLS`` units and is replaced, which
frees what solvers leak. Units that ask for a language model of the machine's own go to actors, which keep the model
loaded. Ray never tries a task again: attempts are counted in the store, so that a unit that kills is parked.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from transpile.api.jobs.executing import Executor, Heard, Wanted
from transpile.api.jobs.model import EventKind, Json, Lost, Made, Outcome, Refused, Stopped, Work
from transpile.errors import UsageError
from transpile.store import checker_version

CALLS = 50
LOOK_S = 0.2
"""How often a unit's stream and whether it is still wanted are looked at."""
LOCAL_MODEL = "hf:"
"""How an option ``lm`` begins that names a model which the worker itself loads."""

Told: TypeAlias = tuple[EventKind, Json]
Make: TypeAlias = Callable[[], Executor]


class Doer:
    """Does units in a process of the cluster, with an executor of one slot that lives as long as the process."""

    def __init__(self, make: Make) -> None:
        self.executor = make()

    def do(self, work: Work, checker: bytes) -> Iterator[list[Told] | Outcome]:
        """Handfuls of events as they come, and in the end the outcome. ``checker``: the version that must be here."""
        if checker != checker_version():
            yield Lost("another version of transpile is installed on the cluster")
            return
        heard: queue.SimpleQueue[Told | Outcome] = queue.SimpleQueue()
        thread = threading.Thread(target=self._run, args=(work, heard), daemon=True)
        thread.start()
        while True:
            told, outcome = _handful(heard)
            if told:
                yield told
            if outcome is not None:
                thread.join()
                yield outcome
                return

    def _run(self, work: Work, heard: queue.SimpleQueue[Told | Outcome]) -> None:
        try:
            heard.put(self.executor.run(work, lambda kind, data: heard.put((kind, data)), lambda: True))
        except Exception as error:
            heard.put(Lost(f"internal error: {type(error).__name__}: {error}"))


def _handful(heard: queue.SimpleQueue[Told | Outcome]) -> tuple[list[Told], Outcome | None]:
    """What comes within ``LOOK_S`` of the first, or up to the outcome."""
    told: list[Told] = []
    try:
        item = heard.get()
        while isinstance(item, tuple):
            told.append(item)
            item = heard.get(timeout=LOOK_S)
    except queue.Empty:
        return told, None
    return told, item


_DOERS: dict[Make, Doer] = {}


def _do(make: Make, work: Work, checker: bytes) -> Iterator[list[Told] | Outcome]:
    """A task's body: with the process's own Doer."""
    if make not in _DOERS:
        _DOERS[make] = Doer(make)
    yield from _DOERS[make].do(work, checker)


class RayExecutor:
    """``make`` makes, in each process of the cluster, the executor that does the work there: it is pickled, equal to
    itself and hashable. ``address``: of a running cluster; None starts one on this machine. ``slots``: units at once;
    0: as many as the cluster has processors now."""

    def __init__(
        self, make: Make, address: str | None = None, slots: int = 0, model_actors: int = 1, gpus: float = 0.0
    ) -> None:
        try:
            import ray
        except ImportError:
            raise UsageError("Ray is not installed", "pip install 'transpile[cluster]'") from None
        self._ray: Any = ray
        self._make = make
        self._started = not ray.is_initialized()
        if self._started:
            ray.init(address=address, log_to_driver=False, configure_logging=False, include_dashboard=False)
        self.slots = slots or max(1, int(ray.cluster_resources().get("CPU", 1)))
        self._task = ray.remote(num_cpus=1, max_retries=0, max_calls=CALLS)(_do)
        self._actor = ray.remote(num_cpus=1, num_gpus=gpus, max_restarts=0, max_task_retries=0)(Doer)
        self._unmade = model_actors
        self._actors: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._counting = threading.Lock()

    def run(self, work: Work, heard: Heard, wanted: Wanted) -> Outcome:
        if not str(work.options.get("lm", "")).startswith(LOCAL_MODEL):
            stream = self._task.options(num_returns="streaming").remote(self._make, work, checker_version())
            return self._followed(stream, heard, wanted, lambda: self._ray.cancel(stream, force=True))
        actor = self._model_actor(wanted)
        if actor is None:
            return Stopped()
        stream = actor.do.options(num_returns="streaming").remote(work, checker_version())
        outcome = self._followed(stream, heard, wanted, lambda: self._ray.kill(actor))
        self._give_back(actor, sound=isinstance(outcome, Made | Refused))
        return outcome

    def close(self) -> None:
        while not self._actors.empty():
            self._ray.kill(self._actors.get())
        if self._started:
            self._ray.shutdown()

    def _followed(self, stream: Any, heard: Heard, wanted: Wanted, end: Callable[[], None]) -> Outcome:
        try:
            while True:
                if not wanted():
                    end()
                    return Stopped()
                ready, _ = self._ray.wait([stream], timeout=LOOK_S)
                if not ready:
                    continue
                item = self._ray.get(next(stream))
                if not isinstance(item, list):
                    outcome: Outcome = item
                    return outcome
                for kind, data in item:
                    heard(kind, data)
        except self._ray.exceptions.RayError as error:
            return Lost(f"lost on the cluster: {_last_line(error)}")
        except StopIteration:
            return Lost("its process on the cluster ended without an answer")

    def _model_actor(self, wanted: Wanted) -> Any:
        """An actor that nobody else uses; None if the work is no longer wanted by when one is free."""
        while wanted():
            with self._counting:
                if self._unmade:
                    self._unmade -= 1
                    return self._actor.remote(self._make)
            try:
                return self._actors.get(timeout=LOOK_S)
            except queue.Empty:
                continue
        return None

    def _give_back(self, actor: Any, sound: bool) -> None:
        """For the next unit; one that lost its unit is replaced."""
        if sound:
            self._actors.put(actor)
            return
        self._ray.kill(actor)
        with self._counting:
            self._unmade += 1


def _last_line(error: Exception) -> str:
    """Of a message that may begin with a traceback of another machine."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
