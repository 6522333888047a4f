"""Opening hours with days off, in a time zone: a table of open times and a bisect.

The table holds [open, close) in milliseconds since the epoch, and how much was open
before each. Edges are local wall times turned into instants one by one, so a day of
23 or 25 hours is as long as it is. It is made year by year, as far as it is asked.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from stream.sla.hours import DAY
from stream.sla.instants import MINUTE, from_ms, to_ms

Span = tuple[int, int]
"""Local minutes of a day: open, close. A close at or before the open is the next
day's; 1440 is 24:00."""

Week = tuple[tuple[Span, ...], ...]
"""Monday first; seven."""

Holidays = Callable[[int], frozenset[date]]
"""The closed days of a year."""

_DAY = 1440
_FIRST_YEAR, _LAST_YEAR = 1971, 2199

NEVER = to_ms(datetime(2200, 1, 1, tzinfo=UTC))
"""The deadline of what no opening hour until then would use up."""


@lru_cache(maxsize=50_000)
def _midnight(zone: str, ordinal: int) -> int:
    """Of a day by its `date.toordinal`; kept, since calendars share their zones."""
    day = datetime.fromordinal(ordinal)
    return to_ms(day.replace(tzinfo=ZoneInfo(zone)))


def no_holidays(year: int) -> frozenset[date]:  # noqa: ARG001  a Holidays
    return frozenset()


