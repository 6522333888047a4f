"""An instant as people's files write it; where it could be two, it is refused.

Epoch seconds and milliseconds, ISO 8601, e-mail's form (RFC 5322), and what
spreadsheets and helpdesks write. A guess would move a wait by months and nobody would
see it, so it is said (`--timezone`, `--dates`) or it is a fault.
"""

import re
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from stream.channels.fields import PartIgnoredError, milliseconds
from stream.sla.instants import SECOND, from_ms


class DateOrder(StrEnum):
    """What comes first in 03/04/2026."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class TimeFault(ValueError):  # noqa: N818  it is told, and nothing failed
    """Why a text is no instant."""


_NUMBER = re.compile(r"(\d{9,13})(?:\.(\d+))?")
_NUMERIC = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}),? +(.+)")
_DATE = re.compile(r"\d{1,4}([/.-])\d{1,2}\1\d{1,4}|\d{8}")
_ZONE = re.compile(r" ?(UTC|GMT|Z)$", re.IGNORECASE)
_MONTHS_IN_A_YEAR = 12
_FIRST_YEAR, _END_YEAR = 1970, 2200
_CLOCKS = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%I:%M:%S %p", "%I:%M %p", "%I:%M%p")
_IN_WORDS = (
    *(
        f"{day} {clock}"
        for day in ("%d %b %Y", "%b %d %Y", "%a %d %b %Y", "%d %B %Y", "%B %d %Y")
        for clock in (*_CLOCKS, "%H:%M:%S %z")
    ),
    "%a %b %d %H:%M:%S %z %Y",
    "%a %b %d %H:%M:%S %Y",
)
"""Months by name, commas taken out; with an offset: an e-mail's. The last two are
Twitter's and C's."""


class Times:
    """Reads instants; `zone` is that of texts without one, `order` of 03/04/2026."""

    def __init__(
        self, zone: ZoneInfo | None = None, order: DateOrder | None = None
    ) -> None:
        self._zone = zone
        self._order = order

    def read(self, text: str) -> datetime:
        """Aware, cut to milliseconds. Raises `TimeFault`, which quotes nothing."""
        number = _NUMBER.fullmatch(text)
        if number:
            return _since_1970(number)
        bare = _ZONE.sub("", text)
        if _DATE.fullmatch(text):
            raise TimeFault("a day without a time of day")
        found = _iso(bare) or self._numeric(bare) or _in_words(bare)
        if found is None:
            raise TimeFault("no time that can be read: write 2026-11-23T09:00:00Z")
        if not _FIRST_YEAR <= found.year < _END_YEAR:
            raise TimeFault("no time from 1970 to 2199")
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC) if bare != text else self._local(found)
        return found

    def _numeric(self, text: str) -> datetime | None:
        match = _NUMERIC.fullmatch(text)
        if match is None:
            return None
        first, _, second, year, clock = match.groups()
        day, month = int(first), int(second)
        if self._order is None and day != month:
            if max(day, month) <= _MONTHS_IN_A_YEAR:
                raise TimeFault(
                    "day or month first? say --dates day-first or --dates month-first"
                )
            day, month = max(day, month), min(day, month)
        elif self._order is DateOrder.MONTH_FIRST:
            day, month = month, day
        time = _first_of(clock.upper(), _CLOCKS)
        try:
            return time and time.replace(year=int(year), month=month, day=day)
        except ValueError:
            return None

    def _local(self, found: datetime) -> datetime:
        if self._zone is None:
            raise TimeFault("in which time zone? say --timezone Europe/Budapest")
        early, late = (
            found.replace(tzinfo=self._zone, fold=fold).astimezone(UTC)
            for fold in (0, 1)
        )
        if early == late:
            return early
        often = "twice" if early < late else "never"
        raise TimeFault(
            f"that time of the clock was there {often} on that day: write its offset"
        )


def _since_1970(number: re.Match[str]) -> datetime:
    """Raises `TimeFault`: a day count of a spreadsheet has the digits of no year."""
    whole, fraction = number.groups()
    try:
        found = milliseconds(whole)
    except PartIgnoredError as error:
        raise TimeFault("a number that is no time from 2000 to 2199") from error
    is_seconds = found == int(whole) * SECOND
    finer = int(f"{fraction or '0':0<3.3}") if is_seconds else 0
    return from_ms(found + finer)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None


def _in_words(text: str) -> datetime | None:
    return _first_of(" ".join(text.replace(",", " ").split()), _IN_WORDS)


def _first_of(text: str, forms: tuple[str, ...]) -> datetime | None:
    for form in forms:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  some have no zone
        except ValueError:
            continue
    return None
