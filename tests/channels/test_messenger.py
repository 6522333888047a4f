"""Messenger bodies beyond the real ones at hand (channels.md section 2)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from stream.channels.messenger import parse
from stream.channels.pseudonym import pseudonym
from stream.channels.reading import DEFAULT_OPTIONS, NO_APP, Options, Parsed
from stream.sla.events import (
    Author,
    AuthorKind,
    Channel,
    DeliveryEvent,
    DeliveryState,
    Direction,
    MessageEvent,
    Nature,
)

SECRET = b"secret"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
AT = datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
MS = 1790000000000
BEA = pseudonym(SECRET, "messenger", "900", "777")


def part(**fields: Any) -> dict[str, Any]:
    return {
        "sender": {"id": "777"},
        "recipient": {"id": "900"},
        "timestamp": MS,
        **fields,
    }


def read(*parts: Any, options: Options = DEFAULT_OPTIONS, **entry: Any) -> Parsed:
    body = {
        "object": "page",
        "entry": [{"id": "900", "time": MS, "messaging": list(parts), **entry}],
    }
    return parse(body, id_secret=SECRET, received_at=NOW, options=options)


def only_message(*parts: Any, **entry: Any) -> MessageEvent:
    (event,) = read(*parts, **entry).events
    assert isinstance(event, MessageEvent)
    return event


def echo(**message: Any) -> dict[str, Any]:
    return part(
        sender={"id": "900"},
        recipient={"id": "777"},
        message={"mid": "m_9", "is_echo": True, **message},
    )


def test_a_customers_message_is_one_inbound_event() -> None:
    """The whole event, field by field."""
    assert read(part(message={"mid": "m_1", "text": "hi"})).events == (
        MessageEvent(
            v=1,
            event_id="messenger:900:m_1",
            occurred_at=AT,
            received_at=NOW,
            conversation_id=f"messenger:900:{BEA}",
            channel=Channel.MESSENGER,
            account="900",
            customer=BEA,
            message_id="m_1",
            direction=Direction.INBOUND,
            author=Author(kind=AuthorKind.CUSTOMER),
        ),
    )


@pytest.mark.parametrize("array", ["messaging", "standby"])
def test_standby_is_read_like_messaging(array: str) -> None:
    """A monitor gets the same events without owning the thread."""
    parsed = read(**{array: [part(message={"mid": "m_1"}), echo()]})

    assert [event.event_id for event in parsed.events] == [
        "messenger:900:m_1",
        "messenger:900:m_9",
    ]


def test_ids_may_be_numbers() -> None:
    """Numbers and text name the same conversation."""
    numbers = part(sender={"id": 777}, recipient={"id": 900}, message={"mid": "m"})

    assert only_message(numbers, id=900).conversation_id == f"messenger:900:{BEA}"


def test_seconds_are_told_from_milliseconds() -> None:
    """Real referral events carry seconds where milliseconds are documented."""
    event = only_message(part(message={"mid": "m"}, timestamp=1790000000))

    assert event.occurred_at == AT


@pytest.mark.parametrize(
    "sides",
    [
        pytest.param({}, id="the page"),
        pytest.param(
            {"sender": {"id": "777"}, "recipient": {"id": "900"}}, id="the customer"
        ),
        pytest.param({"sender": {"id": "5"}, "recipient": {"id": "777"}}, id="a third"),
    ],
)
def test_an_echo_is_outbound_whoever_its_sender_is(sides: dict[str, Any]) -> None:
    """`is_echo` gives the direction, the page's id the customer."""
    event = only_message({**echo(), **sides})

    assert (event.direction, event.customer) == (Direction.OUTBOUND, BEA)


@pytest.mark.parametrize(
    ("message", "author"),
    [
        ({}, Author(kind=AuthorKind.AGENT)),
        ({"app_id": 263902037430900}, Author(kind=AuthorKind.AGENT)),
        ({"app_id": "26390203743090"}, Author(kind=AuthorKind.AGENT)),
        ({"app_id": 42}, Author(kind=AuthorKind.BOT, id="42")),
        ({"app_id": "43"}, Author(kind=AuthorKind.AGENT)),
        ({"app_id": 2**60}, Author(kind=AuthorKind.UNKNOWN, id=str(2**60))),
        (
            {"app_id": 42, "metadata": "agent:7"},
            Author(kind=AuthorKind.AGENT, id="7"),
        ),
    ],
)
def test_the_app_tells_who_wrote_an_echo(
    message: dict[str, Any], author: Author
) -> None:
    """Inbox apps are people, named apps bots, others not known."""
    (event,) = read(
        echo(**message),
        options=Options(apps={"42": AuthorKind.BOT, "43": AuthorKind.AGENT}),
    ).events

    assert isinstance(event, MessageEvent)
    assert event.author == author


