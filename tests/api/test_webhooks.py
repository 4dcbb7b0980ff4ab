"""Webhooks are signed, and go to public addresses only."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Iterator

import pytest

from transpile.api.webhooks import (
    AddressRefused,
    Courier,
    is_public,
    signature,
    signature_holds,
    target_of,
)

SECRET = "a secret of the client"


class Receiver(http.server.BaseHTTPRequestHandler):
    seen: list[tuple[dict[str, str], bytes]]
    status: int

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).seen.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[tuple[type[Receiver], int]]:
    handler = type("Handler", (Receiver,), {"seen": [], "status": 204})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield handler, server.server_port
        server.shutdown()
        thread.join()


def test_a_delivery_is_signed_over_its_time_and_body(receiver: tuple[type[Receiver], int]) -> None:
    handler, port = receiver
    courier = Courier(True, lambda host, port: ["127.0.0.1"])
    assert courier.deliver(f"http://hooks.example:{port}/x?y=1", SECRET, "job-1", {"id": "job-1"}) == "delivered"
    [(headers, body)] = handler.seen
    assert json.loads(body) == {"id": "job-1"}
    assert headers["host"] == f"hooks.example:{port}" and headers["transpile-delivery"] == "job-1"
    header = headers["transpile-signature"]
    assert signature_holds(SECRET, header, body, time.time())
    assert not signature_holds("another", header, body, time.time())
    assert not signature_holds(SECRET, header, body + b" ", time.time())
    assert not signature_holds(SECRET, header, body, time.time() + 301)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500, 503])
def test_only_success_counts_and_redirects_are_not_followed(receiver: tuple[type[Receiver], int], status: int) -> None:
    handler, port = receiver
    handler.status = status
    assert Courier(True).deliver(f"http://127.0.0.1:{port}/", SECRET, "d", {}) == "failed"
    assert len(handler.seen) == 1


def test_nobody_there_is_a_failure_that_may_pass() -> None:
    assert Courier(True).deliver("http://127.0.0.1:9/", SECRET, "d", {}) == "failed"


PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "192.0.0.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:db8::1",
    "::127.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(AddressRefused, match="not a public address"):
        target_of("https://hooks.example/", resolved=lambda host, port: ["93.184.216.34", address])


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_public_addresses_are_not(address: str) -> None:
    assert is_public(address)
    target = target_of("https://hooks.example:8443/a?b", resolved=lambda host, port: [address])
    assert target.request_url().host == address and target.request_url().port == 8443
    assert target.request_url().raw_path == b"/a?b" and target.url.host == "hooks.example"


def test_a_name_is_asked_once() -> None:
    """A name that changes its address after the look gains nothing."""
    asked = []

    def resolved(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    target = target_of("https://hooks.example/", resolved=resolved)
    assert asked == ["hooks.example"] and target.request_url().host == "93.184.216.34"


@pytest.mark.parametrize("url", ["http://127.1:80/", "http://2130706433/", "http://0x7f.1/", "http://localhost/"])
def test_odd_spellings_of_this_machine_are_refused(url: str) -> None:
    assert Courier().deliver(url, SECRET, "d", {}) == "refused"


@pytest.mark.parametrize(
    "url",
    ["ftp://a/", "file:///etc/passwd", "https://", "//a/", "a", "http://u:p@a/", "http://[::1", "http://a:99999/"],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        target_of(url, resolved=lambda host, port: ["1.1.1.1"])


def test_signatures_are_what_the_documentation_says() -> None:
    import hashlib
    import hmac

    expected = hmac.new(b"k", b"1700000000.{}", hashlib.sha256).hexdigest()
    assert signature("k", 1700000000, b"{}") == f"t=1700000000,v1={expected}"
