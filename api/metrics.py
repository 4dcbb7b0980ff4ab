"""What the service counts, for Prometheus, in a registry of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from transpile import __version__

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """``counts`` reads from the database how many jobs, files and blocks there are, by state or verdict."""

    def __init__(self, counts: Callable[[], Mapping[str, Mapping[str, int]]]) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "transpile_http_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.latency = Histogram(
            "transpile_http_request_seconds",
            "From the request's first byte to the response's last.",
            ("method", "route"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.refused = Counter(
            "transpile_http_problems", "Requests that ended in a problem.", ("kind",), registry=self.registry
        )
        self.translations = Histogram(
            "transpile_translation_seconds",
            "POST /v1/translations, the translation alone.",
            ("to",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.streams = Gauge("transpile_event_streams", "Event streams that are open.", registry=self.registry)
        self.webhooks = Counter(
            "transpile_webhooks", "Deliveries of webhooks, by how they ended.", ("outcome",), registry=self.registry
        )
        self.registry.register(_Stored(counts))

    def text(self) -> bytes:
        return generate_latest(self.registry)


class _Stored(Collector):
    """Gauges that are read when they are asked for, so that a restart or a second server does not falsify them."""

    def __init__(self, counts: Callable[[], Mapping[str, Mapping[str, int]]]) -> None:
        self._counts = counts

    def collect(self) -> Iterable[GaugeMetricFamily]:
        build = GaugeMetricFamily("transpile_build_info", "The running version.", labels=("version",))
        build.add_metric((__version__,), 1)
        yield build
        for name, rows in self._counts().items():
            label = "verdict" if name == "blocks" else "state"
            family = GaugeMetricFamily(f"transpile_{name}", f"Stored {name} by {label}.", labels=(label,))
            for word, number in rows.items():
                family.add_metric((word,), number)
            yield family

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return ()
