"""How often one key may ask: a bucket of requests for each, filled evenly over a minute.

Kept in memory: several servers on one database each allow the rate.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MINUTE = 60.0
MOST_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """``reset`` and ``wait`` in whole seconds: until the bucket is full, and until one request is in it again."""

    allowed: bool
    limit: int
    remaining: int
    reset: int
    wait: int

    def headers(self) -> dict[str, str]:
        rows = {"RateLimit-Limit": self.limit, "RateLimit-Remaining": self.remaining, "RateLimit-Reset": self.reset}
        if not self.allowed:
            rows["Retry-After"] = self.wait
        return {name: str(value) for name, value in rows.items()}


class Rates:
    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, owner: str, limit: int | None = None) -> Allowance | None:
        """Take one request of ``owner``, whose own ``limit`` goes before the general one; None where there is none."""
        limit = self._limit if limit is None else limit
        if not limit:
            return None
        now = self._clock()
        held, then = self._buckets.pop(owner, (float(limit), now))
        held = min(limit, held + max(now - then, 0.0) * limit / MINUTE)
        allowed = held >= 1
        held -= allowed
        self._buckets[owner] = (held, now)
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return Allowance(allowed, limit, int(held), _seconds(limit - held, limit), _seconds(1 - held, limit))


def _seconds(requests: float, limit: int) -> int:
    return math.ceil(max(requests, 0.0) * MINUTE / limit)
