"""A time of the day as ops write it: `"08:45"`."""

import re
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def parse_time_of_day(text: object) -> int:
    """Minutes since midnight; raises `ValueError` that says how to write it."""
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f'{text!r} is no time of the day: write "08:45", in quotes')
    return int(found[1]) * 60 + int(found[2])


TimeOfDay = Annotated[
    int,
    BeforeValidator(parse_time_of_day),
    WithJsonSchema({"type": "string", "pattern": f"^{_TIME.pattern}$"}),
]
"""Minutes since midnight."""
