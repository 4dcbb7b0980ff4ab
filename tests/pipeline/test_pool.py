"""Workers that die, hang or run out of memory cost one block, and how many there are changes nothing."""

from __future__ import annotations

import mmap
import os
import signal
import time

import pytest

import transpile
from transpile import pipeline, pool
from transpile.errors import SourceError, SourceErrors, Span, ToolError, TranspileError
from transpile.options import Options

BLOCK = "{name}:\n\tleal {n}(%rdi), %eax\n\tret\n\t.size {name}, .-{name}\n"


def source(count: int) -> str:
    parts = ["\t.text\n"]
    for n in range(count):
        parts.append(f"\t.globl f{n}\n\t.type f{n}, @function\n" + BLOCK.format(name=f"f{n}", n=n))
    return "".join(parts)


def blocks(payload: str, skip: pool.Skip, beat: pool.Beat) -> list[str]:
    """Does what the words of ``payload`` say, one block each."""
    done = []
    for number, word in enumerate(payload.split()):
        if ("f", str(number)) in skip:
            done.append(skip["f", str(number)])
            continue
        beat("f", str(number))
        match word:
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "leave":
                os._exit(3)
            case "hang":
                time.sleep(60)
            case "refuse":
                raise SourceErrors([SourceError(Span("x.s", 3, 2), "no")])
            case "crash":
                raise ZeroDivisionError("of ours")
            case "grow":
                done.append(str(len(bytearray(8 << 30))))
        done.append(word)
    return done


def test_results_stand_in_the_order_of_the_payloads() -> None:
    payloads = ["a", "b c", "d", "e f g", "h"]
    assert pool.run(blocks, payloads, 2) == [payload.split() for payload in payloads]


def test_a_worker_that_dies_costs_one_block() -> None:
    killed, left = pool.run(blocks, ["a die b", "a leave b"], 2)
    assert killed == ["a", "its worker process died (SIGKILL)", "b"]
    assert left == ["a", "its worker process died (exit status 3)", "b"]


def test_a_worker_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "SILENCE", 0.3)
    assert pool.run(blocks, ["a hang b"], 1) == [["a", "no answer within 0 seconds", "b"]]


def test_errors_come_back_as_they_are() -> None:
    refused, crashed = pool.run(blocks, ["refuse", "crash"], 1)
    assert isinstance(refused, SourceErrors)
    assert str(refused) == "x.s:3:2: no"
    assert isinstance(crashed, ToolError)
    assert "ZeroDivisionError of ours" in crashed.message


def test_memory_of_a_worker_is_bounded() -> None:
    (result,) = pool.run(blocks, ["grow"], 1)
    assert isinstance(result, ToolError)
    assert "MemoryError" in result.message


def test_jobs_that_kill_every_worker_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "LOSSES", 1)
    (result,) = pool.run(blocks, ["die die die die"], 1)
    assert isinstance(result, TranspileError)


@pytest.mark.parametrize("to", ["riscv", "aarch64"])
def test_the_number_of_processes_changes_nothing(to: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "PARALLEL", 5)
    text = source(20)
    alone = transpile.translate(text, to, options=Options(jobs=1))
    assert alone.meets("proved")
    assert transpile.translate(text, to, options=Options(jobs=3)) == alone


def test_progress_counts_every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "PARALLEL", 5)
    for jobs in (1, 2):
        seen: list[tuple[int, int]] = []
        transpile.translate(
            source(12), options=Options(jobs=jobs), progress=lambda a, b, seen=seen: seen.append((a, b))
        )
        assert seen == sorted(seen)
        assert seen[-1] == (12, 12)


@pytest.mark.parametrize("jobs", [1, 2])
def test_many_files_at_once(jobs: int) -> None:
    files = [(source(1), "a.s"), ("\tbad instruction\n", "b.s"), (source(3), "c.s")]
    a, b, c = transpile.translate_many(files, "riscv", options=Options(jobs=jobs))
    assert isinstance(a, transpile.Translation) and isinstance(c, transpile.Translation)
    assert (a.file, c.file) == ("a.s", "c.s")
    assert (a.verdicts["proved"], c.verdicts["proved"]) == (1, 3)
    assert isinstance(b, SourceErrors)
    assert "b.s:1" in str(b)


def test_what_the_caller_has_mapped_takes_nothing_from_its_workers() -> None:
    with mmap.mmap(-1, pool.MEMORY + (1 << 30), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ):
        results = pool.run(sizes, [100 << 20, 100 << 20], 2)
    assert results == [100 << 20, 100 << 20]


def sizes(payload: int, skip: pool.Skip, beat: pool.Beat) -> int:
    return len(bytearray(payload))
