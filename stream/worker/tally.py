"""A batch's counts, added to the metrics once: a label look-up costs like a rule."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from stream.sla.events import Event
from stream.sla.instants import from_ms, to_ms
from stream.worker.metrics import WorkerMetrics


class Tally:
    """What one batch of events adds to the counters."""

    def __init__(self, now: int, allowed_lateness: int) -> None:
        """`now` in milliseconds of wall time, for the delay since the intake."""
        self._now = from_ms(now)
        self._lateness = timedelta(milliseconds=allowed_lateness)
        self._duplicates: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()

    def duplicate(self, event: Event) -> None:
        self._duplicates[event.channel] += 1

    def rejected(self, reason: str) -> None:
        self._rejected[reason] += 1

    def add_to(self, metrics: WorkerMetrics, events: Sequence[Event]) -> None:
        """Move the counters; `events` are all that could be read."""
        kinds = Counter([(event.channel, type(event)) for event in events])
        for (channel, kind), count in kinds.items():
            metrics.events.labels(channel, kind.__struct_config__.tag).inc(count)
        for name, count in Counter(self._late(events)).items():
            metrics.late.labels(name).inc(count)
        ahead = Counter([e.channel for e in events if e.arrived < e.at])
        for name, count in ahead.items():
            metrics.clamped.labels(name).inc(count)
        for name, count in self._duplicates.items():
            metrics.duplicates.labels(name).inc(count)
        for reason, count in self._rejected.items():
            metrics.rejected.labels(reason).inc(count)
        for account, happened in _newest(events).items():
            # What comes from the future happened now: a source whose clock is wrong
            # would never be silent.
            metrics.saw(account, min(to_ms(happened), to_ms(self._now)))
        now = self._now
        metrics.event_delay.observe(
            [
                (now - (event.received_at or event.occurred_at)).total_seconds()
                for event in events
            ]
        )

    def _late(self, events: Sequence[Event]) -> list[str]:
        """The channels of those that arrived too late to be waited for."""
        return [
            event.channel
            for event in events
            if event.received_at is not None
            and event.received_at - event.occurred_at > self._lateness
        ]


def _newest(events: Sequence[Event]) -> dict[tuple[str, str], datetime]:
    newest: dict[tuple[str, str], datetime] = {}
    for event in events:
        account, happened = (event.channel, event.account), event.occurred_at
        known = newest.get(account)
        if known is None or happened > known:
            newest[account] = happened
    return newest
