"""Calls over WhatsApp: what they are to the clocks (semantics 2.1, 2.5)."""

from typing import Any

import pytest

from stream.channels.whatsapp import parse
from stream.config import parse_config
from stream.sla.events import Direction, MessageEvent, Nature
from stream.sla.instants import to_ms
from tests.bodies import PHONE, SECONDS, SHOWN, Body, asked, call, status, whatsapp
from tests.channels.test_messenger import NOW
from tests.channels.test_one_person import orders, stands, told

CUSTOMERS = {"event": "terminate", "direction": "USER_INITIATED"}
OWN = {"event": "terminate", "direction": "BUSINESS_INITIATED"}
SPOKEN = {"status": "COMPLETED", "start_time": str(SECONDS + 10), "duration": 30}
MISSED = {"status": "COMPLETED"}


def call_status(said: str, **more: Any) -> Body:
    about = {"id": "wacid.C1", "type": "call", "timestamp": str(SECONDS + 5)}
    return whatsapp(
        "calls", statuses=[{**about, "status": said, "recipient_id": PHONE, **more}]
    )


def words(body: Body) -> list[tuple[str, str, str, float]]:
    """Direction, author, message and second of each event.

    All of them are calls, in the conversation of who writes from that phone.
    """
    (written,) = parse(asked(), id_secret=b"secret", received_at=NOW).events
    parsed = parse(body, id_secret=b"secret", received_at=NOW)
    found = []
    for event in parsed.events:
        assert isinstance(event, MessageEvent)
        assert event.nature is Nature.CALL
        assert event.conversation_id == written.conversation_id
        second = to_ms(event.occurred_at) / 1000 - SECONDS
        author = event.author.kind + (f":{event.author.id}" if event.author.id else "")
        found.append((event.direction.value, author, event.message_id, second))
    return found


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(
            call(**CUSTOMERS, **MISSED),
            [("inbound", "customer", "wacid.C1", 0)],
            id="a customer's, missed",
        ),
        pytest.param(
            call(**CUSTOMERS, **SPOKEN),
            [
                ("inbound", "customer", "wacid.C1", 10),
                ("outbound", "unknown", "wacid.C1:picked_up", 10),
            ],
            id="a customer's, picked up",
        ),
        pytest.param(
            call(**CUSTOMERS, **SPOKEN, **{"from": SHOWN, "to": PHONE}),
            [
                ("inbound", "customer", "wacid.C1", 10),
                ("outbound", "unknown", "wacid.C1:picked_up", 10),
            ],
            id="a customer's, both numbers swapped",
        ),
        pytest.param(
            call(event="terminate", **MISSED),
            [("inbound", "customer", "wacid.C1", 0)],
            id="no direction, from a customer's number",
        ),
        pytest.param(
            call(event="terminate", **SPOKEN, **{"from": f"+{SHOWN}", "to": PHONE}),
            [("outbound", "unknown", "wacid.C1", 10)],
            id="no direction, from the business's number",
        ),
        pytest.param(
            call(**OWN, **SPOKEN),
            [("outbound", "unknown", "wacid.C1", 10)],
            id="the business's, picked up",
        ),
        pytest.param(
            call_status("ACCEPTED", biz_opaque_callback_data="agent:42"),
            [("outbound", "agent:42", "wacid.C1", 5)],
            id="the business's, just picked up, tagged",
        ),
    ],
)
def test_a_call_is_words_when_somebody_hears_it(
    body: Body, said: list[tuple[str, str, str, float]]
) -> None:
    """A customer's at its end, with the answer; the business's when picked up."""
    assert words(body) == said


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (call(**CUSTOMERS | {"event": "connect"}), "call_in_progress"),
        (call(**OWN | {"event": "connect"}), "call_in_progress"),
        (
            call(event="connect", **{"from": f"+{SHOWN}", "to": PHONE}),
            "call_in_progress",
        ),
        (call_status("RINGING"), "call_in_progress"),
        (call_status("REJECTED"), "call_not_picked_up"),
        (call(**OWN, status="FAILED"), "call_not_picked_up"),
        (call(**OWN, **MISSED), "call_not_picked_up"),
        (call(**OWN, **SPOKEN | {"duration": 0}), "call_not_picked_up"),
        (call(**OWN, **SPOKEN | {"duration": []}), "call_not_picked_up"),
        (call(**OWN | {"event": "transferred"}), "unknown_call"),
        (call(**CUSTOMERS | {"event": "transferred"}), "unknown_call"),
        (call_status("HELD"), "unknown_call"),
        (call(**CUSTOMERS, id=None), "malformed"),
    ],
)
def test_what_nobody_heard_is_counted(body: Body, reason: str) -> None:
    """Ringing, rejected, missed calls of the business, each by its reason."""
    parsed = parse(body, id_secret=b"secret", received_at=NOW)

    assert (parsed.events, parsed.ignored) == ((), {reason: 1})


