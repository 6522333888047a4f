"""The wire: what is written is read, and what cannot be read is refused by reason."""

import json
from datetime import timedelta, timezone
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from stream.records import (
    DeadLetter,
    UnreadableRecordError,
    dead_letter,
    decode_dead_letter,
    decode_event,
    decode_fact,
    encode_event,
    encode_fact,
    resent_mark,
)
from stream.sla.events import (
    AssignmentEvent,
    AttributesEvent,
    Author,
    AuthorKind,
    Channel,
    DeliveryEvent,
    DeliveryState,
    Direction,
    Event,
    HeartbeatEvent,
    JoinedEvent,
    MergedEvent,
    MessageEvent,
    Nature,
    NoReplyNeededEvent,
    PurchaseEvent,
    Scale,
    SpamEvent,
    Status,
    StatusEvent,
    SurveyEvent,
)
from stream.sla.facts import (
    Fact,
    FactKind,
    Measure,
    Purchase,
    Reason,
    SessionSum,
    Survey,
    Verdict,
)
from stream.sla.instants import from_ms, rfc3339
from stream.sla.timeline import Turn, TurnKind
from tests.shelf import Record

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9)
maybe = st.none() | names
numbers = st.floats(allow_nan=False, allow_infinity=False)
instants = st.integers(0, 4_000_000_000_000)
moments = instants.map(from_ms)

ENVELOPE = {
    "v": st.just(1),
    "event_id": names,
    "occurred_at": moments,
    "received_at": st.none() | moments,
    "conversation_id": names,
    "channel": st.sampled_from(Channel),
    "account": names,
    "customer": maybe,
    "queue": maybe,
    "assignee": maybe,
    "priority": maybe,
    "tier": maybe,
    "link": maybe,
    "contact": st.none() | st.binary(min_size=1, max_size=99),
}
OWN = {
    MessageEvent: {
        "message_id": names,
        "direction": st.sampled_from(Direction),
        "author": st.builds(Author, kind=st.sampled_from(AuthorKind), id=maybe),
        "nature": st.sampled_from(Nature),
        "text": st.none() | names,
    },
    DeliveryEvent: {
        "message_id": names,
        "state": st.sampled_from(DeliveryState),
        "reason": maybe,
    },
    StatusEvent: {"status": st.sampled_from(Status)},
    AssignmentEvent: {"assignee": st.just(UNSET) | maybe},
    AttributesEvent: {"tags": st.lists(names, max_size=3).map(tuple)},
    NoReplyNeededEvent: {},
    MergedEvent: {"into": names, "same_customer": st.booleans()},
    JoinedEvent: {
        "turns": st.lists(
            st.builds(
                Turn,
                at=st.integers(0, 10**13),
                kind=st.sampled_from(TurnKind),
                ref=st.integers(0, 2**63 - 1),
                by=maybe,
            )
        ).map(lambda turns: tuple(json.loads(msgspec.json.encode(turns)))),
        "hops": st.integers(1, 9),
        "link_at": instants,
        "contact_at": instants,
    },
    SpamEvent: {},
    SurveyEvent: {
        "scale": st.sampled_from(Scale),
        "score": numbers,
        "touchpoint": maybe,
    },
    PurchaseEvent: {"amount": st.none() | numbers, "currency": maybe},
    HeartbeatEvent: {},
}

MESSAGE = {
    "v": 1,
    "kind": "message",
    "event_id": "e1",
    "occurred_at": "2026-11-23T09:00:00Z",
    "conversation_id": "c",
    "channel": "whatsapp",
    "account": "1",
    "message_id": "m",
    "direction": "inbound",
    "author": {"kind": "customer"},
}


