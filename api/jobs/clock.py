"""The two clocks that jobs are kept by, so that tests can let them jump.

``wall`` dates what people read. ``steady`` measures how long something was silent: it never jumps, and says nothing
between processes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds: ``wall`` since 1970, ``steady`` since whenever."""

    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
