"""WhatsApp bodies beyond the real ones at hand (channels.md section 1)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from stream.channels.pseudonym import pseudonym
from stream.channels.reading import Parsed
from stream.channels.whatsapp import parse
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
ANA = pseudonym(SECRET, "whatsapp", "100200300", "15551112222")

MESSAGE = {
    "from": "15551112222",
    "id": "wamid.AAA",
    "timestamp": "1790000000",
    "type": "text",
    "text": {"body": "Hi"},
}
STATUS = {
    "id": "wamid.OUT1",
    "status": "sent",
    "timestamp": "1790000000",
    "recipient_id": "15551112222",
}
ECHO = {
    "from": "15550001111",
    "to": "15551112222",
    "id": "wamid.E1",
    "timestamp": "1790000000",
    "type": "text",
}


def change(field: str = "messages", **value: Any) -> dict[str, Any]:
    metadata = {
        "display_phone_number": "+1 555-000-1111",
        "phone_number_id": "100200300",
    }
    return {"field": field, "value": {"metadata": metadata, **value}}


def read(*changes: Any) -> Parsed:
    body = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "waba", "changes": list(changes)}],
    }
    return parse(body, id_secret=SECRET, received_at=NOW)


def only_message(*changes: Any) -> MessageEvent:
    (event,) = read(*changes).events
    assert isinstance(event, MessageEvent)
    return event


def of_status(**fields: Any) -> tuple[MessageEvent, DeliveryEvent]:
    message, delivery = read(change(statuses=[{**STATUS, **fields}])).events
    assert isinstance(message, MessageEvent)
    assert isinstance(delivery, DeliveryEvent)
    return message, delivery


def test_a_customers_message_is_one_inbound_event() -> None:
    """The whole event, field by field."""
    assert read(change(messages=[MESSAGE])).events == (
        MessageEvent(
            v=1,
            event_id="whatsapp:100200300:wamid.AAA",
            occurred_at=AT,
            received_at=NOW,
            conversation_id=f"whatsapp:100200300:{ANA}",
            channel=Channel.WHATSAPP,
            account="100200300",
            customer=ANA,
            message_id="wamid.AAA",
            direction=Direction.INBOUND,
            author=Author(kind=AuthorKind.CUSTOMER),
        ),
    )


def test_a_status_is_the_message_and_its_delivery() -> None:
    """The reply's only trace gives both, under one message id and two event ids."""
    shared = {
        "v": 1,
        "occurred_at": AT,
        "received_at": NOW,
        "conversation_id": f"whatsapp:100200300:{ANA}",
        "channel": Channel.WHATSAPP,
        "account": "100200300",
        "customer": ANA,
        "message_id": "wamid.OUT1",
    }
    name = f"whatsapp:100200300:wamid.OUT1:sent:{ANA}"

    assert read(change(statuses=[STATUS])).events == (
        MessageEvent(
            event_id=f"{name}:message",
            direction=Direction.OUTBOUND,
            author=Author(kind=AuthorKind.UNKNOWN),
            **shared,
        ),
        DeliveryEvent(event_id=name, state=DeliveryState.SENT, **shared),
    )


@pytest.mark.parametrize(
    ("said", "nature"),
    [
        ("unsupported", Nature.PLAIN),
        ("unknown", Nature.PLAIN),
        ("button", Nature.PLAIN),
        ("a type of next year", Nature.PLAIN),
        (None, Nature.PLAIN),
        (7, Nature.PLAIN),
        ("reaction", Nature.REACTION),
        ("edit", Nature.EDIT),
        ("revoke", Nature.DELETION),
    ],
)
def test_every_type_is_a_turn_but_what_touches_another_message(
    said: object, nature: Nature
) -> None:
    """A message nobody can read is still a customer who wrote."""
    event = only_message(change(messages=[{**MESSAGE, "type": said}]))

    assert event.nature == nature
    assert event.direction == Direction.INBOUND


@pytest.mark.parametrize("said", ["system", "request_welcome"])
def test_what_the_customer_did_not_say_is_counted(said: str) -> None:
    """A new phone number or an opened chat starts no clock."""
    parsed = read(change(messages=[{**MESSAGE, "type": said}]))

    assert (parsed.events, parsed.ignored) == ((), {said: 1})


def test_all_entries_changes_messages_and_statuses_are_read() -> None:
    """A batch of everything gives everything, in the body's order."""
    body = {
        "object": "whatsapp_business_account",
        "entry": [
            {
                "changes": [
                    change(
                        messages=[{**MESSAGE, "id": "1"}, {**MESSAGE, "id": "2"}],
                        statuses=[{**STATUS, "id": "3"}],
                    ),
                    change(messages=[{**MESSAGE, "id": "4"}]),
                ]
            },
            {"changes": [change("smb_message_echoes", message_echoes=[ECHO])]},
        ],
    }

    events = parse(body, id_secret=SECRET, received_at=NOW).events

    assert [getattr(event, "message_id", None) for event in events] == [
        *("1", "2", "3", "3", "4", "wamid.E1"),
    ]


