"""Metrics of list messages."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Gauge

from alerts.storms.listing import Cause

OPEN = (Cause.STORM, Cause.DOWNTIME, Cause.OPENING)
"""Why there is a list of what is news."""


class StormMetrics:
    """How many lists are open now."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._storms = Gauge(
            "replyclock_storms",
            "Lists open now, by why there are any; the same everywhere.",
            ("kind",),
            registry=registry,
        )
        self.show({})

    def show(self, open_now: Mapping[Cause, int]) -> None:
        for cause in OPEN:
            self._storms.labels(cause).set(open_now.get(cause, 0))
