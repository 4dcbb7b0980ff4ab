"""What a command in a sandbox cannot do, in every kind that works on this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from transpile.sandbox import Bounds, Running, Sandbox, View
from transpile.sandbox.running import descendants

KINDS = Sandbox.available()
ROOMS = [one for one in KINDS if one.isolates]
WHY = KINDS[-1].reason or "a test needs bubblewrap or user namespaces"
PATIENCE_S = 120.0
"""How long a slow machine may take."""
PYTHON = View(readable=(Path(sys.prefix), Path(sys.base_prefix)))


@pytest.fixture(params=["bubblewrap", "namespaces"])
def room(request: pytest.FixtureRequest) -> Sandbox:
    found = [one for one in ROOMS if one.kind == request.param]
    if not found:
        pytest.skip(f"no {request.param} here: {WHY}")
    return found[0]


@pytest.fixture(params=KINDS, ids=lambda one: one.kind)
def any_kind(request: pytest.FixtureRequest) -> Sandbox:
    assert isinstance(request.param, Sandbox)
    return request.param


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text("hunter2")
    return path


def said(running: Running, seconds: float = PATIENCE_S) -> tuple[int | None, str]:
    assert running.process.stdout is not None
    try:
        status = running.wait(seconds)
        return status, running.process.stdout.read().decode() if status is not None else ""
    finally:
        running.kill()


def shell(sandbox: Sandbox, script: str, view: View = PYTHON, bounds: Bounds | None = None) -> tuple[int | None, str]:
    command = ["/bin/sh", "-c", script]
    return said(sandbox.start(command, view, bounds or Bounds(), subprocess.STDOUT))


def python(sandbox: Sandbox, script: str, bounds: Bounds | None = None) -> tuple[int | None, str]:
    command = [sys.executable, "-I", "-c", script]
    return said(sandbox.start(command, PYTHON, bounds or Bounds(), subprocess.STDOUT))


def test_the_kind_says_why_it_is_not_a_stronger_one() -> None:
    assert Sandbox.detect() == KINDS[0]
    assert [one.kind for one in KINDS][-1] == "bounds"
    assert all(one.reason for one in KINDS[:1] if one.kind != "bubblewrap")


def test_a_command_runs_and_is_answered(any_kind: Sandbox) -> None:
    running = any_kind.start(["/bin/cat"])
    assert running.process.stdin is not None
    running.process.stdin.write(b"hello")
    running.process.stdin.close()
    assert said(running) == (0, "hello")


def test_its_exit_status_is_told(any_kind: Sandbox) -> None:
    assert shell(any_kind, "exit 7")[0] == 7


def test_the_network_is_refused(room: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        script = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
        status, text = python(room, script)
    assert status == 1
    assert "Connection refused" in text or "unreachable" in text


def test_a_file_outside_is_not_there(room: Sandbox, secret: Path) -> None:
    status, text = shell(room, f"cat {secret}; cat /etc/passwd")
    assert status is not None
    assert "hunter2" not in text and "root:" not in text
    assert text.count("No such file") == 2


def test_what_is_shown_can_be_read_and_not_written(room: Sandbox, secret: Path) -> None:
    view = View(readable=(secret.parent,))
    status, text = shell(room, f"cat {secret}; echo more > {secret}; echo more > {secret.parent}/new", view)
    assert status != 0
    assert text.startswith("hunter2") and text.count("Read-only file system") == 2
    assert secret.read_text() == "hunter2"
    assert [path.name for path in secret.parent.iterdir()] == ["secret"]


@pytest.mark.parametrize("place", ["/", "/usr", "/usr/bin", "/etc", "/dev", "/proc/sys/kernel", "/lib"])
def test_the_system_cannot_be_written_to(room: Sandbox, place: str) -> None:
    status, text = shell(room, f"echo x > {place}/written-by-a-test")
    assert status != 0
    assert not Path(place, "written-by-a-test").exists(), text


def test_settings_of_the_kernel_cannot_be_changed(room: Sandbox) -> None:
    """What would be written is what is there: a sandbox that fails the test does no harm."""
    status, text = shell(room, "cd /proc/sys/kernel; cat core_pattern > core_pattern")
    assert status != 0
    assert "Read-only" in text or "Permission denied" in text


def test_it_may_write_where_it_is_told_to_and_in_a_folder_of_its_own(room: Sandbox, tmp_path: Path) -> None:
    status, text = shell(room, f"echo kept > {tmp_path}/kept; echo gone > gone; cat gone; pwd", View((), (tmp_path,)))
    assert (status, text) == (0, "gone\n/tmp\n")
    assert (tmp_path / "kept").read_text() == "kept\n"
    assert not Path("/tmp/gone").exists()


def test_two_sandboxes_do_not_share_a_folder(room: Sandbox) -> None:
    first = room.start(["/bin/sh", "-c", "echo x > mine; cat; ls"], stderr=subprocess.STDOUT)
    assert "mine" not in shell(room, "ls")[1].split()
    assert first.process.stdin is not None
    first.process.stdin.close()
    assert "mine" in said(first)[1].split()


def test_it_sees_no_process_of_others_and_has_no_capability(room: Sandbox) -> None:
    status, text = shell(room, f"kill -9 {os.getpid()}; ls -d /proc/[0-9]* | wc -l; grep CapEff /proc/self/status")
    assert status == 0
    assert int(text.splitlines()[-2]) < 8
    assert text.splitlines()[-1].endswith("0000000000000000")


def test_nothing_of_the_environment_gets_in(any_kind: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    assert "hunter2" not in shell(any_kind, "env")[1]
    assert "TOLD=yes" in shell(any_kind, "env", View(environment={"TOLD": "yes"}))[1]


def test_a_text_that_looks_like_a_command_is_none(any_kind: Sandbox, tmp_path: Path) -> None:
    hostile = f"$(touch {tmp_path}/pwned); `touch {tmp_path}/pwned`"
    view = View(environment={"X": hostile}, writable=(tmp_path,) if any_kind.isolates else ())
    running = any_kind.start(["/bin/echo", hostile], view)
    assert said(running) == (0, f"{hostile}\n")
    assert not (tmp_path / "pwned").exists()


def test_a_fork_bomb_is_bounded(room: Sandbox) -> None:
    """By the kernel where the command is not root's, and in every case by who watches."""
    running = room.start(["/bin/sh", "-c", "b() { b | b & b; }; b"], bounds=Bounds(processes=40))
    pid = running.process.pid
    most = 0
    deadline = time.monotonic() + 2.0
    while time.monotonic() < deadline and running.process.poll() is None:
        found = list(descendants(pid))
        most = max(most, len(found))
        time.sleep(0.02)
    running.kill()
    assert gone(found)
    assert running.overrun == "it started more than 40 processes" or most <= 45


