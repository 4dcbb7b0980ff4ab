"""The worker process: its protocol, its limits, and what units can do in it."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from transpile.directions import Asked, Unit
from transpile.directions.protocol import Request, Row, line_of, request_from, request_row, row_of
from transpile.directions.remote import Limits, Worker, WorkerLost
from transpile.errors import UsageError
from transpile.sandbox import Bounds, Sandbox
from transpile.sandbox.running import descendants

RULES = {"lm": "none"}
TINY = b"\t.text\n\t.globl f\n\t.type f, @function\nf:\n\tmovl %edi, %eax\n\tret\n"
KINDS = Sandbox.available()


def ask(worker: Worker, unit: Unit, to: str = "riscv", **options: object) -> list[Row]:
    return list(worker.ask(Request("7", unit, Asked(to, {**RULES, **options}))))


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(Sandbox.detect()) as started:
        yield started


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.kind)
def test_events_come_before_the_result(kind: Sandbox, tmp_path: Path) -> None:
    with Worker(kind, store=tmp_path / "store" / "proofs.sqlite") as worker:
        rows = ask(worker, Unit("a.s", TINY))
        assert [row["event"] for row in rows] == ["started", "progress", "block", "progress", "progress", "done"]
        assert {row["id"] for row in rows} == {"7"}
        result = rows[-1]["result"]
        assert result["verdicts"]["proved"] == 1 and result["meets"] is True
        assert b"ret" in base64.b64decode(result["files"]["a.s"])
        lines = base64.b64decode(result["files"]["a.s"]).decode().splitlines()
        (place,) = result["layout"]
        assert (place["function"], place["label"], place["successors"]) == ("f", "f", [])
        assert lines[place["lines"][0] - 1] == "f:" and lines[place["lines"][1] - 1].split()[0] == "ret"
        assert rows[2]["block"] == result["functions"][0]["blocks"][0]
        assert (tmp_path / "store" / "proofs.sqlite").exists()


@pytest.mark.skipif(shutil.which("cobc") is None, reason="needs GnuCOBOL")
def test_code_of_strangers_gets_a_process_of_its_own_without_the_store(tmp_path: Path) -> None:
    store = tmp_path / "store" / "proofs.sqlite"
    savings = Path(__file__).parents[2] / "examples" / "savings.cob"
    with Worker(Sandbox.detect(), store=store) as worker:
        assert worker.running is not None
        pid = worker.running.process.pid
        rows = worker.ask(Request("7", Unit("a.cob", savings.read_bytes()), Asked("python", RULES)))
        assert next(rows)["event"] == "started"
        assert worker.running is not None and worker.running.process.pid != pid
        assert [*rows][-1]["result"]["meets"] is True
        assert not worker.alive and not store.exists()
        assert ask(worker, Unit("a.s", TINY))[-1]["event"] == "done"
        assert store.exists()


def test_one_worker_does_many_units(worker: Worker) -> None:
    pid = worker.running.process.pid if worker.running else 0
    assert ask(worker, Unit("a.s", TINY))[-1]["event"] == "done"
    assert ask(worker, Unit("b.s", b"\tnonsense!\n"))[-1]["event"] == "error"
    assert ask(worker, Unit("c.s", TINY), "aarch64")[-1]["result"]["target"] == "aarch64"
    assert worker.running is not None and worker.running.process.pid == pid


def test_errors_say_whose_they_are_and_where(worker: Worker) -> None:
    (row,) = ask(worker, Unit("a.s", b"\t.text\nf:\n\tblah %eax\n\t.macro\n"))
    assert row["kind"] == "input"
    assert row["diagnostics"][0]["line"] > 0
    (row,) = ask(worker, Unit("../a.s", TINY))
    assert row["kind"] == "input" and "cannot be the name of a file" in row["diagnostics"][0]["message"]
    (row,) = ask(worker, Unit("a.s", TINY), require="everything")
    assert row["kind"] == "input" and row["diagnostics"][0]["hint"] == "it must be one of proved, tested, any"


def test_a_missing_tool_is_not_the_fault_of_the_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSPILE_RISCV_AS", "no-such-assembler")
    with Worker(Sandbox.detect()) as worker:
        (row,) = ask(worker, Unit("a.s", TINY))
    assert row["kind"] == "tool"
    assert "no-such-assembler" in row["diagnostics"][0]["message"]


LEAKS = [
    ("a.S", "riscv", b'#include "/etc/passwd"\n'),
    ("a.S", "riscv", b'#include "{secret}"\n'),
    ("a.c", "cuda", b'#include "/etc/passwd"\nvoid f(int n, int *a) { for (int i = 0; i < n; i++) a[i] = 0; }\n'),
    ("a.c", "cuda", b'#include "{secret}"\nvoid f(int n, int *a) { for (int i = 0; i < n; i++) a[i] = 0; }\n'),
    ("a.s", "riscv", TINY + b'\t.data\nd:\t.incbin "/etc/passwd"\n\t.incbin "{secret}"\n'),
    ("a.cob", "python", b"       IDENTIFICATION DIVISION.\n       PROGRAM-ID. A.\n       COPY '{secret}'.\n"),
]


@pytest.mark.parametrize(("name", "to", "content"), LEAKS)
def test_units_tell_nothing_of_this_machine(name: str, to: str, content: bytes, worker: Worker, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2 is the password\n")
    rows = ask(worker, Unit(name, content.replace(b"{secret}", str(secret).encode())), to)
    said = json.dumps(rows)
    assert "hunter2" not in said and "root:x:" not in said
    assert rows[-1]["event"] == "error" or not rows[-1]["result"]["files"]


def test_code_of_a_unit_finds_no_secret(tmp_path: Path) -> None:
    """What GnuCOBOL runs for a unit reads a file outside: what it prints would be in the tests that are made."""
    if not Sandbox.detect().isolates:
        pytest.skip(Sandbox.detect().reason)
    secret = tmp_path / "secret"
    secret.write_text("hunter2\n")
    lines = [
        "IDENTIFICATION DIVISION.", "PROGRAM-ID. A.", "ENVIRONMENT DIVISION.", "INPUT-OUTPUT SECTION.",
        "FILE-CONTROL.", f"    SELECT F ASSIGN TO '{secret}'", "    ORGANIZATION LINE SEQUENTIAL FILE STATUS S.",
        "DATA DIVISION.", "FILE SECTION.", "FD F.", "01 R PIC X(20).", "WORKING-STORAGE SECTION.", "01 S PIC XX.",
        "PROCEDURE DIVISION.", "MAIN-LINE.", "    OPEN INPUT F.", "    READ F.", "    DISPLAY R.", "    STOP RUN.",
    ]  # fmt: skip
    with Worker(Sandbox.detect()) as worker:
        rows = ask(worker, Unit("a.cob", "\n".join(lines).encode() + b"\n"), "python", layout="free")
    said = json.dumps(rows) + "".join(
        base64.b64decode(text).decode() for text in rows[-1].get("result", {}).get("files", {}).values()
    )
    assert "hunter2" not in said


def test_a_unit_without_end_is_given_up() -> None:
    limits = Limits(wall_s=1.5)
    with Worker(Sandbox.detect(), limits) as worker:
        stop(worker)
        with pytest.raises(WorkerLost, match=r"more than 1\.5 seconds") as caught:
            ask(worker, Unit("a.s", TINY))
        assert caught.value.cause == "time"
        assert not worker.alive


def test_a_worker_that_says_nothing_is_given_up() -> None:
    with Worker(Sandbox.detect(), Limits(silence_s=1.0)) as worker:
        stop(worker)
        with pytest.raises(WorkerLost) as caught:
            ask(worker, Unit("a.s", TINY))
        assert caught.value.cause == "silent"
        worker.limits = Limits()
        assert ask(worker, Unit("a.s", TINY))[-1]["event"] == "done"


def process_of(worker: Worker) -> int:
    """The worker's own process, wherever it is below the sandbox."""
    assert worker.running is not None
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in descendants(worker.running.process.pid)}
    return [pid for pid, words in commands.items() if b"transpile.directions.worker" in words][-1]


