"""What one body becomes in the spool: its events and links, with a checksum.

Not the body, which holds phone numbers and texts: what is here is as pseudonymous as
the events topic. Names are joined when it leaves the spool: while Kafka is away we may
not have read which are one customer's.
"""

from binascii import crc32
from typing import Literal

import msgspec

from stream.channels.reading import Link, Parsed
from stream.sla.events import Event

_CHECKSUM = 8
"""Hexadecimal digits before the JSON: SQLite itself sees no changed byte."""


class _Record(msgspec.Struct, omit_defaults=True):
    v: Literal[1]
    events: tuple[Event, ...] = ()
    links: tuple[Link, ...] = ()


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Record).decode


def encode_record(parsed: Parsed) -> bytes:
    """What was ignored is counted when the body is answered, and not written."""
    written = _encode(_Record(v=1, events=parsed.events, links=parsed.links))
    return b"%0*x%b" % (_CHECKSUM, crc32(written), written)


def decode_record(record: bytes) -> Parsed:
    """Raises `ValueError` for what is no record of version 1; it quotes nothing."""
    checksum, written = record[:_CHECKSUM], record[_CHECKSUM:]
    if checksum != b"%0*x" % (_CHECKSUM, crc32(written)):
        raise ValueError("its checksum is another")
    try:
        read = _decode(written)
    except msgspec.DecodeError as error:
        raise ValueError("not a spooled record of version 1") from error
    return Parsed(events=read.events, ignored={}, links=read.links)
