"""What a process that serves keeps of memory that it does not use any more: as little as its allocator can.

glibc gives each thread a heap of its own and hands back what lies at its end alone. Each of some thirty threads would
keep what it once needed most, and after one long body a heap would keep as much again as that. So all threads share
one heap here, which costs nothing that can be measured beside the interpreter's lock, and long pieces stay apart.
"""

from __future__ import annotations

import ctypes

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""The names of these settings in glibc's malloc.h."""
APART_BYTES = 128 << 10
"""What is this long goes back to the system as soon as it is freed. It is glibc's value too, until it is set: then it
does not grow with what is freed."""
HEAPS = 1


def settle() -> None:
    """To be called before the first thread begins. Other C libraries than glibc have nothing to be set."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, HEAPS)
        mallopt(M_MMAP_THRESHOLD, APART_BYTES)