def line(**changes):
    """The bytes of MESSAGE with changes; a None takes the field away."""
    changed = {**MESSAGE, **changes}
    return json.dumps({k: v for k, v in changed.items() if v is not None}).encode()


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableRecordError) as caught:
        decode_event(data)
    return str(caught.value)


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_every_event_is_read_as_it_was_written(kind, data):
    """An event of any kind survives the wire."""
    event = data.draw(st.builds(kind, **{**ENVELOPE, **OWN[kind]}))

    assert decode_event(encode_event(event)) == event


@pytest.mark.parametrize("turns", [[7], [[]], [["x", 1, 1]], [[1, 99, 1]], {}])
def test_a_join_of_what_is_no_timeline_is_refused(turns):
    """It would be the rules' fault otherwise; nothing of it is quoted."""
    joined = {"kind": "joined", "turns": turns, "message_id": None}

    assert "+36" not in refusal(line(**joined, direction=None, author=None))


@settings(max_examples=100, deadline=None)
@given(
    st.builds(
        Fact,
        fact_id=names,
        kind=st.sampled_from(FactKind),
        at=instants,
        noticed_at=instants,
        conversation_id=names,
        channel=st.sampled_from(Channel),
        account=names,
        queue=names,
        assignee=maybe,
        link=maybe,
        contact=st.none() | st.binary(max_size=99),
        measure=st.none() | st.sampled_from(Measure),
        cycle=st.none() | instants,
        policy=maybe,
        policy_version=maybe,
        started_at=st.none() | instants,
        deadline=st.none() | instants,
        waited_ms=st.none() | st.integers(0, 10**10),
        waited_business_ms=st.none() | st.integers(0, 10**10),
        calendar=maybe,
        to=maybe,
        shadow=st.booleans(),
        cause=maybe,
        author=maybe,
        reason=st.none() | st.sampled_from(Reason),
        replaces=st.none() | st.sampled_from(Verdict),
        session=st.none()
        | st.builds(
            SessionSum,
            customer=maybe,
            categories=st.lists(names).map(tuple),
            agent_replies=st.integers(0, 10**6),
            first_human_reply_at=st.none() | instants,
            resolved_at=st.none() | instants,
        ),
        replaces_id=maybe,
        survey=st.none()
        | st.builds(Survey, scale=st.sampled_from(Scale), score=numbers),
        purchase=st.none() | st.builds(Purchase, amount=numbers, currency=maybe),
    )
)
def test_every_fact_is_read_as_it_was_written(fact):
    """A fact survives the wire, to the millisecond."""
    assert decode_fact(encode_fact(fact)) == fact


@given(ms=instants, minutes=st.integers(-14 * 60, 14 * 60))
def test_instants_are_written_in_utc(ms, minutes):
    """Whatever the offset was read with, UTC with milliseconds is written."""
    zone = timezone(timedelta(minutes=minutes))
    event = decode_event(line(occurred_at=from_ms(ms).astimezone(zone).isoformat()))

    assert json.loads(encode_event(event))["occurred_at"] == rfc3339(ms)


def test_finer_than_milliseconds_is_cut():
    """Microseconds of the source are cut off, not rounded."""
    event = decode_event(line(occurred_at="2026-11-23T11:00:00.123999+02:00"))

    written = json.loads(encode_event(event))["occurred_at"]
    assert written == "2026-11-23T09:00:00.123Z"


def test_unknown_fields_are_left_out():
    """A field that the contract does not know is ignored and not passed on."""
    event = decode_event(line(mood="sunny", author={"kind": "agent", "shoe": 44}))

    assert b"mood" not in encode_event(event)
    assert b"shoe" not in encode_event(event)
    assert event == decode_event(line(author={"kind": "agent"}))


