"""Instants: whole milliseconds since the epoch (UTC) inside, RFC 3339 outside.

The rules count in integers because subtracting two zone-aware datetimes of one
zone is wall-clock subtraction (24 h on a 23 h day), and because they are fast.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(instant: datetime) -> int:
    """Milliseconds since the epoch of an aware datetime; finer parts are cut."""
    return (instant - _EPOCH) // _MILLISECOND


def from_ms(ms: int) -> datetime:
    """The aware UTC datetime of `ms` milliseconds since the epoch, exactly."""
    return _EPOCH + ms * _MILLISECOND


def rfc3339(ms: int) -> str:
    """`2026-11-23T09:00:00.000Z`: UTC, always with milliseconds (contract 3)."""
    seconds, rest = divmod(ms, SECOND)
    return f"{_to_the_second(seconds)}.{rest:03}Z"


@lru_cache(maxsize=4096)
def _to_the_second(seconds: int) -> str:
    # Cached: facts of one minute tell the same few seconds again and again.
    return from_ms(seconds * SECOND).isoformat(timespec="seconds")[:-6]


def parse_rfc3339(text: str) -> int:
    """Milliseconds of an RFC 3339 instant with any offset.

    Raises `ValueError` when it is none, or has no offset.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"no UTC offset in {text!r}: write 2026-11-23T09:00:00Z")
    return to_ms(instant)
