"""The table's values: a conversation with the offset it has seen (architecture 3.1).

Bytes are msgpack of `[version, offset, conversation]`, arrays without field names:
about 250 bytes a conversation. A field added at an array's end keeps old bytes
readable. What a worker of before would misread raises `VERSION`: 3 has delivered
messages, and waits that silence does not end.
"""

import msgspec

from stream.kafka.refusal import RefusedStartError
from stream.sla.state import Conversation
from stream.worker.first_table import decode_first

VERSION = 3

LARGEST = 512 * 1024
"""Bytes of a state. Kafka takes 1 MiB; what is told without an event needs room."""

_FIRST = b"\x93\x01"
"""How the bytes of version 1 begin: an array of three, and the version."""


UNREAD = -1
"""The offset of a state that holds no record of the topic as it is now: a new epoch."""


class Stored(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`offset`: the last source record in it; an earlier one is a repetition."""

    version: int
    offset: int
    conversation: Conversation


class StateVersionError(RefusedStartError):
    """The changelog was written by a newer version; upgrade this worker."""


_decoder = msgspec.msgpack.Decoder(Stored)
_encode = msgspec.msgpack.Encoder().encode


def decode_state(data: bytes) -> Stored:
    """Raises `StateVersionError` for what a newer version wrote."""
    if data.startswith(_FIRST):
        return Stored(VERSION, *decode_first(data))
    version = data[1]
    if version > VERSION:  # before all else: it may hold words that are new to us
        raise StateVersionError(
            f"state of version {version}; this worker reads up to {VERSION}:"
            " docs/upgrading.md, Back to the last version"
        )
    return _decoder.decode(data)


def encode_state(offset: int, conversation: Conversation) -> bytes:
    return _encode(Stored(VERSION, offset, conversation))


def without_offset(data: bytes) -> bytes:
    """The same conversation for a new epoch of the topic."""
    return encode_state(UNREAD, decode_state(data).conversation)
