"""Memory and processor time of a process and of all that it started, and how the memory goes over a run."""

from __future__ import annotations

import os
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ENOUGH = 15
"""Samples that a line is drawn through."""
_FIELDS = re.compile(r"^(VmRSS|RssAnon):\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Used:
    """Megabytes that are resident, megabytes of these that no file backs, and seconds of processor time."""

    resident: float = 0.0
    anonymous: float = 0.0
    cpu: float = 0.0

    def __add__(self, other: Used) -> Used:
        return Used(self.resident + other.resident, self.anonymous + other.anonymous, self.cpu + other.cpu)


def used(process: int) -> tuple[Used, Used]:
    """By the process, and by the processes below it that are alive."""
    parents: dict[int, int] = {}
    found: dict[int, Used] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                sizes = {name: int(size) * 1024 / 1e6 for name, size in _FIELDS.findall((entry / "status").read_text())}
            except OSError:
                continue
            seconds = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
            parents[int(entry.name)] = int(stat[1])
            found[int(entry.name)] = Used(sizes.get("VmRSS", 0.0), sizes.get("RssAnon", 0.0), seconds)
    below = {process}
    while more := {child for child, parent in parents.items() if parent in below} - below:
        below |= more
    return found.get(process, Used()), sum((found[child] for child in below - {process}), Used())


def over_time(megabytes: Sequence[float], jobs: int) -> dict[str, object]:
    """The mean of each quarter, the most, and by how much the second half rises for each 1,000 of the jobs.

    That is the slope of the line through the samples of the second half: one high sample at the end does not make it.
    """
    quarters = [megabytes[len(megabytes) * i // 4 : len(megabytes) * (i + 1) // 4] for i in range(4)]
    half = megabytes[len(megabytes) // 2 :]
    told: dict[str, object] = {"quarters": [round(statistics.mean(quarter), 1) for quarter in quarters if quarter]}
    told["most"] = round(max(megabytes, default=0.0), 1)
    if len(half) >= ENOUGH:
        slope = statistics.linear_regression(range(len(half)), half).slope
        told["second_half_per_1000_jobs"] = round(slope * len(megabytes) / jobs * 1000, 2)
    return told
