"""Webhooks: a signed POST to an address of the client's when a job ends, tried again until it is taken.

``Transpile-Signature: t=<seconds>,v1=<hex>`` is HMAC-SHA256 over ``<seconds>.<body>`` with the client's secret. A name
is resolved once, every address it has must be a public one, and the connection goes to the address that was looked at:
a name that changes between the look and the connection gains nothing. Redirects are not followed, answers not read.

The HTTP client is loaded when the first address is looked at: a server starts without it.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import json
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import httpx

Resolve: TypeAlias = Callable[[str, int], Sequence[str]]

TIMEOUT_S = 10.0
WHOLE_S = 20.0
_EMBEDDING = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


class AddressRefused(Exception):
    """The webhook's address is not one that this server may be sent to."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect (``address``), and who is meant to be there (``url``)."""

    url: httpx.URL
    address: str

    def request_url(self) -> httpx.URL:
        return self.url.copy_with(host=self.address)


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name; raises AddressRefused when it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused(f"'{host}' has no address") from error
    return [str(entry[4][0]) for entry in found]


def target_of(text: str, allow_private: bool = False, resolved: Resolve = resolve) -> Target:
    """Look at a webhook's address before it is connected to.

    Raises:
        AddressRefused: no http(s) URL, one with a password in it, or an address that is not public.
    """
    url = checked_url(text)
    port = url.port or (443 if url.scheme == "https" else 80)
    addresses = list(resolved(url.host, port))
    if not addresses:
        raise AddressRefused(f"'{url.host}' has no address")
    for address in addresses:
        if not allow_private and not is_public(address):
            raise AddressRefused(f"'{url.host}' is not a public address")
    return Target(url, addresses[0])


def checked_url(text: str) -> httpx.URL:
    """What can be said of the address without asking anybody; raises AddressRefused."""
    import httpx

    if not text.isprintable():
        raise AddressRefused("the webhook is not a URL")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressRefused("the webhook is not a URL") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise AddressRefused("the webhook is not an http or https URL")
    if url.port is not None and not 0 < url.port < 1 << 16:
        raise AddressRefused("the webhook's port is no port")
    if url.userinfo:
        raise AddressRefused("the webhook's URL has a user or a password in it")
    return url


def is_public(text: str) -> bool:
    """Whether an address is anybody's on the internet, also when it is an IPv4 address in IPv6 clothes."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if any(address in network for network in _EMBEDDING):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return address.is_global and not address.is_multicast and not address.is_reserved


def signature(secret: str, seconds: int, body: bytes) -> str:
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def signature_holds(secret: str, header: str, body: bytes, now: float, tolerance_s: int = 300) -> bool:
    """What a receiver checks: the signature is right, and not older than ``tolerance_s``."""
    fields = dict(part.partition("=")[::2] for part in header.split(","))
    stamp = fields.get("t", "")
    if not stamp.isascii() or not stamp.isdigit() or abs(now - int(stamp)) > tolerance_s:
        return False
    return hmac.compare_digest(signature(secret, int(stamp), body), header)


@dataclass(frozen=True, slots=True)
class Courier:
    """Delivers. ``allow_private`` is for receivers on the operator's own network, and for tests."""

    allow_private: bool = False
    resolved: Resolve = resolve
    clock: Callable[[], float] = time.time

    def deliver(self, url: str, secret: str, delivery: str, event: Mapping[str, Any]) -> str:
        """One attempt: ``delivered``, ``refused`` (never try again), or ``failed``."""
        import httpx

        body = json.dumps(event, separators=(",", ":")).encode()
        try:
            target = target_of(url, self.allow_private, self.resolved)
        except AddressRefused:
            return "refused"
        headers = {
            "Host": target.url.netloc.decode("ascii"),
            "Content-Type": "application/json",
            "User-Agent": "transpile-webhook",
            "Transpile-Delivery": delivery,
            "Transpile-Signature": signature(secret, int(self.clock()), body),
        }
        try:
            return asyncio.run(_posted(target, body, headers))
        except (httpx.HTTPError, TimeoutError):
            return "failed"


async def _posted(target: Target, body: bytes, headers: Mapping[str, str]) -> str:
    """The whole exchange is over after ``WHOLE_S``, however slowly its bytes come."""
    import httpx

    async with (
        asyncio.timeout(WHOLE_S),
        httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=TIMEOUT_S) as client,
        client.stream(
            "POST",
            target.request_url(),
            content=body,
            headers=headers,
            extensions={"sni_hostname": target.url.host},
        ) as answer,
    ):
        return "delivered" if answer.is_success else "failed"
