"""`calendars`: opening hours as ops write them."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import (
    BeforeValidator,
    Field,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from stream.config.closed_days import check_place, closed_days
from stream.config.nearest import meant
from stream.config.part import Part
from stream.sla.hours import AlwaysOpen
from stream.sla.opening_hours import OpeningHours, Span, Week, no_holidays

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24:00))")


def parse_window(text: object) -> Span:
    """Minutes of the day; raises `ValueError` that says how to write it."""
    found = _WINDOW.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f'{text!r} is no window: write "09:00-17:30", in quotes')
    opens = int(found[1]) * 60 + int(found[2])
    closes = 1440 if found[5] else int(found[3]) * 60 + int(found[4])
    if opens == closes:
        raise ValueError(f"{text!r} is no time at all: all day is 00:00-24:00")
    return opens, closes


def parse_days(text: object) -> frozenset[int]:
    """`mon`, `mon-fri`, `sat,sun` -> weekdays from 0; raises `ValueError`."""
    found: set[int] = set()
    for part in str(text).replace(" ", "").split(","):
        first, _, last = part.partition("-")
        for name in filter(None, (first, last)):
            if name not in DAYS:
                hint = meant(name, DAYS) or ": write mon, mon-fri or sat,sun"
                raise ValueError(f"{name!r} is no day{hint}")
        if not first:
            raise ValueError("a day is missing: write mon, mon-fri or sat,sun")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        span = (
            range(begin, end + 1)
            if begin <= end
            else (*range(begin, 7), *range(end + 1))
        )
        found.update(span)
    return frozenset(found)


def by_weekday(week: Mapping[str, tuple[Span, ...]]) -> Week:
    """What is written by days (`mon-fri`), by weekday: Monday first, seven."""
    by_day: list[list[Span]] = [[] for _ in DAYS]
    for days, windows in week.items():
        for day in parse_days(days):
            by_day[day] += windows
    return tuple(tuple(sorted(windows)) for windows in by_day)


def _windows(value: Any) -> Any:
    if value == "closed":
        return ()
    if isinstance(value, str):
        raise ValueError(f'{value!r}: write closed, or ["09:00-17:30"]')  # noqa: TRY004  pydantic's
    return value


def check_zone(name: str) -> str:
    """Raises `ValueError` for a time zone that nobody keeps."""
    if name not in _zones():
        hint = meant(name, _zones()) or ": write Europe/Budapest"
        raise ValueError(f"no time zone {name!r}{hint}")
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


_WRITTEN = {"type": "string", "pattern": f"^{_WINDOW.pattern}$"}

Window = Annotated[Span, BeforeValidator(parse_window), WithJsonSchema(_WRITTEN)]
Windows = Annotated[
    tuple[Window, ...],
    BeforeValidator(_windows),
    WithJsonSchema(
        {"anyOf": [{"const": "closed"}, {"type": "array", "items": _WRITTEN}]}
    ),
]


class Holidays(Part):
    country: str = Field(description="ISO code, HU")
    region: str | None = Field(None, description="subdivision, BY in DE")

    @model_validator(mode="after")
    def _known(self) -> "Holidays":
        check_place(self.country, self.region)
        return self


class CalendarPart(Part):
    open: bool = Field(
        default=False, description="always; short for it: `always: open`"
    )
    week: dict[str, Windows] = Field(
        {}, description='windows by day: `mon-fri: ["09:00-12:30", "13:00-17:30"]`'
    )
    days: dict[date, Windows] = Field(
        {}, description="what holds on a date instead: `closed` or windows"
    )
    holidays: Holidays | None = Field(None, description="closed on public holidays")
    timezone: str | None = Field(None, description="if not the file's")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        if isinstance(value, str):
            if value != "open":
                raise ValueError(f"{value!r}: write open, or week: and its windows")
            return {"open": True}
        return value

    @field_validator("week")
    @classmethod
    def _days_named(cls, week: dict[str, Any]) -> dict[str, Any]:
        for days in week:
            parse_days(days)
        return week

    @field_validator("timezone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        return None if name is None else check_zone(name)

    @property
    def windows(self) -> Week:
        """By weekday, Monday first."""
        return by_weekday(self.week)

    def calendar(self, name: str, zone: str) -> OpeningHours | AlwaysOpen:
        """What clocks read; `zone` where the calendar names none."""
        if self.open:
            return AlwaysOpen(name)
        place = self.holidays
        off = no_holidays if place is None else closed_days(place.country, place.region)
        days: Mapping[date, tuple[Span, ...]] = self.days
        return OpeningHours(name, self.timezone or zone, self.windows, days, off)
