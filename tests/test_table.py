"""The table's bytes: those of today stay readable."""

import msgspec
import pytest

from stream.sla.clock import Clock
from stream.sla.events import AuthorKind, Channel, Nature
from stream.sla.facts import Measure, Reason, Verdict
from stream.sla.state import Conversation, Told
from stream.sla.timeline import Turn, TurnKind
from stream.table import StateVersionError, Stored, decode_state, encode_state

CONVERSATION = Conversation(
    Channel.WHATSAPP,
    "1",
    {"queue": (5, "sales"), "assignee": (6, None)},
    (
        Turn(1000, TurnKind.CUSTOMER, 11),
        Turn(2000, TurnKind.OUTBOUND, 12, AuthorKind.AGENT, Nature.PLAIN, "agent:7"),
        Turn(2500, TurnKind.FAILURE, 12),
        Turn(3000, TurnKind.END, 13, reason=Reason.CLOSED),
    ),
    (
        Told(
            1000,
            (
                Clock(
                    Measure.FIRST_REPLY,
                    1000,
                    2500,
                    "all",
                    "abc",
                    (1500, 2000),
                    2,
                    Verdict.BREACHED,
                    3000,
                    answered=False,
                ),
            ),
            3000,
        ),
    ),
    3100,
    500,
)

BYTES_OF_VERSION_1 = bytes.fromhex(
    "93012a97a87768617473617070a13182a571756575659205a573616c6573a861737369676e65"
    "659206c09497cd03e8000bc0c0c0c097cd07d0010ca56167656e74a5706c61696ea76167656e"
    "743a37c097cd09c4020cc0c0c0c097cd0bb8030dc0c0c0a6636c6f7365649193cd03e8919aab"
    "66697273745f7265706c79cd03e8cd09c4a3616c6ca361626392cd05dccd07d002a862726561"
    "63686564cd0bb8c2cd0bb8cd0c1ccd01f4"
)


def test_bytes_of_version_1_are_read():
    """A changelog written by the first release restores."""
    assert decode_state(BYTES_OF_VERSION_1) == Stored(1, 42, CONVERSATION)


def test_bytes_without_the_fields_at_the_end_are_read():
    """Fields that an older writer did not know have their defaults."""
    old = msgspec.msgpack.encode([1, 42, ["whatsapp", "1", {}]])

    assert decode_state(old) == Stored(1, 42, Conversation(Channel.WHATSAPP, "1", {}))


def test_what_is_written_is_read():
    """A state survives the table."""
    assert decode_state(encode_state(7, CONVERSATION)) == Stored(1, 7, CONVERSATION)


def test_a_newer_version_is_refused():
    """A worker that is too old says so rather than misread the state."""
    newer = msgspec.msgpack.encode(Stored(2, 42, CONVERSATION))

    with pytest.raises(
        StateVersionError, match="state of version 2; this worker reads up to 1"
    ):
        decode_state(newer)
