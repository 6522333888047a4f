"""How shares, weights and moments of a week are written in a profile."""

import re
from datetime import datetime, timedelta
from datetime import time as datetime_time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, WithJsonSchema

from stream.config.calendars import DAYS, parse_days, parse_window
from stream.config.time_of_day import parse_time_of_day
from stream.sla.instants import from_ms, to_ms

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)%")
_WHOLE, _DAY = 100, 1440


def _chance(value: Any) -> float:
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if found is None or float(found[1]) > _WHOLE:
        raise ValueError("write a percentage from 0% to 100%: 5% or 12.5%")
    return float(found[1]) / 100


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("must be a number: 1, 2.5")  # noqa: TRY004  pydantic's
    if not 0 <= value <= 1_000_000:  # noqa: PLR2004  what nobody means to write
        raise ValueError("must be from 0 to 1000000")
    return float(value)


def _above_nothing(value: Any) -> float:
    if (number := _number(value)) == 0:
        raise ValueError("must be more than 0")
    return number


def _more(value: Any) -> float:
    if (number := _number(value)) <= 1:
        raise ValueError("must be more than 1: 3 is three times as many")
    return number


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("must be a whole number")  # noqa: TRY004  pydantic's
    if not 1 <= value <= 100_000:  # noqa: PLR2004  what nobody waits for
        raise ValueError("must be from 1 to 100000")
    return value


def _spread(value: Any) -> float:
    if not 1 <= (number := _number(value)) <= 20:  # noqa: PLR2004  seconds to days
        raise ValueError("must be from 1 (always the same) to 20")
    return number


def _moment(text: Any) -> tuple[int, int]:
    day, _, time = text.partition(" ") if isinstance(text, str) else ("", "", "")
    if day not in DAYS:
        raise ValueError(f'{text!r} is no moment of a week: write "wed 14:00"')
    return DAYS.index(day), parse_time_of_day(time)


def _days(text: Any) -> frozenset[int]:
    return parse_days(text)


_NUMBER = WithJsonSchema({"type": "number", "minimum": 0})

Chance = Annotated[
    float,
    BeforeValidator(_chance),
    WithJsonSchema({"type": "string", "pattern": f"^{_PERCENT.pattern}$"}),
]
"""From 0 to 1; in the file a percentage."""

Weight = Annotated[float, BeforeValidator(_number), _NUMBER]
"""How much beside others: 2 is twice as much as 1."""

Factor = Annotated[float, BeforeValidator(_above_nothing), _NUMBER]

Times = Annotated[float, BeforeValidator(_more), _NUMBER]

Count = Annotated[
    int, BeforeValidator(_count), WithJsonSchema({"type": "integer", "minimum": 1})
]

Spread = Annotated[
    float, BeforeValidator(_spread), WithJsonSchema({"type": "number", "minimum": 1})
]
"""Of a log-normal time: two thirds are from the median / spread to median * spread."""

Moment = Annotated[
    tuple[int, int],
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "examples": ["wed 14:00"]}),
]
"""A weekday (Monday is 0) and minutes of its day."""

WeekDays = Annotated[
    frozenset[int],
    BeforeValidator(_days),
    WithJsonSchema({"type": "string", "examples": ["tue", "mon-wed"]}),
]


def by_hour(written: dict[str, float]) -> tuple[float, ...]:
    """24 weights; 1 where nothing is said. Raises `ValueError` of a wrong window."""
    found: dict[int, float] = {}
    for window, weight in written.items():
        opens, closes = parse_window(window)
        if opens % 60 or closes % 60:
            raise ValueError(f"{window!r}: write whole hours, 09:00-17:00")
        last = closes if closes > opens else closes + _DAY
        for hour in range(opens // 60, last // 60):
            if hour % 24 in found:
                raise ValueError(f"{hour % 24:02}:00 stands twice")
            found[hour % 24] = weight
    return tuple(found.get(hour, 1.0) for hour in range(24))


def by_day(written: dict[str, float]) -> tuple[float, ...]:
    """Seven weights, Monday first; 1 where nothing is said. Raises `ValueError`."""
    found: dict[int, float] = {}
    for days, weight in written.items():
        for day in sorted(parse_days(days)):
            if day in found:
                raise ValueError(f"{DAYS[day]} stands twice")
            found[day] = weight
    return tuple(found.get(day, 1.0) for day in range(7))


def moments(moment: tuple[int, int], zone: ZoneInfo, begin: int, end: int) -> list[int]:
    """The instants of [begin, end) at which it is that moment of a week."""
    day, minutes = moment
    date = from_ms(begin).astimezone(zone).date()
    date += timedelta(days=(day - date.weekday()) % 7)
    time = datetime_time(*divmod(minutes, 60))
    found = []
    while (at := to_ms(datetime.combine(date, time, zone))) < end:
        if at >= begin:
            found.append(at)
        date += timedelta(days=7)
    return found
