"""Times as a team lead writes them: `Mon 09:00`, `next Tue 08:00`, `2026-03-29 02:30`.

A weekday is one of the week of Monday, 2 March 2026 (`next`: of the week after), a
time without a day is of the day before it in the same table, and `Z` after a time
says UTC, whatever the scenario's zone: it tells 02:30 from the other 02:30.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from stream.sla.instants import from_ms, to_ms

MONDAY = date(2026, 3, 2)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TIME = re.compile(
    r"(?:(?P<next>next )?(?P<weekday>[A-Z][a-z]{2}) |(?P<date>\d{4}-\d\d-\d\d) )?"
    r"(?P<time>\d\d:\d\d(?::\d\d(?:\.\d{3})?)?)(?P<utc>Z?)"
)


class Almanac:
    """Reads the times of one table, from the top down."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._day = MONDAY

    def instant(self, text: str) -> int:
        """Milliseconds since the epoch; raises `ValueError` for no time."""
        found = _TIME.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no time: write Mon 09:00")
        if found["date"]:
            self._day = date.fromisoformat(found["date"])
        elif found["weekday"]:
            days = _DAYS.index(found["weekday"]) + (7 if found["next"] else 0)
            self._day = MONDAY + timedelta(days=days)
        at = time.fromisoformat(found["time"])
        zone = UTC if found["utc"] else self._zone
        return to_ms(datetime.combine(self._day, at, zone))

    def written(self, instant: int) -> str:
        """For people: local time with its offset, `Mon 2026-03-02 09:00:00 +0100`."""
        local = from_ms(instant).astimezone(self._zone)
        thousandths = f".{instant % 1000:03}" if instant % 1000 else ""
        return f"{local:%a %Y-%m-%d %H:%M:%S}{thousandths} {local:%z}"