def stop(worker: Worker) -> None:
    subprocess.run(["kill", "-STOP", str(process_of(worker))], check=True)


def used_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_worker_that_dies_is_told_and_started_anew() -> None:
    with Worker(Sandbox.detect()) as worker:
        assert worker.running is not None
        worker.running.process.send_signal(signal.SIGKILL)
        worker.running.process.wait()
        assert not worker.alive
        assert ask(worker, Unit("a.s", TINY))[-1]["event"] == "done"


def test_a_worker_that_takes_too_much_memory_is_ended() -> None:
    bounds = Bounds(memory_bytes=60 << 20, cpu_s=86_400)
    with (
        Worker(Sandbox.detect(), Limits(bounds=bounds)) as worker,
        pytest.raises(WorkerLost, match="more than 60 MiB of memory") as caught,
    ):
        ask(worker, Unit("a.s", TINY))
    assert caught.value.cause == "memory"


def test_processor_time_is_for_each_unit() -> None:
    """A worker that has used more than one unit may have goes on with the next."""
    with Worker(Sandbox.detect(), Limits(cpu_s=2)) as worker:
        pid = process_of(worker)
        bound = used_s(pid) + 3
        while used_s(pid) < bound:
            assert ask(worker, Unit("a.s", TINY))[-1]["event"] == "done"
        assert process_of(worker) == pid


