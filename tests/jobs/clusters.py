"""A Ray cluster of one processor on this machine; tests are skipped where Ray is missing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

import pytest

from transpile.api.jobs.cluster import RayExecutor
from transpile.api.jobs.executing import Executor

STORE = 80 << 20
"""Bytes; the least that Ray takes."""


@contextmanager
def ray_cluster(elsewhere: Path, make: Callable[[], Executor]) -> Iterator[RayExecutor]:
    """Started ``elsewhere`` than in the checkout, whose folders the cluster's processes would take for packages."""
    ray = pytest.importorskip("ray")
    there = {"env_vars": {"PYTHONPATH": os.pathsep.join(sys.path)}}
    if not ray.is_initialized():
        with chdir(elsewhere):
            ray.init(
                num_cpus=1,
                include_dashboard=False,
                log_to_driver=False,
                object_store_memory=80 << 20,
                runtime_env=there,
            )
    executor = RayExecutor(make)
    yield executor
    executor.close()
