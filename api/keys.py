"""What API keys may do, and who needs none. The store makes keys and keeps only their hashes."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from transpile.errors import UsageError

SCOPES = ("read", "write", "admin")
QUOTAS = {
    "requests": "requests a minute",
    "jobs": "jobs in 24 hours",
    "files": "files queued and running",
}
"""What a key's own quotas may bound, instead of the server's limits."""


def scopes_from(words: Iterable[str]) -> tuple[str, ...]:
    """In the order of ``SCOPES``; ``admin`` includes the others, ``write`` includes ``read``.

    Raises:
        UsageError: a word that is no scope.
    """
    given = list(words)
    for word in given:
        if word not in SCOPES:
            raise UsageError(f"'{word}' is not a scope", f"there are {', '.join(SCOPES)}")
    last = max((SCOPES.index(word) for word in given), default=0)
    return SCOPES[: last + 1]


def quotas_from(words: Iterable[str]) -> dict[str, int]:
    """``NAME=N``; raises UsageError."""
    quotas: dict[str, int] = {}
    for word in words:
        name, _, number = word.partition("=")
        if name not in QUOTAS or not number.isascii() or not number.isdigit() or not 0 < len(number) < 10:
            known = "; ".join(f"{name}: {meaning}" for name, meaning in QUOTAS.items())
            raise UsageError(f"'{word}' is not a quota", f"give NAME=N, with one of {known}")
        quotas[name] = int(number)
    return quotas


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