def test_more_processes_than_allowed_are_ended(any_kind: Sandbox) -> None:
    script = "import os, time\nfor _ in range(60):\n  if not os.fork(): time.sleep(100)\ntime.sleep(100)"
    running = any_kind.start([sys.executable, "-I", "-c", script], PYTHON, Bounds(processes=40))
    assert running.wait(PATIENCE_S) not in (None, 0)
    running.kill()


def test_memory_is_bounded_for_all_processes_together(any_kind: Sandbox) -> None:
    hog = "import os, time\nos.fork()\nheld = []\nwhile True: held.append(bytearray(8 << 20)); time.sleep(0.01)"
    running = any_kind.start([sys.executable, "-I", "-c", hog], PYTHON, Bounds(memory_bytes=300 << 20))
    assert running.wait(PATIENCE_S) is not None
    assert running.overrun == "it took more than 300 MiB of memory"
    running.kill()


def test_the_private_folder_is_bounded(room: Sandbox) -> None:
    bounds = Bounds(scratch_bytes=4 << 20)
    status, text = shell(room, "head -c 8000000 /dev/zero > big", bounds=bounds)
    assert status != 0
    assert "No space left" in text


def test_a_file_is_bounded(any_kind: Sandbox) -> None:
    status, _ = shell(any_kind, "head -c 3000000 /dev/zero > big; wc -c < big", bounds=Bounds(file_bytes=1 << 20))
    assert status == 0
    assert int(shell(any_kind, "head -c 3000000 /dev/zero > big; wc -c < big",
                     bounds=Bounds(file_bytes=1 << 20))[1].split()[-1]) <= 1 << 20  # fmt: skip


def test_an_endless_loop_is_ended(any_kind: Sandbox) -> None:
    status, _ = shell(any_kind, "while :; do :; done", bounds=Bounds(cpu_s=1))
    assert status not in (None, 0)


def test_a_command_that_sleeps_is_killed_with_its_children(any_kind: Sandbox) -> None:
    running = any_kind.start(["/bin/sh", "-c", "sleep 1000 & sleep 1000"])
    found = below(running.process.pid, "sleep", 2)
    running.kill()
    assert gone(found)


def test_it_ends_with_its_parent(any_kind: Sandbox, tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from transpile.sandbox import Sandbox\n"
        f"sandbox = next(one for one in Sandbox.available() if one.kind == {any_kind.kind!r})\n"
        "print(sandbox.start(['/bin/sleep', '1000']).process.pid, flush=True)\n"
        "time.sleep(1000)\n"
    )
    parent = subprocess.Popen([sys.executable, "-P", "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    found = below(pid, "sleep", 1)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone(found)


def test_a_thread_that_ends_does_not_end_what_it_started(any_kind: Sandbox) -> None:
    import threading

    started: list[Running] = []
    thread = threading.Thread(target=lambda: started.append(any_kind.start(["/bin/cat"])))
    thread.start()
    thread.join()
    time.sleep(0.3)
    assert started[0].process.poll() is None
    started[0].kill()


def test_killing_twice_is_harmless(any_kind: Sandbox) -> None:
    running = any_kind.start(["/bin/sleep", "1000"])
    running.kill()
    running.kill()
    assert running.process.returncode is not None


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path: Path) -> Iterator[None]:
    yield
    assert not list(Path("/tmp").glob("written-by-a-test"))


def below(pid: int, name: str, count: int) -> list[int]:
    """``pid`` and all below it, once ``count`` of them are called ``name``."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = list(descendants(pid))
        if sum(name_of(one) == name for one in found) >= count:
            return found
        time.sleep(0.02)
    raise AssertionError(f"no {count} processes {name!r} below {pid}")


def name_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def gone(pids: Sequence[int]) -> bool:
    """Whether all of them are ended; the kernel may take a moment."""
    deadline = time.monotonic() + PATIENCE_S
    while any(alive(one) for one in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(alive(one) for one in pids)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
