"""The table's bytes: those of today stay readable."""

import msgspec
import pytest
from msgspec.structs import replace

from stream.config import parse_config
from stream.sla.clock import Clock
from stream.sla.conversation import apply, conclude, due_at
from stream.sla.events import AuthorKind, Channel, Nature
from stream.sla.facts import Measure, Reason, Verdict
from stream.sla.held import Held
from stream.sla.session import Session
from stream.sla.state import Conversation
from stream.sla.timeline import Turn, TurnKind
from stream.worker.table import StateVersionError, Stored, decode_state, encode_state
from tests.timelines import CONFIG, at, customer, reply

RULES = parse_config(CONFIG, "test.yaml").rules()

HELD = Held("sales")

CONVERSATION = Conversation(
    Channel.WHATSAPP,
    "1",
    held=HELD,
    turns=(
        Turn(1000, TurnKind.CUSTOMER, 11),
        Turn(2000, TurnKind.OUTBOUND, 12, AuthorKind.AGENT, Nature.PLAIN, "agent:7"),
        Turn(2500, TurnKind.FAILURE, 12),
        Turn(3000, TurnKind.END, 13, reason=Reason.CLOSED),
    ),
    told=(
        Session(
            1000,
            3000,
            (
                Clock(
                    Measure.FIRST_REPLY,
                    1000,
                    "all",
                    "abc",
                    0,
                    "always",
                    (500, 1000, 1500),
                    2500,
                    1000,
                    over_at=3000,
                    reason=Reason.CLOSED,
                    warned=2,
                    verdict=Verdict.BREACHED,
                ),
            ),
            ended_at=3000,
            end_reason=Reason.CLOSED,
        ),
    ),
    settled=3100,
    floor=500,
    base_held=HELD,
)

BYTES_OF_VERSION_1 = bytes.fromhex(
    "93012a97a87768617473617070a13182a571756575659205a573616c6573a861737369676e65"
    "659206c09497cd03e8000bc0c0c0c097cd07d0010ca56167656e74a5706c61696ea76167656e"
    "743a37c097cd09c4020cc0c0c0c097cd0bb8030dc0c0c0a6636c6f7365649193cd03e8919aab"
    "66697273745f7265706c79cd03e8cd09c4a3616c6ca361626392cd05dccd07d002a862726561"
    "63686564cd0bb8c2cd0bb8cd0c1ccd01f4"
)


BYTES_OF_VERSION_2 = bytes.fromhex(
    "93022a9ba87768617473617070a131c095a573616c6573c0c0c090009499cd03e8010bc0c0c0"
    "c0c0c099cd07d0020ca56167656e74a5706c61696ea76167656e743a37c0c0c099cd09c4030c"
    "c0c0c0c0c0c099cd0bb8060dc0c0c0a6636c6f736564c0c09199cd03e8cd0bb891dc0017ab66"
    "697273745f7265706c79cd03e8a3616c6ca361626300a6616c7761797393cd01f4cd03e8cd05"
    "dccd09c4cd03e890c0cd0bb8c2c0a6636c6f736564c202a8627265616368656400c090c200c2"
    "c0a46f70656ec0cd0bb8a6636c6f736564cd0c1ccd01f495a573616c6573c0c0c090c0"
)


BYTES_OF_VERSION_3 = bytes.fromhex(
    "93032a9ea87768617473617070a131c095a573616c6573c0c0c09000949acd03e8010bc0c0c0"
    "c0c0c0c29acd07d0020ca56167656e74a5706c61696ea76167656e743a37c0c0c0c29acd09c4"
    "030cc0c0c0c0c0c0c29acd0bb8060dc0c0c0a6636c6f736564c0c0c2919fcd03e8cd0bb891dc"
    "001eab66697273745f7265706c79cd03e8a3616c6ca361626300a6616c7761797393cd01f4cd"
    "03e8cd05dccd09c4cd03e890c0cd0bb8c2c0a6636c6f736564c202a8627265616368656400c0"
    "90c20000c000c2009000c2c0a46f70656ec0cd0bb8a6636c6f73656400c200c20000cd0c1ccd"
    "01f495a573616c6573c0c0c090c000c0c0"
)


