"""API keys: what they look like, what is kept of them, and what each may do.

A key is ``tp_<id>_<secret>``; the secret is 256 random bits, so that its SHA-256 can be kept and nothing can be found
from that. The id finds the row, the digest is compared in constant time. Whoever reads the database gets no key.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from transpile.errors import UsageError

SCOPES = ("read", "write", "admin")
_FORM = re.compile(r"tp_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class NewKey:
    """``text`` is shown once and never kept."""

    id: str
    text: str
    digest: str


def new_key() -> NewKey:
    identity = secrets.token_hex(8)
    text = f"tp_{identity}_{secrets.token_urlsafe(32)}"
    return NewKey(identity, text, digest_of(text))


def id_of(text: str) -> str | None:
    """The id in a key; None for what is no key."""
    found = _FORM.fullmatch(text)
    return found[1] if found else None


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def matches(text: str, digest: str) -> bool:
    return hmac.compare_digest(digest_of(text), digest)


def scopes_from(words: Sequence[str]) -> tuple[str, ...]:
    """In the order of ``SCOPES``; ``admin`` includes the others, ``write`` includes ``read``.

    Raises:
        UsageError: a word that is no scope.
    """
    for word in words:
        if word not in SCOPES:
            raise UsageError(f"'{word}' is not a scope", f"there are {', '.join(SCOPES)}")
    last = max((SCOPES.index(word) for word in words), default=0)
    return SCOPES[: last + 1]


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def key_in(header: str, authorization: str) -> str:
    """The key that a request carries, empty without one. ``X-API-Key`` goes before ``Authorization: Bearer``."""
    if header:
        return header.strip()
    scheme, _, value = authorization.partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""