CONFIG = """
version: 1
policies: [{{name: all, targets: {{first_reply: 5m}}, count_call: {}}}]
alerts: {{routes: [{{to: s}}], receivers: {{s: {{slack: {{channel: C0AAAAAA}}}}}}}}
"""
RULES = {
    counts: parse_config(CONFIG.format(counts), "sla.yaml").rules()
    for counts in ("true", "false")
}


def waits(bodies: list[Body], counts: str) -> list[tuple[Any, ...]]:
    return stands(told(bodies, parse, RULES[counts]))


@pytest.mark.parametrize(
    "bodies",
    [
        pytest.param([asked(), call(**OWN, **SPOKEN)], id="the business calls"),
        pytest.param(
            [asked(), call(**CUSTOMERS, **SPOKEN)], id="the customer calls, too"
        ),
    ],
)
def test_a_call_that_was_picked_up_answers_where_calls_count(
    bodies: list[Body],
) -> None:
    """With `count_call` it is met at that instant; without it, nobody has written."""
    for order in orders(bodies):
        assert waits(order, "true") == [("first_reply", "met", 10_000)]
        assert waits(order, "false") == [("first_reply", "breached", 300_000)]


@pytest.mark.parametrize(
    "unheard",
    [
        [call_status("RINGING"), call_status("REJECTED"), call(**OWN, **MISSED)],
        [call(**OWN | {"event": "connect"}), call(**OWN, status="FAILED")],
    ],
    ids=["rejected", "failed"],
)
def test_a_call_that_was_not_picked_up_answers_nobody(unheard: list[Body]) -> None:
    """Not even where calls count."""
    for order in orders([asked(), *unheard]):
        assert waits(order, "true") == [("first_reply", "breached", 300_000)]


def test_a_customer_whose_call_is_missed_waits() -> None:
    """It is a customer's word like others; an answer in writing ends the wait."""
    missed = call(**CUSTOMERS, **MISSED)
    for counts in RULES:
        assert waits([missed], counts) == [("first_reply", "breached", 300_000)]
        for order in orders([missed, status("sent")]):
            assert waits(order, counts) == [("first_reply", "met", 60_000)]


def test_a_customers_call_that_is_picked_up_is_answered_in_that_instant() -> None:
    """Where calls count; no machine, however fast (`instant_reply`)."""
    picked_up = call(**CUSTOMERS, **SPOKEN)

    assert waits([picked_up], "true") == [("first_reply", "met", 0)]


def test_a_call_to_a_user_id_is_in_the_phones_conversation() -> None:
    """The contact beside it says who it is, as with messages."""
    contact = {"wa_id": PHONE, "user_id": "HU.7001"}
    body = call(**CUSTOMERS, **MISSED, **{"from": None, "from_user_id": "HU.7001"})
    body["entry"][0]["changes"][0]["value"]["contacts"] = [contact]
    parsed = parse(body, id_secret=b"secret", received_at=NOW)
    written = parse(asked(), id_secret=b"secret", received_at=NOW)

    (event,) = parsed.events
    assert event.conversation_id == written.events[0].conversation_id
    assert isinstance(event, MessageEvent)
    assert event.direction is Direction.INBOUND