def test_history_starts_no_clock_though_it_has_messages() -> None:
    """The field says what an array means."""
    parsed = read(change("history", messages=[MESSAGE], history=[]))

    assert (parsed.events, parsed.ignored) == ((), {"history": 1})


def test_an_unknown_field_adds_no_label() -> None:
    """Fields of next year are counted under one reason."""
    parsed = read(change("a_field_of_next_year"), change("another"), change("flows"))

    assert parsed.ignored == {"unknown_field": 2, "flows": 1}


def test_an_error_of_the_account_is_no_message() -> None:
    """Errors beside no message are counted."""
    parsed = read(change(errors=[{"code": 131000}]), change())

    assert (parsed.events, parsed.ignored) == (
        (),
        {"value_error": 1, "nothing_in_it": 1},
    )


def test_a_malformed_part_does_not_harm_its_neighbours() -> None:
    """What can be read is read, the rest is counted."""
    parsed = read(
        None,
        change(messages="many"),
        change(
            messages=[
                7,
                {**MESSAGE, "id": None},
                {**MESSAGE, "timestamp": "soon"},
                MESSAGE,
            ],
            statuses=[{**STATUS, "recipient_id": []}],
        ),
        {"field": "messages", "value": {"messages": [MESSAGE]}},
    )

    assert [event.event_id for event in parsed.events] == [
        "whatsapp:100200300:wamid.AAA"
    ]
    assert parsed.ignored == {"malformed": 7}


def test_a_broken_list_does_not_harm_the_list_beside_it() -> None:
    """Statuses are read though the messages of the same change cannot be."""
    parsed = read(change(messages="many", statuses=[STATUS]))

    assert (len(parsed.events), parsed.ignored) == (2, {"malformed": 1})


@pytest.mark.parametrize("body", [[], None, 7, "x", {}, {"object": "page"}])
def test_the_body_of_another_webhook_is_counted(body: object) -> None:
    """Not this source's object: no event, one count."""
    parsed = parse(body, id_secret=SECRET, received_at=NOW)

    assert parsed.events == ()
    assert sum(parsed.ignored.values()) == 1


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("sent", DeliveryState.SENT),
        ("delivered", DeliveryState.DELIVERED),
    ],
)
def test_each_status_alone_proves_the_reply(status: str, state: DeliveryState) -> None:
    """Either may be the only one that comes."""
    message, delivery = of_status(status=status)

    assert (message.direction, delivery.state) == (Direction.OUTBOUND, state)


@pytest.mark.parametrize("status", ["read", "played"])
def test_what_was_read_was_written_nobody_knows_when(status: str) -> None:
    """It reached the customer, and is no message; its price still tells a template."""
    marketing = {"category": "marketing"}
    (delivery,) = read(change(statuses=[{**STATUS, "status": status}])).events
    template, _ = of_status(status=status, pricing=marketing)

    assert isinstance(delivery, DeliveryEvent)
    assert delivery.state is DeliveryState.READ
    assert template.nature is Nature.TEMPLATE


def test_a_failure_is_no_message_and_says_why() -> None:
    """The first error's code is the reason."""
    failed = {**STATUS, "status": "failed", "errors": [{"code": 131047}]}

    (event,) = read(change(statuses=[failed])).events

    assert isinstance(event, DeliveryEvent)
    assert (event.state, event.reason) == (DeliveryState.FAILED, "131047")


@pytest.mark.parametrize("errors", [None, [], "x", [7], [{}], [{"code": [1]}]])
def test_a_failure_without_a_readable_code_is_still_one(errors: object) -> None:
    """The clock runs again whatever Meta says about the cause."""
    failed = {**STATUS, "status": "failed", "errors": errors}

    (event,) = read(change(statuses=[failed])).events

    assert isinstance(event, DeliveryEvent)
    assert (event.state, event.reason) == (DeliveryState.FAILED, None)


def test_an_unknown_status_is_counted() -> None:
    """`deleted` and whatever else comes prove nothing."""
    parsed = read(change(statuses=[{**STATUS, "status": "deleted"}]))

    assert (parsed.events, parsed.ignored) == ((), {"unknown_status": 1})


@pytest.mark.parametrize(
    ("pricing", "nature"),
    [
        (None, Nature.PLAIN),
        ({}, Nature.PLAIN),
        ({"category": "service"}, Nature.PLAIN),
        ({"category": "group_service"}, Nature.PLAIN),
        ({"category": "referral_conversion"}, Nature.PLAIN),
        ({"category": "marketing"}, Nature.TEMPLATE),
        ({"category": "utility"}, Nature.TEMPLATE),
        ({"category": "authentication-international"}, Nature.TEMPLATE),
        ({"category": "group_marketing"}, Nature.TEMPLATE),
    ],
)
def test_the_price_tells_a_template_from_a_reply(
    pricing: object, nature: Nature
) -> None:
    """Only what a person may write freely is plain."""
    assert of_status(pricing=pricing)[0].nature == nature