REFUSED = {
    "An unknown kind is refused with the kinds there are.": (
        line(kind="dance"),
        (
            "Invalid value - at `$.kind`: one of message, delivery, status, assignment,"
            " attributes, no_reply_needed, merged, spam, survey, purchase, heartbeat"
        ),
    ),
    "A mistyped kind is refused with the near one.": (
        line(kind="mesage"),
        "Invalid value - at `$.kind`: did you mean 'message'?",
    ),
    "A record without a kind is refused.": (
        line(kind=None),
        "Object missing required field `kind`",
    ),
    "A missing field is refused by its name.": (
        line(message_id=None),
        "Object missing required field `message_id`",
    ),
    "A wrong type is refused by its place.": (
        line(customer=5),
        "Expected `str | null`, got `int` - at `$.customer`",
    ),
    "An unknown word of a closed set is refused by its place.": (
        line(author={"kind": "cat"}),
        "`$.author.kind`",
    ),
    "A time without an offset is refused.": (
        line(occurred_at="2026-11-23T09:00:00"),
        "Expected `datetime` with a timezone component - at `$.occurred_at`",
    ),
    "No time at all is refused.": (
        line(occurred_at="yesterday"),
        "Invalid RFC3339 encoded datetime - at `$.occurred_at`",
    ),
    "A contact that is no sealed bytes is refused.": (
        line(contact="Anna, 3630"),
        "Invalid base64 encoded string - at `$.contact`",
    ),
    "Another version is refused.": (line(v=2), "`$.v`"),
    "An empty name is refused.": (
        line(event_id=""),
        "Expected `str` of length >= 1 - at `$.event_id`",
    ),
    "What is no JSON is refused.": (
        b"hello",
        "JSON is malformed: invalid character (byte 0)",
    ),
    "Half a record is refused.": (line()[:-9], "Input data was truncated"),
    "Nothing is refused.": (b"", "Input data was truncated"),
    "A list is refused.": (b"[]", "Expected `object`, got `array`"),
    "Bytes that are no UTF-8 are refused.": (
        line(text="?").replace(b"?", b"\xff"),
        "can't decode byte 0xff",
    ),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_unreadable_events_are_refused_with_the_reason(data, reason):
    """What is no event is refused, and the reason says what and where."""
    assert reason in refusal(data)


def test_whoever_wrote_the_event_reads_what_it_says():
    """Beside the reason for logs and letters, which quotes nothing."""
    with pytest.raises(UnreadableRecordError) as refused:
        decode_event(line(author={"kind": "cat"}))

    kinds = "one of customer, agent, bot, system, unknown"
    place = f"at `$.author.kind`: {kinds}"
    assert str(refused.value) == f"Invalid enum value - {place}"
    assert refused.value.quoting == f"Invalid enum value 'cat' - {place}"


@pytest.mark.parametrize("depth", [900, 2000])
def test_deep_nesting_is_refused(depth):
    """A field nested without end is a bad record, not a crash of the worker."""
    nested = b"[" * depth + b"]" * depth
    refusal(b'{"v":1,"kind":"message","mood":' + nested + b"}")


@pytest.mark.parametrize("field", [*MESSAGE, "text", "customer", "nature"])
@pytest.mark.parametrize("value", ["Anna 3630", ["Anna 3630"], {"kind": "Anna 3630"}])
def test_a_refusal_quotes_nothing(field, value):
    """The reason goes to a dead letter, so it holds nothing that a record said."""
    try:
        decode_event(line(**{field: value}))
    except UnreadableRecordError as error:
        assert "3630" not in str(error)  # noqa: PT017  most values are no error


@pytest.mark.parametrize(
    "at", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"], ids=["last", "first"]
)
def test_an_instant_that_is_read_can_be_written(at):
    """An event with a time at the edge of the calendar is refused or survives."""
    try:
        event = decode_event(line(occurred_at=at))
    except UnreadableRecordError:
        return
    assert decode_event(encode_event(event)).at == event.at


FACT = {
    "v": 1,
    "fact_id": "f",
    "kind": "met",
    "at": "2026-11-23T09:00:00.000Z",
    "noticed_at": "2026-11-23T09:00:00.000Z",
    "conversation_id": "c",
    "channel": "whatsapp",
    "account": "1",
    "queue": "sales",
}


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"kind": "dance"},
        {"at": 5},
        {"at": "yesterday"},
        {"waited_s": "long"},
        {"waited_s": 1e308},
        {"queue": None},
        {"session": "at resolved_at"},
        {"session": {"resolved_at": 5}},
    ],
    ids=str,
)
def test_unreadable_facts_are_refused(changes):
    """What is no fact of version 1 is refused with one kind of error."""
    with pytest.raises(UnreadableRecordError):
        decode_fact(json.dumps({**FACT, **changes}).encode())


