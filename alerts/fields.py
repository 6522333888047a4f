"""The fields of the ledger's hashes, read: the facts of an alert, its notices' own."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from alerts.alert import Alert, Told
from alerts.entry import Entry
from alerts.folding import fold
from alerts.notice import parts_of
from alerts.presses.handling import NOBODY, handling_of
from alerts.presses.press import Press, decode_press
from stream.records import UnreadableRecordError, decode_fact


def of(key: str) -> str:
    """What the fields of a notice begin with."""
    notice = parts_of(key)[1]
    return "" if notice is None else f"{notice}:"


def guests_of(fields: Mapping[bytes, bytes]) -> list[str]:
    """Keys of the alerts for which this one speaks."""
    return [name[2:].decode() for name in fields if name.startswith(b"g:")]


def entry_of(
    key: str,
    fields: Mapping[bytes, bytes],
    guests: Iterable[Mapping[bytes, bytes]] = (),
    mutes: Mapping[str, Press] = MappingProxyType({}),
) -> Entry:
    """Read the notice `key` out of the fields of its alert, and of its guests'."""
    alert, handling, fault = None, NOBODY, None
    try:
        alert = fold(_facts(fields))
        handling = handling_of(_presses(fields))
    except (UnreadableRecordError, ValueError) as error:
        fault = str(error)
    first = Entry(
        key=parts_of(key)[0],
        version=int(fields.get(b"version", 0)),
        partition=_number(fields, "partition"),
        alert=alert,
        handling=handling,
        mute=None if alert is None else mutes.get(alert.ground.queue),
        fault=fault,
        host=_text(fields, "host"),
        guests=_alerts(guests),
        **shown_of(fields, ""),
    )
    if key == first.key:
        return first
    own = shown_of(fields, of(key))
    threads = _threads(fields, own["ts"])
    own |= {"host": None, "guests": ()}
    return replace(first, key=key, first=first, threads=threads, **own)


def _alerts(guests: Iterable[Mapping[bytes, bytes]]) -> tuple[Alert, ...]:
    """Those that can be read: the others' lines are missing until they can."""
    found = []
    for fields in guests:
        with suppress(UnreadableRecordError, ValueError):
            found.append(fold(_facts(fields)))
    known = (alert for alert in found if alert is not None)
    return tuple(sorted(known, key=lambda alert: alert.deadline))


def _threads(fields: Mapping[bytes, bytes], own: str | None) -> dict[str, str]:
    """The earliest message of each channel, of those before our own."""
    threads: dict[str, str] = {}
    posted = [name for name in fields if name == b"ts" or name.endswith(b":ts")]
    for name in sorted(posted, key=lambda name: fields[name], reverse=True):
        ts, channel = fields[name].decode(), fields.get(name[:-2] + b"channel")
        if channel is not None and (own is None or ts < own):
            threads[channel.decode()] = ts
    return threads


def shown_of(fields: Mapping[bytes, bytes], of: str) -> dict[str, Any]:
    """What is known of the message itself; `of` begins its fields."""
    places = ("receiver", "channel", "ts", "listed_in")
    texts = (*places, "shown", "righted", "suppressed")
    known: dict[str, Any] = {name: _text(fields, of + name) for name in texts}
    numbers = ("intent", "lost", "doubt", "shown_at")
    return known | {name: _number(fields, of + name) for name in numbers}


def _text(fields: Mapping[bytes, bytes], name: str) -> str | None:
    value = fields.get(name.encode())
    return None if value is None else value.decode()


def _number(fields: Mapping[bytes, bytes], name: str) -> int | None:
    value = fields.get(name.encode())
    return None if value is None else int(value)


def _presses(fields: Mapping[bytes, bytes]) -> Iterable[Press]:
    for name, value in fields.items():
        if name.startswith(b"p:"):
            yield decode_press(value)


def _facts(fields: Mapping[bytes, bytes]) -> Iterable[Told]:
    for name, value in fields.items():
        if not name.startswith(b"f:"):
            continue
        _, offset, fact = value.split(b" ", 2)
        yield Told.of(decode_fact(fact), int(offset))
