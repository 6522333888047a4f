"""The fields of the ledger's hashes, read: the facts of an alert, its notices' own."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from alerts.alert import Told
from alerts.entry import Entry
from alerts.folding import fold
from alerts.notice import parts_of
from stream.records import UnreadableRecordError, decode_fact


def of(key: str) -> str:
    """What the fields of a notice begin with."""
    notice = parts_of(key)[1]
    return "" if notice is None else f"{notice}:"


def entry_of(key: str, fields: Mapping[bytes, bytes]) -> Entry:
    """Read the notice `key` out of the fields of its alert."""
    alert, fault = None, None
    try:
        alert = fold(_told(v for name, v in fields.items() if name.startswith(b"f:")))
    except (UnreadableRecordError, ValueError) as error:
        fault = str(error)
    first = Entry(
        key=parts_of(key)[0],
        version=int(fields.get(b"version", 0)),
        partition=_number(fields, "partition"),
        alert=alert,
        fault=fault,
        **_shown(fields, ""),
    )
    if key == first.key:
        return first
    own = _shown(fields, of(key))
    threads = _threads(fields, own["ts"])
    return replace(first, key=key, first=first, threads=threads, **own)


def _threads(fields: Mapping[bytes, bytes], own: str | None) -> dict[str, str]:
    """The earliest message of each channel, of those before our own."""
    threads: dict[str, str] = {}
    posted = [name for name in fields if name == b"ts" or name.endswith(b":ts")]
    for name in sorted(posted, key=lambda name: fields[name], reverse=True):
        ts, channel = fields[name].decode(), fields.get(name[:-2] + b"channel")
        if channel is not None and (own is None or ts < own):
            threads[channel.decode()] = ts
    return threads


def _shown(fields: Mapping[bytes, bytes], of: str) -> dict[str, Any]:
    """What is known of the message itself."""
    texts = ("receiver", "channel", "ts", "shown", "listed_in")
    known: dict[str, Any] = {name: _text(fields, of + name) for name in texts}
    numbers = ("intent", "lost", "doubt", "shown_at")
    return known | {name: _number(fields, of + name) for name in numbers}


def _text(fields: Mapping[bytes, bytes], name: str) -> str | None:
    value = fields.get(name.encode())
    return None if value is None else value.decode()


def _number(fields: Mapping[bytes, bytes], name: str) -> int | None:
    value = fields.get(name.encode())
    return None if value is None else int(value)


def _told(values: Iterable[bytes]) -> Iterable[Told]:
    for value in values:
        _, offset, fact = value.split(b" ", 2)
        yield Told.of(decode_fact(fact), int(offset))
