"""Durations as ops write them: `90s`, `15m`, `4h`, `2d`, `1h30m`, `2business_days`."""

import re
from typing import NamedTuple

LONGEST = 366 * 24 * 3_600_000
"""A deadline must be an instant that can be written."""

LONGEST_SILENCE = 1000 * 24 * 3_600_000

_UNITS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_PART = re.compile(r"(\d+)([smhd])")
_WHOLE = re.compile(r"(?:\d+[smhd])+")
_DAYS = re.compile(r"([1-9]\d?)business_days?")


class Within(NamedTuple):
    """How long something may take: milliseconds, or business days.

    `by_the_clock`: said in days, and a day is 24 hours of wall time, whatever the
    opening hours (semantics 2.9).
    """

    ms: int
    business_days: int = 0
    by_the_clock: bool = False


def parse_duration(text: object) -> int:
    """Milliseconds of wall time; raises `ValueError` that says how to write it."""
    if not isinstance(text, str) or not _WHOLE.fullmatch(text):
        raise ValueError(f"{text!r} is no duration: write 90s, 15m or 4h")
    ms = _written(text)
    if ms > LONGEST:
        raise ValueError(f"{text!r} is longer than a year")
    return ms


def parse_silence(text: object) -> int:
    """As `parse_duration`, for what only has to end some day: up to 1000 days."""
    if not isinstance(text, str) or not _WHOLE.fullmatch(text):
        return parse_duration(text)
    if (ms := _written(text)) > LONGEST_SILENCE:
        raise ValueError(f"{text!r} is longer than 1000 days")
    return ms


def _written(text: str) -> int:
    return sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(text))


def parse_within(text: object) -> Within:
    """A duration or `2business_days`; raises `ValueError` that says how to write it."""
    days = _DAYS.fullmatch(text) if isinstance(text, str) else None
    if days is not None:
        return Within(0, int(days[1]))
    return Within(parse_duration(text), by_the_clock="d" in str(text))


def say_duration(ms: int) -> str:
    """The shortest of `45s`, `15m`, `1h30m` that is true to the second."""
    seconds = abs(ms) // 1000
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
    said = "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
    return f"-{said}" if ms <= -1000 else said  # noqa: PLR2004  one second
