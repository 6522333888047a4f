"""What is posted becomes events, or an answer that says why not."""

import json
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.channels import whatsapp
from stream.channels.contact import contact_keys
from stream.channels.fields import NotJsonError, TooManyPartsError
from stream.channels.people import People, in_one
from stream.channels.reading import MOST_PARTS, Options
from stream.intake.posted import Postable, Posted, read_posted
from stream.process.senders import Sender
from stream.records import decode_event, encode_event
from stream.sla.events import Channel, Event, JoinedEvent
from stream.sla.vocabulary import KINDS
from tests.bodies import NUMBER, PHONE, USER, asked

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
DESK = Sender(name="desk", prefix="desk:")
PLACE = {"channel": "whatsapp", "account": NUMBER}
MESSAGE: dict[str, Any] = {
    "kind": "message",
    "event_id": "1",
    "occurred_at": "2026-11-27T08:59:00+00:00",
    **PLACE,
    "customer_ids": [PHONE],
    "message_id": "wamid.Q1",
    "direction": "inbound",
    "author": {"kind": "customer"},
}


def read(body: Any, *, is_lines: bool = False, sender: Sender = DESK) -> Posted:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_posted(
        data,
        is_lines=is_lines,
        sender=sender,
        id_secret=b"secret",
        received_at=NOW,
    )


def answers(posted: Posted) -> list[tuple[bool, str | None]]:
    return [(answer.accepted, answer.error) for answer in posted.answers]


def test_every_event_may_be_posted_but_the_workers_own() -> None:
    """A new kind of event must be thought of here."""
    assert {*get_args(Postable)} == {*get_args(Event)} - {JoinedEvent}


def test_ids_of_a_customer_lead_to_the_webhooks_conversation() -> None:
    """However the number is written; the sender's name is before the event's."""
    by_meta = whatsapp.parse(asked(), id_secret=b"secret", received_at=NOW).events[0]
    for ids in (
        [PHONE],
        [f"+{PHONE}"],
        [USER, f"+{PHONE[:2]} {PHONE[2:4]} {PHONE[4:]}"],
    ):
        event = read(MESSAGE | {"customer_ids": ids}).parsed.events[0]
        assert event.conversation_id == by_meta.conversation_id
        assert event.customer == by_meta.customer
        assert (event.event_id, event.received_at) == ("desk:1", NOW)


def test_ids_that_are_one_customers_are_told() -> None:
    """A helpdesk that knows number and user id makes one conversation of both."""
    posted = read(MESSAGE | {"customer_ids": [USER, PHONE]})
    by_user = read(MESSAGE | {"customer_ids": [USER]})
    people = People()
    _, learned = in_one(posted.parsed, people)

    assert len(learned) == 1
    assert in_one(by_user.parsed, people)[0][0].conversation_id == (
        posted.parsed.events[0].conversation_id
    )


def test_what_was_said_and_when_we_had_it_are_not_theirs() -> None:
    """No text is kept, and arrival is ours to say."""
    event = read(
        MESSAGE | {"text": "our words", "received_at": "2020-01-01T00:00:00Z"}
    ).parsed.events[0]

    assert b"our words" not in encode_event(event)
    assert event.received_at == NOW