def test_what_a_newer_release_adds_to_a_fact_is_ignored():
    """So a worker may be upgraded before those who read its facts."""
    newer = {**FACT, "mood": {"score": 5}, "session": {"mood": 5}}

    fact = decode_fact(json.dumps(FACT).encode())
    assert decode_fact(json.dumps(newer).encode()) == replace(
        fact, session=SessionSum()
    )


@pytest.mark.parametrize("data", [b"", b"[]", b"5", b"\xff", b'"at"'], ids=str)
def test_what_is_no_object_is_no_fact(data):
    """Bytes that are no JSON object are refused as a fact."""
    with pytest.raises(UnreadableRecordError):
        decode_fact(data)


def test_a_fact_on_the_wire():
    """A fact is written with the contract's names: RFC 3339, seconds, no nulls."""
    fact = Fact(
        fact_id="f",
        kind=FactKind.BREACHED,
        at=1_795_424_400_000,
        noticed_at=1_795_424_402_000,
        conversation_id="c",
        channel=Channel.WHATSAPP,
        account="1",
        queue="sales",
        measure=Measure.FIRST_REPLY,
        cycle=1_795_424_100_000,
        policy="all",
        policy_version="abc",
        started_at=1_795_424_100_000,
        deadline=1_795_424_400_000,
        waited_ms=300_000,
        waited_business_ms=240_000,
        calendar="office",
        cause="e1",
    )

    assert msgspec.json.decode(encode_fact(fact)) == {
        **FACT,
        "kind": "breached",
        "noticed_at": "2026-11-23T09:00:02.000Z",
        "measure": "first_reply",
        "cycle": "2026-11-23T08:55:00.000Z",
        "policy": "all",
        "policy_version": "abc",
        "started_at": "2026-11-23T08:55:00.000Z",
        "deadline": "2026-11-23T09:00:00.000Z",
        "waited_s": 300.0,
        "waited_business_s": 240.0,
        "calendar": "office",
        "cause": "e1",
    }


def test_a_dead_letter_is_read_as_it_was_written():
    """Place, reason and time; the mark of a resent record is the same with its time."""
    record = Record(117, b"c", b"Anna", partition=3)
    key, value = dead_letter(record, "why", 1_795_424_400_000)
    letter = decode_dead_letter(value)

    assert key == b"c"
    assert letter == DeadLetter(
        v=1,
        topic="conversations.events",
        partition=3,
        offset=117,
        reason="why",
        at="2026-11-23T09:00:00.000Z",
    )
    assert letter.instant == 1_795_424_400_000
    mark = decode_dead_letter(resent_mark(letter, 1_795_424_402_000))
    assert mark == msgspec.structs.replace(
        letter, resent=True, at="2026-11-23T09:00:02.000Z"
    )


@pytest.mark.parametrize(
    "changes", [{"v": 2}, {"offset": "1"}, {"at": "soon"}, {"reason": None}], ids=str
)
def test_what_is_no_dead_letter_is_refused(changes):
    """Another version, a wrong type, a time that is none."""
    _, value = dead_letter(Record(1, None, None), "why", 0)
    with pytest.raises(UnreadableRecordError):
        decode_dead_letter(json.dumps(json.loads(value) | changes).encode())
    with pytest.raises(UnreadableRecordError):
        decode_dead_letter(b"")
