"""A whole server, killed at random moments while it takes jobs in and does them."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

HASTY = """
import functools, sys
from transpile.api import service
from transpile.api.jobs import queue
from transpile.cli import main
queue.BACKOFF_S = 0.05
service.Dispatcher = functools.partial(service.Dispatcher, lease_s=0.5)
sys.exit(main())
"""
"""`transpile serve` that gives dead servers up soon."""
SOURCE = "\t.globl f\n\t.type f, @function\nf:\n\tleaq {number}(%rdi,%rsi,4), %rax\n\tret\n"
JOBS, FILES = 10, 3
KILLS = 2


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    words = ["serve", "--port", "0", "--workers", "2", "--database", str(folder / "jobs.sqlite")]
    environment = {**os.environ, "XDG_DATA_HOME": str(folder)}
    command = [sys.executable, "-P", "-c", HASTY, *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stderr is not None
            found = re.fullmatch(r"transpile serves at (http://\S+/)\n", process.stderr.readline())
            assert found
            with httpx.Client(base_url=found[1], timeout=60, trust_env=False) as client:
                yield process, client
        finally:
            process.kill()


def submit_all(client: httpx.Client, told: dict[int, str]) -> None:
    """Under the same keys in every round; a job that was told of stays the one it was."""
    for job in range(JOBS):
        files = [{"name": f"{i}.s", "source": SOURCE.format(number=job * FILES + i)} for i in range(FILES)]
        body = {"to": "riscv", "files": files, "options": {"lm": "none"}}
        answer = client.post("/v1/jobs", json=body, headers={"Idempotency-Key": f"job {job}"})
        assert answer.status_code == 202, answer.text
        assert told.setdefault(job, answer.json()["id"]) == answer.json()["id"]


def ended(client: httpx.Client, id: str) -> Any:
    until = time.monotonic() + 60
    while not (job := client.get(f"/v1/jobs/{id}").json())["ended"]:
        assert time.monotonic() < until, job
        time.sleep(0.05)
    return job


def test_a_server_that_is_killed_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    told: dict[int, str] = {}
    for _ in range(KILLS):
        with serving(tmp_path) as (process, client):
            killing = threading.Timer(random.uniform(0.0, 1.5), process.kill)
            killing.start()
            with suppress(httpx.TransportError):
                submit_all(client, told)
            killing.join()
    with serving(tmp_path) as (_, client):
        submit_all(client, told)
        for id in told.values():
            job = ended(client, id)
            assert (job["state"], job["meets"], job["files"]["done"]) == ("done", True, FILES)
            events = client.get(f"/v1/jobs/{id}/events").text
            assert Counter(re.findall(r'"number": (\d+), "name": "[^"]*", "state": "done"', events)) == Counter(
                map(str, range(FILES))
            )
            assert re.findall(r"^id: (\d+)", events, re.MULTILINE) == [
                str(number + 1) for number in range(events.count("\nid: "))
            ]
        assert len(client.get("/v1/jobs", params={"limit": 500}).json()["items"]) == JOBS