@pytest.mark.parametrize(
    ("tag", "author"),
    [
        ("agent:42", Author(kind=AuthorKind.AGENT, id="42")),
        ("bot:faq", Author(kind=AuthorKind.BOT, id="faq")),
        ("agent:", Author(kind=AuthorKind.AGENT)),
        ("customer:1", Author(kind=AuthorKind.UNKNOWN)),
        ("some data", Author(kind=AuthorKind.UNKNOWN)),
        ("agent", Author(kind=AuthorKind.UNKNOWN)),
        (None, Author(kind=AuthorKind.UNKNOWN)),
    ],
)
def test_the_senders_tag_names_the_author(tag: object, author: Author) -> None:
    """Who sent it comes back with the status, where the sender wrote it."""
    assert of_status(biz_opaque_callback_data=tag)[0].author == author


def test_statuses_of_one_message_never_share_an_event_id() -> None:
    """Status, recipient and participant tell events apart; a retry is the same."""
    group = {**STATUS, "recipient_id": "group", "recipient_type": "group"}
    statuses = [
        STATUS,
        {**STATUS, "status": "delivered"},
        {**STATUS, "recipient_id": "15553334444"},
        {**group, "recipient_participant_id": "1"},
        {**group, "recipient_participant_user_id": "US.2"},
    ]

    ids = [event.event_id for event in read(change(statuses=statuses)).events]

    assert len(ids) == len(set(ids)) == 10
    assert ids == [e.event_id for e in read(change(statuses=statuses)).events]


@pytest.mark.parametrize(
    ("said", "nature"),
    [
        ("text", Nature.PLAIN),
        ("revoke", Nature.DELETION),
        ("edit", Nature.EDIT),
    ],
)
@pytest.mark.parametrize(
    ("field", "author"),
    [
        ("smb_message_echoes", AuthorKind.AGENT),
        ("message_echoes", AuthorKind.UNKNOWN),
    ],
)
def test_an_echo_of_the_business_app_is_what_a_person_typed(
    field: str, author: AuthorKind, said: str, nature: Nature
) -> None:
    """Its app sends human replies only; of other apps nobody knows (F5)."""
    event = only_message(change(field, message_echoes=[{**ECHO, "type": said}]))

    assert (event.direction, event.author, event.nature) == (
        Direction.OUTBOUND,
        Author(kind=author),
        nature,
    )


@pytest.mark.parametrize(
    "sides",
    [
        pytest.param({}, id="from the business"),
        pytest.param({"from": "15551112222", "to": "15550001111"}, id="swapped"),
        pytest.param({"from": "someone else"}, id="the sender is not the number"),
        pytest.param({"to": "+1 555 111-2222"}, id="the number is written nicely"),
    ],
)
def test_an_echo_is_in_the_customers_conversation(sides: dict[str, str]) -> None:
    """Whichever side is not the business is the customer."""
    event = only_message(
        change("smb_message_echoes", message_echoes=[{**ECHO, **sides}])
    )

    assert event.customer == ANA


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param(
            change(
                contacts=[{"user_id": "US.1"}],
                messages=[{**MESSAGE, "from": None, "from_user_id": "US.1"}],
            ),
            "US.1",
            id="a message with a user id only",
        ),
        pytest.param(
            change(
                contacts=[{"user_id": "US.1", "wa_id": "15551112222"}],
                messages=[{**MESSAGE, "from": None, "from_user_id": "US.1"}],
            ),
            "15551112222",
            id="a message whose contact tells the phone",
        ),
        pytest.param(
            change(messages=[{**MESSAGE, "from_user_id": "US.1"}]),
            "15551112222",
            id="a message with both",
        ),
        pytest.param(
            change(messages=[{**MESSAGE, "group_id": "G1"}]),
            "G1",
            id="a message in a group",
        ),
        pytest.param(
            change(
                statuses=[{**STATUS, "recipient_id": None, "recipient_user_id": "US.1"}]
            ),
            "US.1",
            id="a status with a user id only",
        ),
        pytest.param(
            change(
                statuses=[{**STATUS, "recipient_id": "G1", "recipient_type": "group"}]
            ),
            "G1",
            id="a status in a group",
        ),
        pytest.param(
            change(
                "smb_message_echoes",
                message_echoes=[{**ECHO, "to": None, "to_user_id": "US.1"}],
            ),
            "US.1",
            id="an echo with a user id only",
        ),
    ],
)
def test_the_customer_of(changed: dict[str, Any], expected: str) -> None:
    """The phone number where it is known, else the user id, else the group."""
    customers = {event.customer for event in read(changed).events}

    assert customers == {pseudonym(SECRET, "whatsapp", "100200300", expected)}
