"""Opening hours by looking at a wall clock, minute by minute. No tables, no bisect.

Edges between 02:00 and 03:00 would need the rules for times that do not exist or come
twice; the tests have none there.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from stream.sla.instants import from_ms
from stream.sla.opening_hours import OpeningHours, Span


@dataclass
class OpenSeconds:
    """The same windows every day; seconds since the epoch."""

    name: str
    zone: str = "UTC"
    spans: tuple[Span, ...] = ((0, 1440),)
    closed_days: frozenset = frozenset()
    _minutes: dict[int, bool] = field(default_factory=dict)

    def is_open(self, second: int) -> bool:
        """Whether the second that begins here counts."""
        minute = second // 60
        if minute not in self._minutes:
            self._minutes[minute] = self._look(minute)
        return self._minutes[minute]

    def _look(self, minute: int) -> bool:
        local = from_ms(minute * 60_000).astimezone(ZoneInfo(self.zone))
        now = local.hour * 60 + local.minute
        today = local.date() not in self.closed_days
        yesterday = local.date() - timedelta(days=1) not in self.closed_days
        return any(
            (start <= now < end and today)
            if start < end
            else (now >= start and today) or (now < end and yesterday)
            for start, end in self.spans
        )

    def rules(self) -> OpeningHours:
        """The calendar that is tested."""
        return OpeningHours(
            self.name,
            self.zone,
            (self.spans,) * 7,
            dict.fromkeys(self.closed_days, ()),
        )