def test_what_a_listener_leaves_is_not_mixed_with_the_next(worker: Worker) -> None:
    rows = worker.ask(Request("1", Unit("a.s", TINY), Asked("riscv", RULES)))
    assert next(rows)["event"] == "started"
    rows.close()  # type: ignore[attr-defined]
    assert not worker.alive
    assert {row["id"] for row in ask(worker, Unit("a.s", TINY))} == {"7"}


def test_requests_survive_the_way() -> None:
    unit = Unit("d/ä.s", b"\xff\0\n", {"b.h": b"\r\n"})
    request = Request("x", unit, Asked("riscv", {"seed": 3, "include": ["d"]}))
    assert request_from(row_of(line_of(request_row(request)))) == request


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b"3", b'{"id": 3}', b'{"id": "1", "unit": {}, "asked": {}}', b"[" * 100_000, b"\xff\n",
     b'{"id": "1", "unit": {"name": "a", "content": "%%%"}, "asked": {"to": "riscv"}}',
     b'{"id": "1", "unit": {"name": "a", "content": "", "companions": {"b": 3}}, "asked": {"to": "riscv"}}',
     b'{"id": "1", "unit": {"name": "a", "content": "", "companions": []}, "asked": {"to": "riscv"}}'],
)  # fmt: skip
def test_nonsense_is_refused(line: bytes) -> None:
    with pytest.raises(UsageError):
        request_from(row_of(line))


def test_the_process_answers_nonsense_and_ends_with_its_input() -> None:
    good = line_of(request_row(Request("1", Unit("a.s", TINY), Asked("riscv", RULES))))
    command = [sys.executable, "-P", "-m", "transpile.directions.worker"]
    done = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.stdin is not None and done.stdout is not None and done.stderr is not None
    done.stdin.write(b"nonsense\n" + good)
    done.stdin.flush()
    rows = []
    while not rows or rows[-1]["event"] != "done":
        rows.append(row_of(done.stdout.readline()))
    done.stdin.close()
    assert done.wait(60) in (0, -signal.SIGKILL)
    for stream in (done.stdout, done.stderr):
        stream.close()
    assert [row["event"] for row in rows[:2]] == ["ready", "error"]
    assert rows[1]["kind"] == "input"
