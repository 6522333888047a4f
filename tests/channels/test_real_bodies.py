"""Which events come out of bodies that others recorded (`shared/data/webhooks`)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from stream.channels.sources import SOURCES
from stream.records import decode_event, encode_event
from stream.sla.events import DeliveryEvent, Event, MessageEvent

BODIES = Path(__file__).parents[2].parent / "shared" / "data" / "webhooks"
pytestmark = pytest.mark.skipif(
    not BODIES.is_dir(),
    reason="the bodies of others (shared/data/webhooks) are not here",
)

CUSTOMER_WROTE = ["message inbound customer plain"]
CUSTOMER_REACTED = ["message inbound customer reaction"]

# file: (events, ignored parts)
TABLE: dict[str, tuple[list[str], dict[str, int]]] = {
    "messenger/rec_delivery_confirmation": (["delivery delivered"], {}),
    "messenger/rec_echo_message": (["message outbound agent plain"], {}),
    "messenger/rec_first_message": (CUSTOMER_WROTE, {}),
    "messenger/rec_image_attachment": (CUSTOMER_WROTE, {}),
    "messenger/rec_legacy_postback": (CUSTOMER_WROTE, {}),
    "messenger/rec_postback_click": (CUSTOMER_WROTE, {}),
    "messenger/rec_reaction_added": (CUSTOMER_REACTED, {}),
    "messenger/rec_reaction_removed": (CUSTOMER_REACTED, {}),
    "messenger/rec_read_confirmation": ([], {"read": 1}),
    "messenger/rec_second_message": (CUSTOMER_WROTE, {}),
    "whatsapp/message_animated_sticker": (CUSTOMER_WROTE, {}),
    "whatsapp/message_audio": (CUSTOMER_WROTE, {}),
    "whatsapp/message_chosen_location": (CUSTOMER_WROTE, {}),
    "whatsapp/message_contacts": (CUSTOMER_WROTE, {}),
    "whatsapp/message_current_location": (CUSTOMER_WROTE, {}),
    "whatsapp/message_document": (CUSTOMER_WROTE, {}),
    "whatsapp/message_forwarded": (CUSTOMER_WROTE, {}),
    "whatsapp/message_forwarded_many_times": (CUSTOMER_WROTE, {}),
    "whatsapp/message_image": (CUSTOMER_WROTE, {}),
    "whatsapp/message_interactive_message_with_err": (CUSTOMER_WROTE, {}),
    "whatsapp/message_media_with_url": (CUSTOMER_WROTE, {}),
    "whatsapp/message_order": (CUSTOMER_WROTE, {}),
    "whatsapp/message_reaction": (CUSTOMER_REACTED, {}),
    "whatsapp/message_referral": (CUSTOMER_WROTE, {}),
    "whatsapp/message_reply": (CUSTOMER_WROTE, {}),
    "whatsapp/message_static_sticker": (CUSTOMER_WROTE, {}),
    "whatsapp/message_status_delivered": (
        ["message outbound unknown plain", "delivery delivered"],
        {},
    ),
    "whatsapp/message_status_failed": (["delivery failed 130472"], {}),
    "whatsapp/message_status_group": (["delivery read"], {}),
    "whatsapp/message_status_played": (["delivery read"], {}),
    "whatsapp/message_status_read": (["delivery read"], {}),
    "whatsapp/message_status_sent": (
        ["message outbound unknown plain", "delivery sent"],
        {},
    ),
    "whatsapp/message_status_with_tracker": (
        ["message outbound unknown plain", "delivery sent"],
        {},
    ),
    "whatsapp/message_text": (CUSTOMER_WROTE, {}),
    "whatsapp/message_unreaction_empty": (CUSTOMER_REACTED, {}),
    "whatsapp/message_unreaction_no_emoji": (CUSTOMER_REACTED, {}),
    "whatsapp/message_unsupported": (CUSTOMER_WROTE, {}),
    "whatsapp/message_unsupported_with_type": (CUSTOMER_WROTE, {}),
    "whatsapp/message_video": (CUSTOMER_WROTE, {}),
    "whatsapp/message_voice": (CUSTOMER_WROTE, {}),
    "whatsapp/outgoing_message_delete": (["message outbound agent deletion"], {}),
    "whatsapp/outgoing_message_edit": (["message outbound agent edit"], {}),
    "whatsapp/outgoing_message_text": (["message outbound agent plain"], {}),
    "whatsapp/rec_first_message": (CUSTOMER_WROTE, {}),
    "whatsapp/rec_second_message": (CUSTOMER_WROTE, {}),
    "whatsapp/rec_status_update": (
        ["message outbound unknown plain", "delivery sent"],
        {},
    ),
}


def events_of(name: str) -> tuple[tuple[Event, ...], dict[str, int]]:
    source = name.partition("/")[0]
    parsed = SOURCES[source](
        (BODIES / f"{name}.json").read_bytes(),
        id_secret=b"secret",
        received_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
    )
    return parsed.events, dict(parsed.ignored)


def in_words(event: Event) -> str:
    match event:
        case MessageEvent():
            return f"message {event.direction} {event.author.kind} {event.nature}"
        case DeliveryEvent():
            return f"delivery {event.state} {event.reason or ''}".rstrip()
    return f"unexpected {event}"


def test_the_table_is_complete() -> None:
    """Every body has a row, and every row a body."""
    files = {f"{n}/{path.stem}" for n in SOURCES for path in BODIES.glob(f"{n}/*.json")}

    assert sorted(TABLE) == sorted(files)


@pytest.mark.parametrize("name", TABLE)
def test_gives_the_events_of_the_table(name: str) -> None:
    """Kind, direction, author, nature and state are as the table says."""
    events, ignored = events_of(name)

    assert ([in_words(event) for event in events], ignored) == TABLE[name]


@pytest.mark.parametrize("name", TABLE)
def test_gives_records_that_the_worker_can_read(name: str) -> None:
    """Nothing that intake makes is dead-lettered."""
    for event in events_of(name)[0]:
        assert decode_event(encode_event(event)) == event


@pytest.mark.parametrize("name", TABLE)
def test_tells_nobody_who_the_customer_is(name: str) -> None:
    """No phone number, user id, name or text of the body is in an event."""
    secrets = (
        *("972987654321", "15550002222", "200000000000001", "US.13491208655302741918"),
        *("Test Name", "Test User", "Vercel", "Body Text", "WHATSAPP_USER", "caption"),
    )
    for event in events_of(name)[0]:
        written = encode_event(event).decode()
        assert [secret for secret in secrets if secret in written] == []


def test_question_and_answer_meet_in_one_conversation() -> None:
    """Recorded question and its recorded answer have the same key."""
    keys = {
        source: {
            event.conversation_id
            for name in names
            for event in events_of(f"{source}/{name}")[0]
        }
        for source, names in {
            "whatsapp": (
                *("rec_first_message", "rec_second_message", "rec_status_update"),
            ),
            "messenger": (
                *("rec_first_message", "rec_echo_message", "rec_postback_click"),
                *("rec_delivery_confirmation", "rec_reaction_added"),
            ),
        }.items()
    }

    assert {source: len(found) for source, found in keys.items()} == {
        "whatsapp": 1,
        "messenger": 1,
    }
    assert next(iter(keys["whatsapp"])).startswith("whatsapp:100000000000001:")
    assert next(iter(keys["messenger"])).startswith("messenger:100000000000001:")


def test_an_echo_with_both_sides_swapped_is_the_same_conversation() -> None:
    """An edit typed in the business's app lands where its customer's messages do."""
    inbound = events_of("whatsapp/message_text")[0][0]
    edit = events_of("whatsapp/outgoing_message_edit")[0][0]

    assert edit.conversation_id == inbound.conversation_id