def test_who_it_is_is_sealed_or_dropped() -> None:
    """As a webhook's: the same number and name are the same sealed bytes."""
    keys = contact_keys("ab" * 32)
    named = MESSAGE | {"customer_name": "Our Customer", "contact": "AAAA"}
    data = json.dumps(named).encode()
    about = {"is_lines": False, "sender": DESK, "id_secret": b"s", "received_at": NOW}
    sealed = read_posted(data, seal=keys.seal, **about).parsed.events[0].contact
    options = Options(seal=keys.seal)
    by_meta = whatsapp.parse(
        asked(), id_secret=b"s", received_at=NOW, options=options
    ).events[0]

    assert sealed == by_meta.contact is not None
    assert read_posted(data, **about).parsed.events[0].contact is None


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        (
            {"kind": "joined", "turns": []},
            f"Invalid value 'joined' - at `$.kind`: one of {', '.join(KINDS)}",
        ),
        (
            {"kind": "mesage"},
            "Invalid value 'mesage' - at `$.kind`: did you mean 'message'?",
        ),
        ({"kind": None}, "Expected `str`, got `NoneType` - at `$.kind`"),
        ({"v": 2}, "Invalid enum value 2 - at `$.v`"),
        ({"author": {}}, "Object missing required field `kind` - at `$.author`"),
        ({"event_id": 7}, "Expected `str`, got `int` - at `$.event_id`"),
        ({"event_id": ""}, "Expected `str` of length >= 1 - at `$.event_id`"),
        ({"event_id": "x" * 480}, "Expected `str` of length <= 479 - at `$.event_id`"),
        (
            {"occurred_at": "0001-01-01T00:00:00+14:00"},
            "an instant is not between 1970 and 2200",
        ),
        (
            {"occurred_at": "today"},
            "Invalid RFC3339 encoded datetime - at `$.occurred_at`",
        ),
        ({"customer_ids": []}, "Expected `array` of length >= 1 - at `$.customer_ids`"),
        ({"customer_ids": PHONE}, "Expected `array`, got `str` - at `$.customer_ids`"),
        (
            {"channel": "fax"},
            f"Invalid enum value 'fax' - at `$.channel`: one of {', '.join(Channel)}",
        ),
        (
            {"conversation_id": "c"},
            "both `conversation_id` and `customer_ids`: one is due",
        ),
    ],
)
def test_an_item_that_is_no_event_costs_itself_only(
    changed: dict[str, Any], error: str
) -> None:
    """Its neighbours are kept, and its sender is told where it is wrong."""
    posted = read([MESSAGE, MESSAGE | changed, MESSAGE])

    assert answers(posted) == [(True, None), (False, error), (True, None)]
    assert len(posted.parsed.events) == 2


def test_lines_are_items_and_a_broken_one_costs_itself() -> None:
    """NDJSON, with empty lines and both ends of lines."""
    whole = json.dumps(MESSAGE).encode()
    posted = read(whole + b"\r\n\n" + whole[:-2] + b"\n[]\n" + whole, is_lines=True)

    assert [answer.accepted for answer in posted.answers] == [True, False, False, True]


def test_no_json_and_too_much_are_refused_whole() -> None:
    """A list of 5,000 is the most."""
    with pytest.raises(NotJsonError):
        read(b'{"kind": ')
    with pytest.raises(TooManyPartsError):
        read([0] * (MOST_PARTS + 1))
    with pytest.raises(TooManyPartsError):
        read(b"0\n" * (MOST_PARTS + 1), is_lines=True)
    assert len(read([0] * MOST_PARTS).answers) == MOST_PARTS


@pytest.mark.parametrize(
    "changed",
    [
        {"account": "other"},
        {"channel": "messenger"},
        {"customer_ids": None, "conversation_id": "whatsapp:other:1"},
        {"kind": "merged", "into": "whatsapp:other:1"},
        {"kind": "heartbeat", "account": "other"},
    ],
)
def test_a_sender_of_some_accounts_speaks_of_no_other(changed: dict[str, Any]) -> None:
    """Neither by the account nor by a conversation's name."""
    own = Sender(name="shop", accounts=frozenset({f"whatsapp:{NUMBER}"}))
    item = {k: v for k, v in (MESSAGE | changed).items() if v is not None}

    assert read(MESSAGE, sender=own).answers[0].accepted
    assert not read(item, sender=own).answers[0].accepted
    assert read(item).answers[0].accepted


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2**62, 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["whatsapp", "2026-11-27T09:00:00Z", "agent", PHONE]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)


@settings(deadline=None)  # of correctness, not of speed
@given(
    whole=st.fixed_dictionaries(
        {}, optional={name: _JSON | st.just(value) for name, value in MESSAGE.items()}
    )
    | _JSON,
    more=st.dictionaries(
        st.sampled_from(
            ["queue", "tags", "status", "into", "score", "state", "text", "link"]
        ),
        _JSON,
    ),
    kind=st.sampled_from(["message", "status", "attributes", "survey", "purchase"]),
)
def test_what_is_accepted_is_what_our_reader_takes(
    whole: Any, more: dict[str, Any], kind: str
) -> None:
    """Any JSON gives an answer for each item, and no event that a worker refuses."""
    item = {**whole, **more, "kind": kind} if isinstance(whole, dict) else whole
    posted = read(item)

    items = len(item) if isinstance(item, list) else 1
    assert len(posted.answers) == items
    for event in posted.parsed.events:
        assert decode_event(encode_event(event)).event_id == event.event_id
