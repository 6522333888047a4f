"""A record that can be shown to anybody: its shape, without what people said.

What cannot be read has, by definition, things in the wrong places: a name may stand
where a channel belongs. So not the fields `text` and `name` are hidden, but everything
that is not known to be harmless: words of the contract, instants, small whole numbers.
Keys are shown, unless they look like data: a wrong one is what is looked for.
"""

import json
import re
from enum import StrEnum
from typing import Any, get_args

from stream.sla import events
from stream.sla.instants import parse_rfc3339

_WORDS = {
    *(
        str(word)
        for found in vars(events).values()
        if isinstance(found, type) and issubclass(found, StrEnum)
        for word in found
    ),
    *(kind.__struct_config__.tag for kind in get_args(events.Event)),
}
_KEY = re.compile(r"[A-Za-z_][A-Za-z_.-]*\d{0,3}")
_LONGEST_KEY = 40
_SMALL = 10_000
_DEEPEST = 20


def mask(data: bytes) -> str:
    """Indented JSON with `<12 characters>` for what may be somebody's words.

    Of what is no JSON, or nested deeper than twenty, only the size.
    """
    try:
        masked = _mask(json.loads(data), 0)
    except (ValueError, RecursionError):
        return f"<no JSON that can be shown, {len(data)} bytes>"
    return json.dumps(masked, indent=2)


def _mask(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise RecursionError
    match value:
        case dict():
            return {
                _key(key, number): _mask(inner, depth + 1)
                for number, (key, inner) in enumerate(value.items(), 1)
            }
        case list():
            return [_mask(one, depth + 1) for one in value]
        case None | bool():
            return value
        case int() if abs(value) < _SMALL:
            return value
        case int() | float():  # a phone number, a place on the map
            return "<number>"
        case _:
            return value if _is_harmless(value) else f"<{len(value)} characters>"


def _key(key: str, number: int) -> str:
    harmless = len(key) <= _LONGEST_KEY and _KEY.fullmatch(key)
    return key if harmless else f"<key {number}, {len(key)} characters>"


def _is_harmless(text: str) -> bool:
    if not text or text in _WORDS:
        return True
    try:
        parse_rfc3339(text)
    except (ValueError, OverflowError):
        return False
    return True
