"""``python -m transpile.api.jobs`` as a process: it does jobs, ends when told, and says what is wrong."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from transpile.api.jobs import JobStore, NewFile, NewJob
from transpile.errors import UsageError

COMMAND = [sys.executable, "-P", "-m", "transpile.api.jobs"]


def test_it_does_jobs_until_it_is_told_to_end(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    with subprocess.Popen([*COMMAND, path, "--slots", "1"], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "with 1 slots" in process.stderr.readline()
        store = JobStore(path)
        job = store.submit(NewJob("aarch64", (NewFile("f.s", b".globl f\nf:\n    movq %rdi, %rax\n    ret\n"),))).job
        end = time.monotonic() + 60.0
        while store.job(job.id).ended is None and time.monotonic() < end:
            time.sleep(0.05)
        process.terminate()
        assert process.wait(30.0) == 0
    assert store.job(job.id).meets
    assert store.block(job.id, "0.0").row["verdict"] == "proved"
    assert store.file(job.id, 0).row is not None
    assert not store.database.engine.pool.checkedout()  # type: ignore[attr-defined]
    store.close()


def test_a_database_that_cannot_be_is_refused(tmp_path: Path) -> None:
    done = subprocess.run([*COMMAND, "mysql://somewhere/x"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "error: a store of jobs cannot be in 'mysql'")
    with pytest.raises(UsageError):
        JobStore("no such thing://x")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = subprocess.run([*COMMAND, tmp_path / "no" / "x.sqlite"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "unable to open database file" in done.stderr and "Traceback" not in done.stderr
