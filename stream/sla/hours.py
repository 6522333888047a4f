"""Opening hours: how much of a span of time counts, and when a target is used up.

All instants and durations are whole milliseconds (instants since the epoch), so a
day of 23 or 25 hours needs no special case in arithmetic (`observability.md` 6).
"""

from dataclasses import dataclass
from typing import Protocol

DAY = 86_400_000

ALWAYS = "always"
"""The calendar that every config has: never closed."""


class Calendar(Protocol):
    """What clocks ask of opening hours."""

    @property
    def name(self) -> str: ...

    def elapsed(self, start: int, end: int) -> int:
        """Open time between two instants; 0 when `end` is not after `start`."""

    def deadline(self, start: int, within: int) -> int:
        """The first instant at which `within` ms of open time have passed."""

    def business_days(self, start: int, days: int) -> int:
        """The same local time `days` open days later, or that day's close if earlier.

        A start in closed time counts from the next opening.
        """

    def is_open(self, at: int) -> bool: ...

    def open_intervals(self, start: int, end: int) -> list[tuple[int, int]]:
        """The open parts of [start, end), in order."""


@dataclass(frozen=True, slots=True)
class AlwaysOpen:
    """Open at every instant; a business day is 24 hours."""

    name: str = ALWAYS

    def elapsed(self, start: int, end: int) -> int:
        return max(0, end - start)

    def deadline(self, start: int, within: int) -> int:
        return start + within

    def business_days(self, start: int, days: int) -> int:
        return start + days * DAY

    def is_open(self, at: int) -> bool:  # noqa: ARG002  a calendar's question
        return True

    def open_intervals(self, start: int, end: int) -> list[tuple[int, int]]:
        return [(start, end)] if end > start else []
