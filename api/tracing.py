"""``serve --tracing``: a span for each request, sent by OTLP over HTTP as OpenTelemetry's own variables say."""

from __future__ import annotations

from collections.abc import MutableMapping
from importlib.util import find_spec

from transpile.errors import ToolError, UsageError

NEEDED = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
SENT_AS = {
    "OTEL_TRACES_EXPORTER": "otlp",
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
}
"""What these say where they say anything: nothing else is sent."""
USUAL = {"OTEL_SERVICE_NAME": "transpile", "OTEL_EXPORTER_OTLP_TIMEOUT": "3"}
"""A server that stops waits so many seconds for a collector that is away."""


def prepare(environment: MutableMapping[str, str]) -> None:
    """Set in ``environment`` what is not, before the application starts.

    Raises:
        ToolError: a package is missing.
        UsageError: spans could be sent nowhere.
    """
    if not all(map(_installed, NEEDED)):
        raise ToolError("--tracing needs OpenTelemetry's SDK and its OTLP exporter", "pip install 'transpile[otel]'")
    if not any(map(environment.get, ENDPOINTS)):
        raise UsageError("--tracing has nowhere to send spans", f"set {ENDPOINTS[1]}, such as http://localhost:4318")
    for name, known in SENT_AS.items():
        if environment.get(name, known) != known:
            raise UsageError(f"--tracing cannot send as {name} says", f"the only one that works is '{known}'")
    for name, value in USUAL.items():
        environment.setdefault(name, value)


def _installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
