"""A batch's counts, added to the metrics once: a label look-up costs like a rule."""

from collections import Counter
from datetime import datetime, timedelta

from stream.metrics import WorkerMetrics
from stream.sla.events import Event
from stream.sla.instants import to_ms


class Tally:
    """What one batch of events adds to the counters."""

    def __init__(self, now: int, allowed_lateness: int) -> None:
        """`now` in milliseconds of wall time, for the delay since the intake."""
        self._now = now
        self._lateness = timedelta(milliseconds=allowed_lateness)
        self._events: Counter[tuple[str, type[Event]]] = Counter()
        self._late: Counter[str] = Counter()
        self._duplicates: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()
        self._newest: dict[tuple[str, str], datetime] = {}
        self._delays: list[int] = []

    def event(self, event: Event) -> None:
        """Count an event that could be read."""
        channel, happened = event.channel, event.occurred_at
        arrived = event.received_at or happened
        self._events[channel, type(event)] += 1
        self._delays.append(self._now - to_ms(arrived))
        if arrived - happened > self._lateness:
            self._late[channel] += 1
        account = (channel, event.account)
        newest = self._newest.get(account)
        if newest is None or happened > newest:
            self._newest[account] = happened

    def duplicate(self, event: Event) -> None:
        self._duplicates[event.channel] += 1

    def rejected(self, reason: str) -> None:
        self._rejected[reason] += 1

    def add_to(self, metrics: WorkerMetrics) -> None:
        """Move the counters."""
        for (channel, kind), count in self._events.items():
            metrics.events.labels(channel, kind.__struct_config__.tag).inc(count)
        metrics.event_delay.observe(max(0, delay) for delay in self._delays)
        for channel, count in self._late.items():
            metrics.late.labels(channel).inc(count)
        for channel, count in self._duplicates.items():
            metrics.duplicates.labels(channel).inc(count)
        for reason, count in self._rejected.items():
            metrics.rejected.labels(reason).inc(count)
        for account, happened in self._newest.items():
            metrics.saw(account, to_ms(happened))
