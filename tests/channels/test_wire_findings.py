"""Bodies that others found to be read wrongly (`wire-findings.md`), one a kind."""

from datetime import UTC, datetime
from time import process_time
from typing import Any

import pytest

from stream.channels import messenger, whatsapp
from stream.channels.fields import TooManyPartsError
from stream.channels.reading import Parsed
from stream.records import decode_event, encode_event
from stream.sla.events import AuthorKind, MessageEvent, Nature

PHONE, USER, PARENT = "15551112222", "US.1349", "US.ENT.7"
GROUP = "15551112222-1600000000"
MESSAGE = {"id": "wamid.A", "timestamp": "1790000000", "type": "text"}
STATUS = {"id": "wamid.B", "timestamp": "1790000060", "status": "sent"}
METADATA = {"display_phone_number": "15550001111", "phone_number_id": "100200300"}


def parse(module: Any, body: dict[str, Any]) -> Parsed:
    received_at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    parsed: Parsed = module.parse(body, id_secret=b"secret", received_at=received_at)
    for event in parsed.events:
        assert decode_event(encode_event(event)) == event
    return parsed


def whatsapp_body(
    value: dict[str, Any], field: str = "messages", waba: object = "1"
) -> dict[str, Any]:
    change = {"field": field, "value": {"metadata": METADATA, **value}}
    return {"object": whatsapp.OBJECT, "entry": [{"id": waba, "changes": [change]}]}


def on_whatsapp(field: str = "messages", **value: Any) -> Parsed:
    return parse(whatsapp, whatsapp_body(value, field))


def on_messenger(**part: Any) -> Parsed:
    sides = {"sender": {"id": "88"}, "recipient": {"id": "55"}, "timestamp": 1790000000}
    entry = {"id": "55", "time": 1790000000, "messaging": [{**sides, **part}]}
    return parse(messenger, {"object": "page", "entry": [entry]})


def conversations(*parsed: Parsed) -> set[str]:
    return {event.conversation_id for each in parsed for event in each.events}


def contact(**names: str) -> list[dict[str, str]]:
    return [names]


BY_PHONE = on_whatsapp(statuses=[{**STATUS, "recipient_id": PHONE}])


@pytest.mark.parametrize(
    ("part", "contacts"),
    [
        pytest.param({"from": USER}, contact(wa_id=PHONE, user_id=USER), id="F1e"),
        pytest.param({}, contact(wa_id=PHONE), id="F3: in contacts only"),
        pytest.param(
            {"from_parent_user_id": PARENT},
            contact(wa_id=PHONE, parent_user_id=PARENT),
            id="F3: by the parent",
        ),
        pytest.param({"from": "4420000001"}, contact(wa_id=PHONE), id="F11"),
    ],
)
def test_the_contact_beside_a_message_says_who_it_is(
    part: dict[str, str], contacts: list[dict[str, str]]
) -> None:
    """F1e, F3, F11: question and answer are of one customer."""
    asked = on_whatsapp(messages=[{**MESSAGE, **part}], contacts=contacts)

    assert len(asked.events) == 1
    assert len(conversations(asked, BY_PHONE)) == 1


def test_of_several_contacts_nobody_guesses() -> None:
    """F3: with two, a message without an id is nobody's, and is counted."""
    contacts = [*contact(wa_id=PHONE), *contact(wa_id="15553334444")]
    asked = on_whatsapp(messages=[MESSAGE, {**MESSAGE, "id": "2"}], contacts=contacts)

    assert (asked.events, asked.ignored) == ((), {"malformed": 2})


@pytest.mark.parametrize("mark", ["created_by_1p_bot"])
def test_metas_own_bot_is_a_bot(mark: str) -> None:
    """F5: what Meta's bot answers keeps no promise."""
    echo = {**MESSAGE, "to": PHONE, "message_creation_type": mark}
    (event,) = on_whatsapp("message_echoes", message_echoes=[echo]).events

    assert isinstance(event, MessageEvent)
    assert event.author.kind is AuthorKind.BOT


def test_one_members_failure_is_not_the_groups() -> None:
    """F6: the reply reached the group."""
    status = {**STATUS, "recipient_type": "group", "recipient_id": "g1"}
    members = [
        {**status, "recipient_participant_id": PHONE},
        {**status, "recipient_participant_id": "15559990000", "status": "failed"},
    ]
    parsed = on_whatsapp(statuses=members)

    assert [type(event).__name__ for event in parsed.events] == [
        "MessageEvent",
        "DeliveryEvent",
    ]
    assert parsed.ignored == {"failed_for_one_of_a_group": 1}


def test_a_member_beside_a_groups_status_is_not_the_group() -> None:
    """The contact is who has read it; the group's question is answered (F6, F15)."""
    asked = on_whatsapp(messages=[{**MESSAGE, "from": PHONE, "group_id": "g1"}])
    read = {
        **STATUS,
        "status": "read",
        "recipient_id": "g1",
        "recipient_type": "group",
        "recipient_participant_id": PHONE,
    }
    seen = on_whatsapp(statuses=[read], contacts=contact(wa_id=PHONE, user_id=USER))

    assert len(conversations(asked, seen)) == 1
    assert seen.links == ()


def test_who_has_only_a_user_ref_is_heard() -> None:
    """F7: a plugin's button on the page's own site."""
    pressed = on_messenger(sender={"user_ref": "r-1"}, postback={"payload": "x"})

    assert len(pressed.events) == 1


