"""``transpile serve --tracing`` beside a collector that listens, and beside one that is away."""

from __future__ import annotations

import gzip
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from transpile.api import tracing
from transpile.api.schema import TALLY
from transpile.errors import ToolError, UsageError

COMMAND = [sys.executable, "-P", "-c", "import sys; from transpile.cli import main; sys.exit(main())"]
SECRET = "tpk_secret"


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    got: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append(gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{http.server_address[1]}", got
        http.shutdown()
        thread.join()


def answers(folder: Path, collecting: str) -> list[int]:
    """Statuses of some requests to a server that sends its spans to ``collecting``, and is then stopped in order."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    environment |= {"OTEL_EXPORTER_OTLP_ENDPOINT": collecting, "XDG_DATA_HOME": str(folder)}
    words = [*COMMAND, "serve", "--port", "0", "--workers", "1", "--database", str(folder / "jobs.sqlite"), "--tracing"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            found = re.fullmatch(r"transpile serves at (http://\S+/)\n", line)
            assert found, line + process.stderr.read()
            body = {"to": "riscv", "files": [{"name": "t.s", "source": TALLY}]}
            with httpx.Client(base_url=found[1], timeout=60, trust_env=False) as client:
                seen = [client.get("/healthz"), client.post("/v1/jobs", json=body)]
                seen.append(client.get("/v1/jobs/none", headers={"X-API-Key": SECRET}))
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()
    return [answer.status_code for answer in seen]


def test_every_request_is_a_span_of_its_route(tmp_path: Path) -> None:
    wire: Any = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
    pytest.importorskip("opentelemetry.sdk")
    with collector() as (address, got):
        assert answers(tmp_path, address) == [200, 202, 401]
    sent = [one for body in got for one in wire.ExportTraceServiceRequest.FromString(body).resource_spans]
    names = {pair.value.string_value for one in sent for pair in one.resource.attributes if pair.key == "service.name"}
    assert names == {"transpile"}
    spans = [span for one in sent for scope in one.scope_spans for span in scope.spans]
    statuses = {
        span.name: pair.value.int_value
        for span in spans
        for pair in span.attributes
        if pair.key == "http.response.status_code"
    }
    assert statuses == {"GET /healthz": 200, "POST /v1/jobs": 202, "GET /v1/jobs/{id}": 401}
    assert not any(text in body for body in got for text in (SECRET.encode(), b"leaq"))


def test_a_collector_that_is_away_is_no_fault(tmp_path: Path) -> None:
    pytest.importorskip("opentelemetry.sdk")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert answers(tmp_path, f"http://127.0.0.1:{free.getsockname()[1]}") == [200, 202, 401]


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "nowhere to send"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, "nowhere to send"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "OTLP_PROTOCOL"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_TRACES_EXPORTER": "console"}, "TRACES_EXPORTER"),
    ],
)
def test_spans_that_could_be_sent_nowhere_are_told_at_the_start(
    environment: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "NEEDED", ("json",))
    with pytest.raises(UsageError, match=message):
        tracing.prepare(environment)


def test_packages_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "NEEDED", ("json", "no_such_package.at_all"))
    with pytest.raises(ToolError, match="OTLP exporter"):
        tracing.prepare({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"})
