"""When a digest is due, and of what time it tells. Pure.

Days are those of the config's zone, which have 23 or 25 hours twice a year.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from stream.sla.instants import MINUTE, from_ms, to_ms

LATE = 10 * MINUTE
"""So long after its time a digest says that it comes late."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `begin` to `end`, excluded; milliseconds."""

    begin: int
    end: int

    def holds(self, at: int | None) -> bool:
        """Whether the instant is in it."""
        return at is not None and self.begin <= at < self.end


@dataclass(frozen=True, slots=True)
class Due:
    """A digest of the morning of `day`; `at`: its time, in milliseconds."""

    day: date
    zone: str
    at: int

    def key(self, receiver: str) -> str:
        """Of the message: one for each receiver and day."""
        return f"digest:{self.day}:{receiver}"

    @property
    def yesterday(self) -> Period:
        """The whole day before."""
        return self._days(1, 0)

    @property
    def last_week(self) -> Period | None:
        """Monday to Sunday, told on Mondays."""
        return self._days(7, 0) if self.day.weekday() == 0 else None

    def _days(self, begin: int, end: int) -> Period:
        first, after = (
            _instant(self.day - timedelta(days=days), 0, self.zone)
            for days in (begin, end)
        )
        return Period(first, after)


def last_due(minutes: int, zone: str, now: int) -> Due:
    """The latest digest whose time has come, so never older than a day.

    `minutes` of the local day; `now` in milliseconds.
    """
    today = from_ms(now).astimezone(ZoneInfo(zone)).date()
    at = _instant(today, minutes, zone)
    if at > now:
        today -= timedelta(days=1)
        at = _instant(today, minutes, zone)
    return Due(today, zone, at)


def _instant(day: date, minutes: int, zone: str) -> int:
    """Local wall time as an instant; one that the clocks skip moves forward."""
    hour, minute = divmod(minutes, 60)
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))
    return to_ms(local)
