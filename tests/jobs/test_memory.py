"""What a process keeps of memory that its threads do not use any more."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

AT_ONCE = 4
LONG_BYTES = 24 << 20
PROGRAM = f"""
import os, threading
from transpile.api.jobs.memory import settle

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

def take_long_bodies(kept):
    for _ in range(3):
        body = bytearray({LONG_BYTES})
        body[::4096] = b"x" * len(body[::4096])
        kept.append(bytes(600))
        del body
    taken.wait()
    looked.wait()

settle()
taken, looked = threading.Barrier({AT_ONCE} + 1), threading.Event()
threads = [threading.Thread(target=take_long_bodies, args=([],)) for _ in range({AT_ONCE})]
before = resident()
for thread in threads:
    thread.start()
taken.wait()
print(resident() - before)
looked.set()
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="another C library than glibc")
def test_threads_give_long_bodies_back() -> None:
    """Unsettled, each thread keeps one of them."""
    shown = subprocess.run([sys.executable, "-P", "-c", PROGRAM], capture_output=True, text=True, timeout=60)
    assert shown.returncode == 0, shown.stderr
    assert int(shown.stdout) < LONG_BYTES