BYTES_SINCE_SUMS = bytes.fromhex(
    "93032adc0010a87768617473617070a131c095a573616c6573c0c0c09000949acd03e8010bc0"
    "c0c0c0c0c0c29acd07d0020ca56167656e74a5706c61696ea76167656e743a37c0c0c0c29acd"
    "09c4030cc0c0c0c0c0c0c29acd0bb8060dc0c0c0a6636c6f736564c0c0c291dc0010cd03e8cd"
    "0bb891dc001eab66697273745f7265706c79cd03e8a3616c6ca361626300a6616c7761797393"
    "cd01f4cd03e8cd05dccd09c4cd03e890c0cd0bb8c2c0a6636c6f736564c202a8627265616368"
    "656400c090c20000c000c2009000c2c0a46f70656ec0cd0bb8a6636c6f73656400c200c20000"
    "90cd0c1ccd01f495a573616c6573c0c0c090c000c0c0c0c0"
)


def test_bytes_of_version_1_are_read():
    """A changelog written by the first release restores."""
    assert decode_state(BYTES_OF_VERSION_1) == Stored(3, 42, CONVERSATION)


def test_bytes_of_version_2_are_read():
    """A changelog written before silence ended no wait restores."""
    assert decode_state(BYTES_OF_VERSION_2) == Stored(2, 42, CONVERSATION)


def test_bytes_of_version_3_are_read():
    """What this release writes is read by every later one, and what 0.1.0 wrote."""
    assert encode_state(42, CONVERSATION).hex() == BYTES_SINCE_SUMS.hex()
    assert decode_state(BYTES_SINCE_SUMS) == Stored(3, 42, CONVERSATION)
    assert decode_state(BYTES_OF_VERSION_3) == Stored(3, 42, CONVERSATION)


def test_a_wait_of_version_1_goes_on():
    """A clock that ran when the worker was upgraded is met, or breaches, as before."""
    started = apply("c", None, customer(0), RULES, at(0))[0]
    told = started.told[0]
    (clock,) = told.clocks
    first = [
        *["whatsapp", "1", {}],
        [[at(0), 0, started.turns[0].ref, None, None, None, None]],
        [
            [
                at(0),
                [
                    [
                        *["first_reply", at(0), clock.deadline, clock.policy, "old"],
                        *[[at(5), at(8)], 0, None, None, False],
                    ]
                ],
                None,
            ]
        ],
    ]
    state = decode_state(msgspec.msgpack.encode([1, 7, first])).conversation
    assert due_at(state, RULES) == at(5)

    met, facts, _ = apply("c", state, reply(3), RULES, at(3))
    _, warned = conclude("c", state, at(10), RULES, at(10))

    assert [fact.kind for fact in facts] == ["met"]
    assert [fact.kind for fact in warned] == ["warned", "warned", "breached"]
    assert met.told[0].clocks[0].policy_version == "old"


def test_bytes_without_the_fields_at_the_end_are_read():
    """Fields that an older writer did not know have their defaults."""
    old = msgspec.msgpack.encode([2, 42, ["whatsapp", "1"]])

    assert decode_state(old) == Stored(2, 42, Conversation(Channel.WHATSAPP, "1"))


def test_what_a_newer_worker_added_is_dropped():
    """The same version with a field more: it is read, and written without that."""
    version, offset, said = msgspec.msgpack.decode(BYTES_SINCE_SUMS)
    newer = msgspec.msgpack.encode([version, offset, [*said, "new"]])

    stored = decode_state(newer)
    assert encode_state(stored.offset, stored.conversation) == BYTES_SINCE_SUMS


def test_what_is_written_is_read():
    """A state survives the table."""
    known = replace(CONVERSATION, contact=(1000, b"sealed"), link=(2000, "https://x.y"))
    for state in (CONVERSATION, known):
        assert decode_state(encode_state(7, state)) == Stored(3, 7, state)


def test_a_newer_version_is_refused():
    """A worker that is too old says so rather than misread the state."""
    newer = msgspec.msgpack.encode(Stored(4, 42, CONVERSATION))

    with pytest.raises(
        StateVersionError, match="state of version 4; this worker reads up to 3"
    ):
        decode_state(newer)