def test_the_author_without_an_app_is_the_owners_to_say() -> None:
    """An older API names no app: agent by default, whatever the options say else."""
    options = Options(apps={NO_APP: AuthorKind.BOT})

    (event,) = read(echo(), options=options).events

    assert isinstance(event, MessageEvent)
    assert event.author == Author(kind=AuthorKind.BOT)


def test_a_message_of_the_page_that_is_no_echo_is_malformed() -> None:
    """Nobody knows what it would be; a guess could stop a clock."""
    parsed = read({**echo(), "message": {"mid": "m"}})

    assert (parsed.events, parsed.ignored) == ((), {"malformed": 1})


def test_a_postback_is_a_turn_with_a_name_of_its_own() -> None:
    """Without a mid, time and customer name it, the same at every retry."""
    named = only_message(part(postback={"mid": "m_p", "title": "Go"}))
    unnamed = only_message(part(postback={"title": "Go"}))

    assert (named.message_id, named.nature) == ("m_p", Nature.PLAIN)
    assert unnamed.message_id == f"postback:{MS}:{BEA}"
    assert unnamed.event_id == f"messenger:900:postback:{MS}:{BEA}"


@pytest.mark.parametrize(
    ("fields", "nature"),
    [
        ({"reaction": {"mid": "m_1", "action": "unreact"}}, Nature.REACTION),
        ({"message_edit": {"mid": "m_1", "num_edit": "1"}}, Nature.EDIT),
        ({"message": {"mid": "m_1", "is_deleted": True}}, Nature.DELETION),
    ],
)
def test_what_touches_a_message_is_not_that_message(
    fields: dict[str, Any], nature: Nature
) -> None:
    """Neither id is the message's, so nothing is joined to it."""
    event = only_message(part(**fields))

    assert event.nature == nature
    assert event.message_id != "m_1"
    assert event.event_id != "messenger:900:m_1"


def test_every_delivered_message_has_an_event() -> None:
    """The time is the watermark where there is no timestamp."""
    delivery = {"mids": ["m_1", "m_2"], "watermark": MS}
    events = read(part(delivery=delivery, timestamp=None)).events

    assert [
        (event.message_id, event.state, event.occurred_at)
        for event in events
        if isinstance(event, DeliveryEvent)
    ] == [("m_1", DeliveryState.DELIVERED, AT), ("m_2", DeliveryState.DELIVERED, AT)]


def test_a_message_without_a_time_happened_when_meta_told_of_it() -> None:
    """A customer's message is not lost for a missing timestamp."""
    assert only_message(part(message={"mid": "m"}, timestamp=None)).occurred_at == AT


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"delivery": {"watermark": MS}}, "delivery_watermark"),
        ({"read": {"watermark": MS}}, "read"),
        ({"referral": {"ref": "x"}}, "referral"),
        ({"optin": {}}, "optin"),
        ({"policy-enforcement": {}}, "policy_enforcement"),
        ({"something_of_next_year": {}}, "unknown_event"),
        ({"message": 7}, "malformed"),
        ({"message": {"text": "no mid"}}, "malformed"),
        ({"message": {"mid": "m"}, "sender": {"name": "x"}}, "malformed"),
    ],
)
def test_other_parts_are_counted(fields: dict[str, Any], reason: str) -> None:
    """What is no message and no delivery gives no event, and a neighbour does."""
    parsed = read(part(**fields), part(message={"mid": "m_ok"}))

    assert parsed.ignored == {reason: 1}
    assert [event.event_id for event in parsed.events] == ["messenger:900:m_ok"]


@pytest.mark.parametrize(
    "body",
    [
        {"object": "page", "entry": [{"id": "0", "field": "messages", "value": {}}]},
        {"field": "messages", "value": {"message": {"mid": "m"}}},
        {"sample": {"field": "messages", "value": {}}},
    ],
)
def test_the_dashboards_test_button_is_no_customer(body: object) -> None:
    """Test events stay out of the figures."""
    parsed = parse(body, id_secret=SECRET, received_at=NOW)

    assert (parsed.events, parsed.ignored) == ((), {"test_event": 1})


def test_the_pages_feed_is_counted() -> None:
    """Comments and likes come under `changes`."""
    parsed = read(changes=[{"field": "feed", "value": {}}])

    assert (parsed.events, parsed.ignored) == ((), {"changes": 1})
