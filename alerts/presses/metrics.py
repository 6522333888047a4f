"""Metrics of what people do with alerts."""

from collections.abc import Collection, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from alerts.presses.press import PressKind

TAKE_BUCKETS = (5, 15, 30, 60, 120, 300, 600, 1800, 3600)


class PressMetrics:
    """How often each thing is done, how soon an alert is taken, what is muted."""

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
        self._muted = Gauge(
            "replyclock_queue_muted",
            "Whether somebody muted the queue's alerts; the same everywhere.",
            ("queue",),
            registry=registry,
        )
        self._queues: frozenset[str] = frozenset()
        self._muted_now: frozenset[str] = frozenset()
        for kind in PressKind:
            self._presses.labels(kind)

    def take(self, queues: Iterable[str]) -> None:
        """Have a series of each of these queues, and of others while they are muted."""
        self._queues = frozenset(queues)
        self.show_muted(self._muted_now)

    def show_muted(self, muted: Collection[str]) -> None:
        """`muted`: the queues whose alerts are kept back now."""
        self._muted_now = frozenset(muted)
        self._muted.clear()
        for queue in self._queues | self._muted_now:
            self._muted.labels(queue).set(queue in self._muted_now)

    def pressed(self, kind: PressKind) -> None:
        self._presses.labels(kind).inc()

    def taken(self, after_ms: int) -> None:
        """`after_ms`: since the message was there."""
        self._take.observe(after_ms / 1000)