@pytest.mark.parametrize(
    ("part", "nature"),
    [
        ({"reaction": {"message_id": "x"}}, Nature.REACTION),
        ({"edit": {}}, Nature.EDIT),
        ({"revoke": {}}, Nature.DELETION),
        ({"location": {"latitude": 1}}, Nature.PLAIN),
    ],
)
def test_the_type_is_known_by_its_key(part: dict[str, Any], nature: Nature) -> None:
    """F8: without `type`, what stands there says it."""
    message = {"id": "wamid.A", "timestamp": "1790000000", "from": PHONE, **part}
    (event,) = on_whatsapp(messages=[message]).events

    assert isinstance(event, MessageEvent)
    assert event.nature is nature


def test_a_changed_number_is_no_word_of_the_customer() -> None:
    """F8: the same for what WhatsApp itself says."""
    message = {"id": "w", "timestamp": "1790000000", "from": PHONE, "system": {}}

    assert on_whatsapp(messages=[message]).ignored == {"system": 1}


@pytest.mark.parametrize("waba", ["0", 0])
def test_the_consoles_test_button_starts_nothing(waba: object) -> None:
    """F9: nobody waits for an answer."""
    value = {"messages": [{**MESSAGE, "from": "16315551181"}]}
    parsed = parse(whatsapp, whatsapp_body(value, waba=waba))

    assert (parsed.events, parsed.ignored) == ((), {"test_event": 1})


def test_ones_own_number_starts_nothing() -> None:
    """F10: the business does not wait for itself."""
    parsed = on_whatsapp(messages=[{**MESSAGE, "from": "+1 555 000-1111"}])

    assert (parsed.events, parsed.ignored) == ((), {"own_number": 1})


@pytest.mark.parametrize(
    ("parsed", "ignored"),
    [
        pytest.param(
            on_whatsapp(
                messages=[{**MESSAGE, "from": PHONE}],
                message_echoes=[{}, {}],
                calls=[{}],
            ),
            {"misplaced": 3},
            id="echoes and calls under another field",
        ),
        pytest.param(
            parse(whatsapp, {"object": whatsapp.OBJECT, "entry": []}),
            {"nothing_in_it": 1},
            id="no entries",
        ),
        pytest.param(
            parse(whatsapp, {"object": whatsapp.OBJECT, "entry": [{"id": "1"}]}),
            {"nothing_in_it": 1},
            id="an entry without changes",
        ),
        pytest.param(
            parse(messenger, {"object": "page", "entry": [{"id": "1"}]}),
            {"nothing_in_it": 1},
            id="an entry without messaging",
        ),
    ],
)
def test_what_is_left_out_is_counted(parsed: Parsed, ignored: dict[str, int]) -> None:
    """F12: nothing vanishes."""
    assert parsed.ignored == ignored


@pytest.mark.parametrize(
    "shown", ["1555\u00a0000 1111", "\u200e15550001111", "x" * 999]
)
def test_a_number_that_is_only_shown_costs_no_message(shown: str) -> None:
    """F13: a no-break space, a direction mark."""
    metadata = {**METADATA, "display_phone_number": shown}
    parsed = on_whatsapp(metadata=metadata, messages=[{**MESSAGE, "from": PHONE}])

    assert len(parsed.events) == 1


def test_an_odd_app_costs_no_message() -> None:
    """F13: an app id that cannot be one is an app that nobody knows."""
    echo = {"mid": "m", "is_echo": True, "app_id": "9" * 300}
    (event,) = on_messenger(message=echo).events

    assert isinstance(event, MessageEvent)
    assert (event.author.kind, event.author.id) == (AuthorKind.UNKNOWN, None)


@pytest.mark.parametrize("timestamp", ["9999999999", "7258118400", 253402300799])
def test_no_event_that_the_worker_refuses(timestamp: object) -> None:
    """F14: what lies beyond 2200 is no time, and is counted here."""
    message = {**MESSAGE, "from": PHONE, "timestamp": timestamp}

    assert on_whatsapp(messages=[message]).ignored == {"malformed": 1}


def test_a_group_with_a_dash_is_one_group() -> None:
    """F15: its id is no phone number."""
    asked = on_whatsapp(messages=[{**MESSAGE, "from": PHONE, "group_id": GROUP}])
    status = {**STATUS, "recipient_type": "group", "recipient_id": GROUP}

    assert len(conversations(asked, on_whatsapp(statuses=[status]))) == 1


@pytest.mark.parametrize(
    ("module", "body"),
    [
        (whatsapp, whatsapp_body({"messages": [{}] * 6000})),
        (whatsapp, whatsapp_body({"statuses": [STATUS] * 6000})),
        (whatsapp, {"object": whatsapp.OBJECT, "entry": [{}] * 6000}),
        (
            messenger,
            {
                "object": "page",
                "entry": [
                    {
                        "id": "55",
                        "messaging": [
                            {
                                "sender": {"id": "88"},
                                "delivery": {"mids": ["m"] * 6000, "watermark": 1},
                            }
                        ],
                    }
                ],
            },
        ),
    ],
)
def test_more_than_meta_ever_sends_is_refused_at_once(
    module: Any, body: dict[str, Any]
) -> None:
    """Section 5: 3 MiB of small parts held the event loop for seconds."""
    with pytest.raises(TooManyPartsError, match=r"^more than 5000 parts$"):
        parse(module, body)


def seconds_for(count: int) -> float:
    numbers = range(count)
    messages = [{**MESSAGE, "id": f"w{n}", "from_user_id": f"US.{n}"} for n in numbers]
    contacts = [{"user_id": f"US.{n}", "wa_id": str(n)} for n in reversed(numbers)]
    value = {"messages": messages, "contacts": contacts}
    began = process_time()
    assert len(on_whatsapp(**value).events) == count
    return process_time() - began


def test_many_contacts_of_many_messages_take_linear_time() -> None:
    """F16: eight times as many take eight times as long, and not sixty-four."""
    few = min(seconds_for(500) for _ in range(3))
    many = min(seconds_for(4000) for _ in range(3))

    assert many < 24 * few
