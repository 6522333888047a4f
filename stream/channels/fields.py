"""Values of a webhook body, which may hold anything, read into known types.

A reader raises `PartIgnoredError` where the value cannot be what it must be;
`Reading.each` counts the part by its reason and goes on with the next.
"""

import json
from datetime import datetime
from typing import Any, NoReturn

import msgspec

from stream.sla.instants import SECOND, from_ms

MALFORMED = "malformed"
NOTHING_IN_IT = "nothing_in_it"

# Anything else is a wrong unit or no time at all: 2000-01-01 until 2200-01-01, which
# is also what our own reader takes (`stream.records`).
_FIRST_MS = 946_684_800_000
_END_MS = 7_258_118_400_000
# Seconds have up to eleven digits until the year 5138, milliseconds have more.
_FIRST_TIMESTAMP_IN_MS = 10**11


class NotJsonError(ValueError):
    """The body is not JSON at all; intake answers 400."""


class TooManyPartsError(ValueError):
    """The body holds more than any of Meta's does; intake answers 413."""


class PartIgnoredError(Exception):
    """A part of the body gives no event; `reason` is one of a closed set."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def decoded(body: bytes) -> object:
    """Return the JSON value of `body`; raises `NotJsonError`."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    # msgspec refuses half of a surrogate pair (an emoji cut in two), which is
    # JSON by its grammar; a customer's message must not be lost for that.
    try:
        value: object = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NotJsonError("the body is not JSON") from error
    return value


def an_object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise PartIgnoredError(MALFORMED)
    return value


def a_list(value: object) -> list[Any]:
    """Return the elements; none when the list is absent."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise PartIgnoredError(MALFORMED)
    return value


def identifier(value: object, *, longest: int = 256) -> str | None:
    """Return an id as text, also when it came as a number; `None` when absent.

    Control characters and half surrogate pairs are refused: ids go into Kafka keys.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**longest else None
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        raise PartIgnoredError(MALFORMED)
    return value


def needed(value: object, *, longest: int = 256) -> str:
    """Do as `identifier`, where there must be one."""
    found = identifier(value, longest=longest)
    if found is None:
        raise PartIgnoredError(MALFORMED)
    return found


def if_fit(value: object) -> str | None:
    """Do as `identifier`, for what only helps: `None` where it cannot be one."""
    try:
        return identifier(value)
    except PartIgnoredError:
        return None


def word(value: object) -> str:
    """Return a text such as a type; empty when it is anything else."""
    return value if isinstance(value, str) else ""


def milliseconds(value: object) -> int:
    """Read seconds or milliseconds, given as a number or as digits."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        # Longer than any instant; `int` of thousands of digits raises.
        value = int(value) if len(value) < 20 else -1  # noqa: PLR2004  any bound
    if not isinstance(value, int) or isinstance(value, bool):
        raise PartIgnoredError(MALFORMED)
    ms = value if value >= _FIRST_TIMESTAMP_IN_MS else value * SECOND
    if not _FIRST_MS <= ms < _END_MS:
        raise PartIgnoredError(MALFORMED)
    return ms


def instant(value: object) -> datetime:
    """Read `milliseconds` as an aware datetime."""
    return from_ms(milliseconds(value))
