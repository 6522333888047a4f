"""The words that fields of an event take, for whoever wrote another one.

`Invalid value - at `$.kind`` says neither what was written nor what is known there.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import get_args

from stream.sla.events import (
    AuthorKind,
    Channel,
    DeliveryState,
    Direction,
    Event,
    JoinedEvent,
    Nature,
    Scale,
    Status,
)

KINDS = [
    kind.__struct_config__.tag for kind in get_args(Event) if kind is not JoinedEvent
]
"""Of events that others write: `joined` is what workers tell each other."""


def _words(of: type[StrEnum]) -> list[str]:
    return [word.value for word in of]


_KNOWN: Mapping[str, Sequence[str]] = {
    "$.kind": KINDS,
    "$.channel": _words(Channel),
    "$.direction": _words(Direction),
    "$.author.kind": _words(AuthorKind),
    "$.nature": _words(Nature),
    "$.state": _words(DeliveryState),
    "$.status": _words(Status),
    "$.scale": _words(Scale),
}
_REFUSAL = re.compile(r"(Invalid.*?) '(.*)' - at `([^`]*)`", re.DOTALL)
_LONGEST = 64
"""Characters that are compared: anybody may have sent a megabyte."""
_QUOTED = re.compile(r" '.*'", re.DOTALL)


def explained(refusal: str, *, quoting: bool) -> str:
    """A refusal of msgspec's, with the word that was meant, or else all that there are.

    `quoting`: with what the event says, for whoever wrote it; see `unquoted`.
    """
    found, text = _REFUSAL.fullmatch(refusal), refusal if quoting else unquoted(refusal)
    if found is None or found[3] not in _KNOWN:
        return text
    known = _KNOWN[found[3]]
    near = difflib.get_close_matches(found[2][:_LONGEST], known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(known)}"
    return f"{text}: {hint}"


def unquoted(refusal: str) -> str:
    """The place stays, and what a record said goes: into no log and no dead letter.

    msgspec says "Invalid enum value 'Anna, +36 30 ...' - at `$.channel`" (semantics
    4.7).
    """
    return _QUOTED.sub("", refusal)
