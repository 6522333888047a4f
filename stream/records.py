"""The wire: bytes <-> events and facts. JSON, UTF-8, versioned (contract 3, 4).

`docs/adr/0002` lists the fields that we add to the contract's.
"""

from datetime import datetime
from typing import Any

import msgspec

from stream.sla.events import Event
from stream.sla.facts import Fact
from stream.sla.instants import parse_rfc3339, rfc3339, to_ms

_INSTANTS = ("at", "noticed_at", "cycle", "started_at", "deadline")

_events: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_encoder = msgspec.json.Encoder()


class UnreadableRecordError(ValueError):
    """The bytes are no event or fact; the text says what is wrong and where."""


def decode_event(data: bytes) -> Event:
    """Raises `UnreadableRecordError` for what is no event of version 1."""
    try:
        return _events.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableRecordError(str(error)) from error


def encode_event(event: Event) -> bytes:
    """Instants in UTC with milliseconds, defaults left out."""
    plain: dict[str, Any] = msgspec.to_builtins(event, builtin_types=(datetime,))
    for name in ("occurred_at", "received_at"):
        if name in plain:
            plain[name] = rfc3339(to_ms(plain[name]))
    return _encoder.encode(plain)


def encode_fact(fact: Fact) -> bytes:
    """One line of JSON; waits in seconds, instants as RFC 3339."""
    plain: dict[str, Any] = {"v": 1, **msgspec.structs.asdict(fact)}
    for name in _INSTANTS:
        if plain[name] is not None:
            plain[name] = rfc3339(plain[name])
    waited = plain.pop("waited_ms")
    if waited is not None:
        # Wall time is the only time until calendars come: both are the same.
        plain["waited_s"] = plain["waited_business_s"] = waited / 1000
    return _encoder.encode({k: v for k, v in plain.items() if v is not None})


def decode_fact(data: bytes) -> Fact:
    """Raises `UnreadableRecordError` for what is no fact of version 1."""
    try:
        plain = msgspec.json.decode(data)
        for name in _INSTANTS:
            if name in plain:
                plain[name] = parse_rfc3339(plain[name])
        if "waited_s" in plain:
            plain["waited_ms"] = round(plain["waited_s"] * 1000)
        version, fact = plain.pop("v", None), msgspec.convert(plain, Fact)
    except (ValueError, TypeError, AttributeError) as error:
        raise UnreadableRecordError(str(error)) from error
    if version != 1:
        raise UnreadableRecordError("not a fact of version 1")
    return fact
