"""``transpile serve``: the application in a process that listens, says where, and stops in order."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from types import FrameType

import uvicorn

from transpile.api.application import create_app
from transpile.api.jobs import JobStore, Lease, Work
from transpile.api.jobs.executing import Executor
from transpile.api.jobs.local import LocalExecutor, Locally
from transpile.api.jobs.memory import settle
from transpile.api.keys import is_loopback
from transpile.api.schema import TALLY
from transpile.api.service import Service
from transpile.api.settings import MODELS, Settings
from transpile.api.translator import Translator
from transpile.directions.remote import Limits as WorkerLimits
from transpile.errors import UsageError
from transpile.sandbox import Bounds, Sandbox

GRACE_S = 5
"""For answers under way when the server is told to stop."""
SMALL_SLOTS = 2
DAY_S = 86_400
OUTSIDE = ":"
"""In names of language models that have to be asked over a network or loaded from files."""
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

Listening = Callable[[str], None]


def serve(settings: Settings, host: str, port: int, listening: Listening) -> None:
    """Serve until SIGINT or SIGTERM; ``listening`` is told the address once requests are answered.

    Raises:
        UsageError: the address cannot be listened to, or strangers could reach a server that needs no key.
    """
    settle()
    store = JobStore(settings.database)
    store.migrate()
    if not is_loopback(host) and not settings.may_be_open and not store.keys():
        raise UsageError(
            f"{host} can be reached from other machines, and there is no API key yet",
            "run 'transpile keys add NAME', or give --insecure-open to let everybody in",
        )
    with listener(host, port) as sock:
        service = service_of(settings, store)
        config = uvicorn.Config(
            create_app(service),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            lifespan="on",
            timeout_graceful_shutdown=GRACE_S,
        )
        address = address_of(host, sock.getsockname()[1])
        asyncio.run(_Server(config, service, lambda: listening(address)).serve([sock]))


def service_of(settings: Settings, store: JobStore) -> Service:
    """Everything behind the routes, not yet started; raises UsageError."""
    sandbox = Sandbox.detect()
    require_reachable([model for model in settings.models if model not in MODELS], sandbox)
    small = LocalExecutor(SMALL_SLOTS, settings.proofs, worker_limits(settings, settings.limits.small_seconds), sandbox)
    kept_in = sandbox.kind if sandbox.isolates else ""
    return Service(settings, store, Translator(small), executor_of(settings, sandbox), kept_in)


def require_reachable(models: Sequence[str], sandbox: Sandbox) -> None:
    """Raises UsageError for language models that translating processes cannot ask from inside the sandbox."""
    for model in models:
        if OUTSIDE in model and sandbox.isolates:
            raise UsageError(
                f"the language model '{model}' cannot be reached: translating processes have no network",
                f"there is {', '.join(MODELS)}; 'transpile FILE --lm' reaches others",
            )


def executor_of(settings: Settings, sandbox: Sandbox) -> Executor:
    limits = worker_limits(settings, settings.limits.seconds)
    if settings.executor == "local":
        return LocalExecutor(settings.workers, settings.proofs, limits, sandbox)
    from transpile.api.jobs.cluster import RayExecutor

    return RayExecutor(Locally(settings.proofs, limits), settings.address, settings.workers)


def worker_limits(settings: Settings, seconds: int) -> WorkerLimits:
    memory = settings.limits.memory_mib << 20
    return WorkerLimits(
        wall_s=seconds,
        silence_s=seconds,
        cpu_s=2 * seconds,
        address_bytes=memory + (2 << 30),
        bounds=Bounds(memory_bytes=memory, cpu_s=DAY_S),
    )


def listener(host: str, port: int) -> socket.socket:
    """Bound, not yet listening; raises UsageError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host.strip("[]"), port))
    except (OSError, OverflowError) as error:
        sock.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"cannot listen on {address_of(host, port)}: {reason}", "choose another --port") from error
    return sock


def address_of(host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{shown}:{port}/"


class _Server(uvicorn.Server):
    """Told to stop, it lets event streams end, and leaves the process to say how it exits."""

    def __init__(self, config: uvicorn.Config, service: Service, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._service = service
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()
        threading.Thread(target=warm_up, args=(self._service,), daemon=True).start()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._service.stopping.set()
        super().handle_exit(sig, frame)


def warm_up(service: Service) -> None:
    """Have a worker ready before the first visitor asks: a process takes a moment to load its libraries."""
    work = Work(Lease("", 0, 1, ""), "warm.s", TALLY.encode(), {}, "riscv", {})
    service.translator.warm(work, service.stopping)
