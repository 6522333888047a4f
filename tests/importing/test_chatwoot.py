"""`replyclock import chatwoot`: its API's answers as events."""

import json

from stream.channels.pseudonym import pseudonym
from tests.importing.said import events, turns

AT = 1_732_694_400
"""2024-11-27T08:00:00Z."""
ANNA = {"id": 7, "type": "contact", "name": "Anna Customer", "phone_number": "+3630123"}
BOB = {"id": 3, "type": "user", "name": "Bob Agent", "email": "bob@example.com"}
HELPER = {"id": 9, "type": "agent_bot", "name": "Helper"}
INBOXES = {
    "payload": [{"id": 4, "name": "Shop", "channel_type": "Channel::Whatsapp"}],
}


def message(number: int, second: int, type_: int, sender: dict | None, **more) -> dict:
    return {
        "id": number,
        "content": "words of theirs",
        "inbox_id": 4,
        "conversation_id": 12,
        "message_type": type_,
        "content_type": "text",
        "created_at": AT + second,
        "private": False,
        "sender": sender,
        **more,
    }


def page(*messages: dict) -> dict:
    return {"meta": {"labels": ["invoice"]}, "payload": list(messages)}


CONVERSATION = {
    "id": 12,
    "inbox_id": 4,
    "status": "resolved",
    "labels": ["invoice"],
    "created_at": AT,
    "meta": {"sender": ANNA, "channel": "Channel::Whatsapp"},
    "messages": [],
}


def test_who_wrote_is_known_as_what_they_are(imported):
    """Customers, agents, bots, automations, notes, templates, campaigns, calls."""
    result = imported(
        "chatwoot",
        [
            page(
                message(1, 0, 0, ANNA),
                message(2, 1, 3, None),
                message(3, 2, 1, HELPER),
                message(4, 3, 1, None),
                message(5, 4, 1, BOB, private=True),
                message(6, 5, 1, BOB),
                message(
                    7, 6, 1, BOB, additional_attributes={"template_params": {"a": 1}}
                ),
                message(8, 7, 1, BOB, additional_attributes={"campaign_id": 2}),
                message(9, 8, 0, ANNA, content_type="voice_call"),
                message(10, 9, 1, {"id": 1, "type": "captain_assistant"}),
                message(11, 10, 2, None, content="Bob Agent resolved it"),
            ),
            INBOXES,
        ],
    )

    assert result.exit_code == 0
    assert turns(result) == [
        ("00:00", "customer", "plain"),
        ("00:01", "system", "automation"),
        ("00:02", "bot", "plain"),
        ("00:03", "system", "automation"),
        ("00:04", "agent", "note"),
        ("00:05", "agent", "plain"),
        ("00:06", "agent", "template"),
        ("00:07", "agent", "campaign"),
        ("00:08", "customer", "call"),
        ("00:09", "bot", "plain"),
    ]
    assert "left out: 1: activity messages" in result.stderr


def test_an_event_says_whose_it_is_and_nobody_s_name(imported, monkeypatch):
    """Inbox, channel and pseudonym from whichever file has them; no words."""
    monkeypatch.setenv("REPLYCLOCK_ID_SECRET", "secret")
    result = imported(
        "chatwoot",
        [page(message(1, 0, 1, BOB)), INBOXES, {"data": {"payload": [CONVERSATION]}}],
    )
    first = events(result)[-1]

    assert first == {
        "kind": "message",
        "v": 1,
        "event_id": "chatwoot:message:1",
        "occurred_at": "2024-11-27T08:00:00.000Z",
        "conversation_id": "chatwoot:12",
        "channel": "whatsapp",
        "account": "4",
        "customer": pseudonym(b"secret", "whatsapp", "4", "7"),
        "message_id": "1",
        "direction": "outbound",
        "author": {"kind": "agent", "id": "3"},
    }
    for word in ("Anna", "Bob", "3630123", "words", "example"):
        assert word not in result.stdout + result.stderr


def test_statuses_labels_and_ratings_are_events(imported):
    """Of reporting events, what is beside their conversation; labels from its start."""
    bundle = {
        "conversation": CONVERSATION,
        "messages": page(message(1, 0, 0, ANNA), message(2, 60, 1, BOB)),
        "reporting_events": [
            {
                "id": 1,
                "name": "first_response",
                "event_end_time": "2024-11-27T08:01:00.000Z",
            },
            {
                "id": 2,
                "name": "conversation_resolved",
                "event_end_time": "2024-11-27T08:02:00.000Z",
                "conversation_id": 9912,
            },
        ],
    }
    ratings = [{"id": 5, "rating": 4, "conversation_id": 12, "created_at": AT + 180}]
    alone = [
        {
            "id": 3,
            "name": "conversation_resolved",
            "event_end_time": "2024-11-27T08:02:00.000Z",
            "conversation_id": 9912,
        }
    ]
    result = imported("chatwoot", [bundle, ratings, alone, INBOXES])

    assert result.exit_code == 0
    assert turns(result) == [
        ("00:00", "attributes", "invoice", ""),
        ("00:00", "customer", "plain"),
        ("01:00", "agent", "plain"),
        ("02:00", "status", "resolved"),
        ("03:00", "csat", 4.0),
    ]
    assert "left out: 1: reporting events that are not beside" in result.stderr


def test_a_reply_that_failed_is_no_reply(imported):
    """Its delivery says so (semantics 2.2)."""
    result = imported("chatwoot", [page(message(2, 0, 1, BOB, status="failed"))])

    assert turns(result) == [
        ("00:00", "delivery", "failed"),
        ("00:00", "agent", "plain"),
    ]


def test_a_user_who_is_a_bot_is_one_where_it_is_said(imported):
    """`--bot-is`, for bots that write by a user's token."""
    result = imported("chatwoot", [page(message(2, 0, 1, BOB))], "--bot-is", "3")

    assert turns(result) == [("00:00", "bot", "plain")]


def test_what_is_broken_costs_itself_only(imported):
    """Each with file and line; exit 1; the good ones are there."""
    lines = [
        page(message(1, 0, 0, ANNA), {**message(2, 0, 0, ANNA), "created_at": "x"}),
        page({**message(3, 0, 0, ANNA), "conversation_id": None, "id": [1]}),
    ]
    text = "\n".join([*map(json.dumps, lines), '{"payload": [', "7", '{"odd": 1}'])
    result = imported("chatwoot", [text])

    assert result.exit_code == 1
    assert len(events(result)) == 1
    faults = [line for line in result.stderr.splitlines() if "history-0:" in line]
    assert [fault.split("history-0:")[1][:2] for fault in faults] == [
        "1:",
        "2:",
        "3:",
        "4:",
    ]
    assert "left out: 1: objects that are none of those" in result.stderr
