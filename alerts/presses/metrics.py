"""Metrics of what people do with alerts, and of what is kept back for it."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram

from alerts.presses.press import PressKind

TAKE_BUCKETS = (5, 15, 30, 60, 120, 300, 600, 1800, 3600)


class PressMetrics:
    """`whys`: every reason for which a message may be kept back."""

    def __init__(self, registry: CollectorRegistry, whys: Iterable[str]) -> None:
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
        self._suppressed = Counter(
            "replyclock_alerts_suppressed",
            "Messages that were kept back, once each, by why.",
            ("why",),
            registry=registry,
        )
        for kind in PressKind:
            self._presses.labels(kind)
        for why in whys:
            self._suppressed.labels(why)

    def pressed(self, kind: PressKind) -> None:
        self._presses.labels(kind).inc()

    def taken(self, after_ms: int) -> None:
        """`after_ms`: since the message was there."""
        self._take.observe(after_ms / 1000)

    def suppressed(self, why: str) -> None:
        self._suppressed.labels(why).inc()