class OpeningHours:
    """When work is done. Raises `zoneinfo.ZoneInfoNotFoundError` for no time zone.

    Args:
        days: what is open on a date, whatever the week and the holidays say.
        holidays: closed days; an overnight window belongs to the day it opens on.
    """

    def __init__(
        self,
        name: str,
        zone: str,
        week: Week,
        days: Mapping[date, tuple[Span, ...]] | None = None,
        holidays: Holidays = no_holidays,
    ) -> None:
        self.name = name
        self.zone = zone
        self._zone = ZoneInfo(zone)
        self._week = week
        self._days = dict(days or {})
        self._holidays = holidays
        self._years: range | None = None
        self._opens: list[int] = []
        self._closes: list[int] = []
        self._before: list[int] = []
        self._total = 0
        self._from = self._until = 0
        """The table answers for instants in [from, until)."""

    @property
    def is_never_open(self) -> bool:
        """No window in the week and none on any date."""
        return not any(self._week) and not any(self._days.values())

    def elapsed(self, start: int, end: int) -> int:
        """Open time between two instants; 0 when `end` is not after `start`."""
        if end <= start:
            return 0
        if start < self._from or end >= self._until:
            self._reach(start)
            self._reach(end)
        return self._open_before(end) - self._open_before(start)

    def deadline(self, start: int, within: int) -> int:
        """The first instant at which `within` ms of open time have passed.

        `NEVER` where the calendar has not so many open hours left.
        """
        if not self._from <= start < self._until:
            self._reach(start)
        wanted = self._open_before(start) + within
        while self._total < wanted:
            if not self._extend():
                return NEVER
            wanted = self._open_before(start) + within
        if within == 0:
            return start
        # The last window that has less than `wanted` before it.
        index = bisect_right(self._before, wanted - 1) - 1
        return self._opens[index] + wanted - self._before[index]

    def business_days(self, start: int, days: int) -> int:
        """The same local time `days` open days later, or that day's close if earlier.

        A start in closed time counts from the next opening.
        """
        begin = self._next_open(start)
        if begin is None:
            return NEVER
        local = from_ms(begin).astimezone(self._zone)
        day, left = local.date(), days
        while left:
            day += timedelta(days=1)
            if day.year > _LAST_YEAR:
                return NEVER
            left -= bool(self._spans(day))
        if not days:
            return begin
        opened, closed = self._edges(day)
        wanted = local.replace(year=day.year, month=day.month, day=day.day)
        return min(max(to_ms(wanted), opened), closed)

    def is_open(self, at: int) -> bool:
        self._reach(at)
        index = bisect_right(self._opens, at) - 1
        return index >= 0 and at < self._closes[index]

    def open_intervals(self, start: int, end: int) -> list[tuple[int, int]]:
        """The open parts of [start, end), in order."""
        if end <= start:
            return []
        self._reach(start)
        self._reach(end)
        first = max(bisect_right(self._opens, start) - 1, 0)
        found = []
        for opened, closed in zip(
            self._opens[first:], self._closes[first:], strict=True
        ):
            if opened >= end:
                break
            if closed > start:
                found.append((max(opened, start), min(closed, end)))
        return found

    def _open_before(self, at: int) -> int:
        index = bisect_right(self._opens, at) - 1
        if index < 0:
            return 0
        closes = self._closes[index]
        until = at if at < closes else closes  # noqa: FURB136  twice as fast as min()
        return self._before[index] + until - self._opens[index]

    def _next_open(self, at: int) -> int | None:
        self._reach(at)
        while True:
            index = bisect_right(self._opens, at) - 1
            if index >= 0 and at < self._closes[index]:
                return at
            if index + 1 < len(self._opens):
                return self._opens[index + 1]
            if not self._extend():
                return None

    def _reach(self, at: int) -> None:
        """Have the table span the year of `at` and the one on either side."""
        if self._from <= at < self._until:
            return
        year = min(max(from_ms(at).year, _FIRST_YEAR), _LAST_YEAR)
        first, last = year - 1, year + 1
        if self._years is not None:
            first = min(first, self._years.start)
            last = max(last, self._years.stop - 1)
        self._build(first, last)

    def _extend(self) -> bool:
        """One year more; false at the end of time."""
        if self._years is None or self.is_never_open:
            return False
        if self._years.stop > _LAST_YEAR:
            return False
        self._build(self._years.start, self._years.stop)
        return True

    def _build(self, first: int, last: int) -> None:
        self._years = range(first, last + 1)
        # A day less on either side: a zone's year is not UTC's.
        self._from = to_ms(datetime(first, 1, 2, tzinfo=UTC))
        self._until = to_ms(datetime(last, 12, 30, tzinfo=UTC))
        self._opens, self._closes, self._before = [], [], []
        total = 0
        for opened, closed in self._joined(first, last):
            self._opens.append(opened)
            self._closes.append(closed)
            self._before.append(total)
            total += closed - opened
        self._total = total

    def _joined(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The windows in order, those that touch or overlap as one."""
        current: tuple[int, int] | None = None
        for opened, closed in sorted(self._windows(first, last)):
            if current is not None and opened <= current[1]:
                current = (current[0], max(current[1], closed))
                continue
            if current is not None:
                yield current
            current = (opened, closed)
        if current is not None:
            yield current

    def _windows(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        day, end = date(first, 1, 1), date(last, 12, 31)
        off: frozenset[date] = frozenset()
        year = 0
        # Midnights of this day, the next and the one after: where both days have 24
        # hours, which nearly all have, the rest is arithmetic.
        number = day.toordinal()
        begin, middle = (_midnight(self.zone, number + n) for n in range(2))
        while day <= end:
            after = _midnight(self.zone, number + 2)
            is_plain = after - begin == 2 * DAY
            if day.year != year:
                year = day.year
                off = self._holidays(year)
            spans = self._days.get(day)
            if spans is None:
                spans = () if day in off else self._week[day.weekday()]
            for opens, closes in spans:
                if is_plain:
                    until = closes if closes > opens else closes + _DAY
                    yield begin + opens * MINUTE, begin + until * MINUTE
                    continue
                opened, closed = self._window(day, (opens, closes))
                # A jump of the clocks may swallow it, or the whole day (Apia, 2011).
                if closed > opened and self._day_of(opened) == day:
                    yield opened, closed
            day += timedelta(days=1)
            number += 1
            begin, middle = middle, after

    def _spans(self, day: date) -> tuple[Span, ...]:
        spans = self._days.get(day)
        if spans is not None:
            return spans
        return () if day in self._holidays(day.year) else self._week[day.weekday()]

    def _edges(self, day: date) -> tuple[int, int]:
        windows = [self._window(day, span) for span in self._spans(day)]
        return min(w[0] for w in windows), max(w[1] for w in windows)

    def _window(self, day: date, span: Span) -> tuple[int, int]:
        opens, closes = span
        if closes <= opens:
            closes += _DAY
        return self._instant(day, opens), self._instant(day, closes)

    def _day_of(self, instant: int) -> date:
        return from_ms(instant).astimezone(self._zone).date()

    def _instant(self, day: date, minutes: int) -> int:
        """Local wall time as an instant; one that the clocks skip moves forward."""
        days, minute = divmod(minutes, _DAY)
        local = datetime(day.year, day.month, day.day, minute // 60, minute % 60)  # noqa: DTZ001  gets its zone below
        return to_ms((local + timedelta(days=days)).replace(tzinfo=self._zone))
