"""The stretch of time that a report is of, and the one that it is compared with."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from stream.figures.period import Period
from stream.sla.instants import from_ms, to_ms

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """A period by its name, and what its comparison is called: `week 47`."""

    name: str
    compared: str
    now: Period
    before: Period

    @classmethod
    def week(cls, first: date, zone: str) -> Self:
        """Seven days from `first`, against the seven before."""
        week = timedelta(days=7)
        days = (first - week, first, first + week)
        return cls._of_days(days, zone, [_week_name(day) for day in days[:2]])

    @classmethod
    def months(cls, first: date, count: int, zone: str) -> Self:
        """`count` months (1, or 3: a quarter) against those before, as long as it is.

        March is compared with the whole of February: rates, not counts, say more.
        """
        days = [_months_on(first, by) for by in (-count, 0, count)]
        named = _month_name if count == 1 else _quarter_name
        return cls._of_days(tuple(days), zone, [named(day) for day in days[:2]])

    @classmethod
    def between(cls, begin: int, end: int, zone: str) -> Self:
        """Any two instants, against as long a time before."""
        now = Period(begin, end)
        before = now.before()
        return cls(_said(now, zone), _said(before, zone), now, before)

    def until(self, instant: int) -> Self:
        """As far as it has come: against as much of the one before."""
        if instant >= self.now.end:
            return self
        gone = instant - self.now.begin
        now = self.now._replace(end=instant)
        before = self.before._replace(end=self.before.begin + gone)
        return replace(self, name=f"{self.name}, so far", now=now, before=before)

    @classmethod
    def _of_days(cls, days: tuple[date, ...], zone: str, names: list[str]) -> Self:
        first, middle, end = (midnight(day, zone) for day in days)
        now, before = Period(middle, end), Period(first, middle)
        return cls(names[1], names[0], now, before)

    def is_known_since(self, instant: int, zone: str) -> bool:
        """Whether the period before can be compared: facts begin on its first day.

        Of what is half known everything would seem to have grown.
        """
        first = from_ms(instant).astimezone(ZoneInfo(zone)).date()
        return midnight(first, zone) <= self.before.begin

    def says(self, zone: str) -> str:
        """Which days those are: `23 Nov 2026 to 29 Nov 2026`."""
        return _said(self.now, zone)


def midnight(day: date, zone: str) -> int:
    """When a day begins there."""
    return to_ms(datetime.combine(day, time(), ZoneInfo(zone)))


def _months_on(first: date, by: int) -> date:
    year, month = divmod(first.year * _MONTHS + first.month - 1 + by, _MONTHS)
    return date(year, month + 1, 1)


def _week_name(first: date) -> str:
    year, week, weekday = first.isocalendar()
    if weekday == 1:
        return f"Week {week}, {year}"
    return f"The week from {_day(first)}"


def _month_name(first: date) -> str:
    return f"{first:%B %Y}"


def _quarter_name(first: date) -> str:
    return f"Quarter {(first.month + 2) // 3}, {first.year}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _said(period: Period, zone: str) -> str:
    there = ZoneInfo(zone)
    begin = from_ms(period.begin).astimezone(there)
    end = from_ms(period.end).astimezone(there)
    if begin.time() == end.time() == time():
        last = end.date() - timedelta(days=1)
        days = dict.fromkeys((_day(begin.date()), _day(last)))
        return " to ".join(days)
    return f"{_day(begin.date())} {begin:%H:%M} to {_day(end.date())} {end:%H:%M}"
