"""Metrics of what people do with alerts."""

from prometheus_client import CollectorRegistry, Counter, Histogram

from alerts.presses.press import PressKind

TAKE_BUCKETS = (5, 15, 30, 60, 120, 300, 600, 1800, 3600)


class PressMetrics:
    """How often each thing is done, and how soon an alert is taken."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._presses = Counter(
            "replyclock_presses",
            "What people did with alerts, by kind.",
            ("kind",),
            registry=registry,
        )
        self._take = Histogram(
            "replyclock_time_to_take_seconds",
            "From the message of an alert until somebody took it.",
            buckets=TAKE_BUCKETS,
            registry=registry,
        )
        for kind in PressKind:
            self._presses.labels(kind)

    def pressed(self, kind: PressKind) -> None:
        self._presses.labels(kind).inc()

    def taken(self, after_ms: int) -> None:
        """`after_ms`: since the message was there."""
        self._take.observe(after_ms / 1000)
