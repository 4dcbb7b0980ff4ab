"""The service under load: many clients submit many jobs to a real `transpile serve` on loopback.

    python benchmarks/api_load.py                             1,000 jobs of 20 files, 50 clients
    python benchmarks/api_load.py --jobs 4000                 whether the memory is flat
    python benchmarks/api_load.py --jobs 10 --files 3 --clients 4

Nothing may be lost and nothing may be there twice: every submission is sent again with its Idempotency-Key, every job
must end, and every file of it must be done exactly once with the verdict that the same file had before. Prints one
JSON object: latencies, files and blocks a second, processor time, and memory of the server and its workers over time.
The memory is flat when ``second_half_per_1000_jobs`` of it is about nothing; give 4,000 jobs to see that.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
from api_memory import Used, over_time, used

SERVE = "import sys; from transpile.cli import main; sys.exit(main())"
FUNCTION = """\t.globl {name}
\t.type {name}, @function
{name}:
\tleaq {offset}(%rdi,%rsi,{scale}), %rax
\tcmpq ${limit}, %rax
\tjle .L{name}
\tsubq ${limit}, %rax
.L{name}:
\tret
\t.size {name}, .-{name}
"""
SAMPLED_S = 1.0


@dataclass(slots=True)
class Measured:
    """Seconds of requests by kind, and what the server and its processes use, each second."""

    requests: dict[str, list[float]] = field(default_factory=dict)
    server: list[Used] = field(default_factory=list)
    workers: list[Used] = field(default_factory=list)
    problems: Counter[str] = field(default_factory=Counter)

    def took(self, kind: str, started: float) -> None:
        self.requests.setdefault(kind, []).append(time.perf_counter() - started)


@dataclass(frozen=True, slots=True)
class Load:
    jobs: int
    files: int
    clients: int
    distinct: int


def sources(load: Load) -> list[str]:
    """``distinct`` programs, each of three blocks."""
    drawn = random.Random(1)
    return [
        FUNCTION.format(
            name=f"f{number}",
            offset=drawn.randrange(1000),
            scale=drawn.choice((1, 2, 4, 8)),
            limit=drawn.randrange(9999),
        )
        for number in range(load.distinct)
    ]


async def one_job(client: httpx.AsyncClient, number: int, load: Load, texts: list[str], seen: Measured) -> str:
    """Submit twice with one key, wait for the end as events tell it, and say what is wrong; empty if nothing is."""
    drawn = random.Random(number).sample(range(load.distinct), load.files)
    files = [{"name": f"{which}.s", "source": texts[which]} for which in drawn]
    body = {"to": "riscv", "files": files, "options": {"lm": "none"}}
    ids = set()
    for kind in ("submit", "submit again"):
        started = time.perf_counter()
        answer = await client.post("/v1/jobs", json=body, headers={"Idempotency-Key": f"load-{number}"})
        seen.took(kind, started)
        if answer.status_code != 202:
            return f"submit: {answer.status_code} {answer.text[:200]}"
        ids.add(answer.json()["id"])
    if len(ids) != 1:
        return "submitted twice"
    started = time.perf_counter()
    job = await ended(client, ids.pop(), seen)
    seen.took("job", started)
    return await fault(client, job, load)


async def ended(client: httpx.AsyncClient, id: str, seen: Measured) -> dict[str, Any]:
    wait = 0.1
    while True:
        started = time.perf_counter()
        job: dict[str, Any] = (await client.get(f"/v1/jobs/{id}")).json()
        seen.took("look", started)
        if job["ended"]:
            return job
        await asyncio.sleep(wait)
        wait = min(2 * wait, 2.0)


async def fault(client: httpx.AsyncClient, job: dict[str, Any], load: Load) -> str:
    if job["state"] != "done" or not job["meets"]:
        return f"{job['state']}, meets: {job['meets']}, files: {job['files']}"
    items = (await client.get(job["links"]["files"], params={"limit": 500})).json()["items"]
    if [item["number"] for item in items] != list(range(load.files)):
        return f"{len(items)} files instead of {load.files}"
    if any(item["state"] != "done" or item["attempts"] > 1 for item in items):
        return "a file was done twice or not at all"
    events = await client.get(job["links"]["events"])
    told = Counter(re.findall(r'"number": (\d+), "name": "[^"]*", "state": "done"', events.text))
    if set(told.values()) != {1} or len(told) != load.files:
        return "an event of a file's end is missing or there twice"
    return ""


async def client_of(base: str, numbers: asyncio.Queue[int], load: Load, texts: list[str], seen: Measured) -> None:
    async with httpx.AsyncClient(base_url=base, timeout=300, trust_env=False) as client:
        while not numbers.empty():
            wrong = await one_job(client, numbers.get_nowait(), load, texts, seen)
            if wrong:
                seen.problems[wrong] += 1


async def watched(process: int, seen: Measured) -> None:
    while True:
        server, workers = used(process)
        seen.server.append(server)
        seen.workers.append(workers)
        await asyncio.sleep(SAMPLED_S)


async def run(base: str, process: int, load: Load) -> dict[str, Any]:
    texts, seen = sources(load), Measured()
    numbers: asyncio.Queue[int] = asyncio.Queue()
    for number in range(load.jobs):
        numbers.put_nowait(number)
    watching = asyncio.create_task(watched(process, seen))
    started = time.perf_counter()
    await asyncio.gather(*(client_of(base, numbers, load, texts, seen) for _ in range(load.clients)))
    seconds = time.perf_counter() - started
    watching.cancel()
    async with httpx.AsyncClient(base_url=base, timeout=60, trust_env=False) as client:
        counted = counts((await client.get("/metrics")).text)
    return summary(load, seen, seconds, counted)


def counts(metrics: str) -> dict[str, int]:
    rows = re.findall(r'^transpile_(jobs|files|blocks)\{\w+="(\w+)"\} (\d+)\.0$', metrics, re.MULTILINE)
    return {f"{what} {state}": int(number) for what, state, number in rows if number != "0"}


def summary(load: Load, seen: Measured, seconds: float, counted: dict[str, int]) -> dict[str, Any]:
    blocks = sum(number for name, number in counted.items() if name.startswith("blocks"))
    return {
        "load": {name: getattr(load, name) for name in ("jobs", "files", "clients", "distinct")},
        "seconds": round(seconds, 1),
        "stored": counted,
        "lost": load.jobs - counted.get("jobs done", 0),
        "duplicates": max(0, sum(n for name, n in counted.items() if name.startswith("jobs")) - load.jobs),
        "problems": dict(seen.problems),
        "files_per_second": round(load.jobs * load.files / seconds, 1),
        "blocks_per_second": round(blocks / seconds, 1),
        "cpu_seconds": {
            "server": seen.server[-1].cpu,
            "workers": seen.workers[-1].cpu,
            "clients": time.process_time(),
        },
        "machine": {"processors": os.cpu_count(), "load": os.getloadavg()},
        "seconds_by_request": {kind: quantiles(values) for kind, values in seen.requests.items()},
        "server_mb": over_time([use.resident for use in seen.server], load.jobs),
        "server_anonymous_mb": over_time([use.anonymous for use in seen.server], load.jobs),
        "workers_mb": over_time([use.resident for use in seen.workers], load.jobs),
    }


def quantiles(values: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=100) if len(values) > 1 else values * 99
    return {"p50": round(cuts[49], 4), "p95": round(cuts[94], 4), "p99": round(cuts[98], 4), "n": len(values)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--distinct", type=int, default=2000, help="different files; the rest is answered from before")
    parser.add_argument("--workers", type=int, default=0)
    options = parser.parse_args()
    load = Load(options.jobs, options.files, options.clients, options.distinct)
    with tempfile.TemporaryDirectory() as folder:
        words = ["serve", "--port", "0", "--database", f"{folder}/jobs.sqlite", "--workers", str(options.workers)]
        command = [sys.executable, "-P", "-c", SERVE, *words]
        begun = time.perf_counter()
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
            assert server.stderr is not None
            base = server.stderr.readline().rpartition(" ")[2].strip()
            try:
                for path in ("/", "/v1/capabilities"):
                    httpx.get(f"{base.rstrip('/')}{path}", timeout=60, trust_env=False).raise_for_status()
                usable = time.perf_counter() - begun
                result = asyncio.run(run(base, server.pid, load))
                result["usable_after_seconds"] = round(usable, 2)
            finally:
                server.terminate()
            result["server_said"] = server.stderr.read()[-2000:]
            result["server_exit"] = server.wait()
    print(json.dumps(result, indent=1))
    return 1 if result["lost"] or result["duplicates"] or result["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
