"""`replyclock import zendesk`: its exports as events."""

import json

import pytest

from stream.channels.pseudonym import pseudonym
from tests.importing.said import events, turns

ANNA, BOB, HELPER = 501, 601, 602
USERS = {
    "users": [
        {
            "id": ANNA,
            "role": "end-user",
            "name": "Anna Customer",
            "email": "a@b.example",
        },
        {"id": BOB, "role": "agent", "name": "Bob Agent"},
        {"id": HELPER, "role": "admin", "name": "Helper"},
    ],
}
GROUPS = {"groups": [{"id": 71, "name": "billing"}]}


def at(minute: int) -> str:
    return f"2024-11-27T08:{minute:02}:00Z"


def comment(number: int, author: int, *, public: bool = True, **more) -> dict:
    body = "words of theirs"
    return {
        "id": number, "type": "Comment", "author_id": author, "body": body,
        "public": public, **more,
    }  # fmt: skip


def said(number: int, field: str, value: object, how: str = "Change") -> dict:
    return {"id": number, "type": how, "field_name": field, "value": value}


def audit(
    number: int, minute: int, author: int, *changes: dict, via: str = "email"
) -> dict:
    return {
        "id": number,
        "ticket_id": 35,
        "created_at": at(minute),
        "author_id": author,
        "via": {"channel": via},
        "events": list(changes),
    }


AUDITS = {
    "audits": [
        audit(
            1, 0, ANNA,
            comment(11, ANNA),
            said(12, "requester_id", str(ANNA), "Create"),
            said(13, "status", "new", "Create"),
            said(14, "tags", ["invoice"], "Create"),
        ),
        audit(
            2, 1, HELPER,
            comment(21, HELPER),
            said(22, "group_id", "71"),
            via="rule",
        ),
        audit(
            3, 2, BOB,
            comment(31, BOB, public=False),
            said(32, "assignee_id", str(BOB)),
        ),
        audit(4, 5, BOB, comment(41, BOB), said(42, "status", "pending")),
        audit(5, 6, ANNA, comment(51, ANNA), said(52, "status", "open")),
        audit(6, 8, BOB, comment(61, BOB), said(62, "status", "solved")),
        audit(7, 9, ANNA, {"id": 71, "type": "SatisfactionRating", "score": "good"}),
        audit(8, 10, ANNA, {"id": 81, "type": "Notification", "body": "words"}),
    ],
}  # fmt: skip
STORY = [
    ("00:00", "attributes", "invoice", ""),
    ("00:00", "customer", "plain"),
    ("00:00", "status", "open"),
    ("01:00", "assignment", "billing"),
    ("01:00", "system", "automation"),
    ("02:00", "assignment", str(BOB)),
    ("02:00", "agent", "note"),
    ("05:00", "agent", "plain"),
    ("05:00", "status", "waiting_on_customer"),
    ("06:00", "customer", "plain"),
    ("06:00", "status", "open"),
    ("08:00", "agent", "plain"),
    ("08:00", "status", "resolved"),
    ("09:00", "csat", 5.0),
]


def as_ticket_events() -> dict:
    """The same audits as the incremental export writes them."""
    found = []
    for each in AUDITS["audits"]:
        children = [
            {"id": c["id"], c["field_name"]: c["value"], "event_type": c["type"]}
            if "field_name" in c
            else {**c, "event_type": c["type"]}
            for c in each["events"]
        ]
        rest = {k: v for k, v in each.items() if k not in {"events", "author_id"}}
        found.append(
            {
                **rest,
                "updater_id": each["author_id"],
                "via": each["via"]["channel"].title(),
                "child_events": children,
                "event_type": "Audit",
            }
        )
    return {"ticket_events": found, "end_of_stream": True}


@pytest.mark.parametrize(
    "export",
    [AUDITS, as_ticket_events(), json.dumps(AUDITS, indent=2)],
    ids=["audits", "events", "over many lines"],
)
def test_a_ticket_s_updates_are_its_story(imported, export):
    """Who wrote publicly or privately, queue, assignee, statuses, tags, rating."""
    result = imported("zendesk", [export, USERS, GROUPS])

    assert result.exit_code == 0, result.stderr
    assert turns(result) == STORY


def test_both_exports_of_one_ticket_are_one_story(imported):
    """Nothing is there twice: the changes have the same ids."""
    result = imported("zendesk", [AUDITS, as_ticket_events(), USERS, GROUPS])

    assert turns(result) == STORY


def test_an_event_says_whose_it_is_and_nobody_s_name(imported, monkeypatch):
    """Channel, brand and pseudonym of the requester; no words."""
    monkeypatch.setenv("REPLYCLOCK_ID_SECRET", "secret")
    tickets = {
        "tickets": [
            {
                "id": 35,
                "requester_id": ANNA,
                "brand_id": 8,
                "via": {"channel": "whatsapp"},
                "subject": "words",
            }
        ]
    }
    result = imported("zendesk", [tickets, AUDITS, USERS, GROUPS])
    [answer] = [e for e in events(result) if e["event_id"] == "zendesk:41"]

    assert answer == {
        "kind": "message",
        "v": 1,
        "event_id": "zendesk:41",
        "occurred_at": "2024-11-27T08:05:00.000Z",
        "conversation_id": "zendesk:35",
        "channel": "whatsapp",
        "account": "8",
        "customer": pseudonym(b"secret", "whatsapp", "8", str(ANNA)),
        "message_id": "41",
        "direction": "outbound",
        "author": {"kind": "agent", "id": str(BOB)},
    }
    for word in ("Anna", "Bob Agent", "words", "b.example"):
        assert word not in result.stdout + result.stderr


def test_without_the_users_who_is_no_requester_is_unknown(imported):
    """It is said how many; the requester is known from the ticket."""
    result = imported("zendesk", [AUDITS])

    assert {turn[1] for turn in turns(result) if turn[2] == "plain"} == {
        "customer",
        "unknown",
    }
    assert "not known: whether an agent or a bot wrote 3 messages" in result.stderr


def test_a_comment_that_was_not_asked_for_is_still_a_message(imported):
    """Without `include=comment_events` an update only says that there is one."""
    child = {
        "id": 11,
        "comment_present": True,
        "comment_public": False,
    }
    event = {
        "id": 1,
        "ticket_id": 35,
        "created_at": at(0),
        "updater_id": BOB,
        "via": "Web form",
        "child_events": [child],
    }
    result = imported("zendesk", [{"ticket_events": [event]}, USERS])

    assert turns(result) == [("00:00", "agent", "note")]


def test_users_who_are_bots_are_bots_where_it_is_said(imported):
    """`--bot-is`: Zendesk has no role for them."""
    export = {"audits": [audit(1, 0, HELPER, comment(1, HELPER))]}

    assert turns(imported("zendesk", [export, USERS], "--bot-is", str(HELPER))) == [
        ("00:00", "bot", "plain")
    ]


def test_what_zendesk_does_itself_is_an_automation(imported):
    """Its author is -1."""
    export = {"audits": [audit(1, 0, -1, comment(1, -1))]}

    assert turns(imported("zendesk", [export])) == [("00:00", "system", "automation")]


def test_tickets_with_their_comments_are_messages_and_their_status_is_left_out(
    imported,
):
    """An export of the account: nobody knows since when a status is so."""
    ticket = {
        "id": 35,
        "requester_id": ANNA,
        "status": "solved",
        "comments": [
            comment(1, ANNA, created_at=at(0)),
            comment(2, BOB, created_at=at(3)),
        ],
    }
    result = imported(
        "zendesk",
        [
            json.dumps(ticket)
            + "\n"
            + json.dumps({**ticket, "id": 36, "comments": None}),
            USERS,
        ],
    )

    assert turns(result) == [
        ("00:00", "customer", "plain"),
        ("03:00", "agent", "plain"),
    ]
    assert "left out: 2: tickets as they are now" in result.stderr


def test_what_is_broken_costs_itself_only(imported):
    """Each with file and line; exit 1; the good ones are there."""
    bad = [
        audit(1, 0, ANNA, comment(1, ANNA))
        | {"created_at": "1970-01-01T00:00:00+05:00"},
        audit(2, 0, ANNA, comment(2, ANNA)) | {"ticket_id": None},
        audit(3, 0, ANNA) | {"events": {"a": 1}},
        audit(4, 0, ANNA, said(5, "tags", "a b")),
    ]
    text = "\n".join(
        map(json.dumps, [*bad, audit(5, 1, ANNA, comment(6, ANNA)), "text"])
    )
    result = imported("zendesk", [text, USERS])

    assert result.exit_code == 1
    assert turns(result) == [("01:00", "customer", "plain")]
    assert result.stderr.count("history-0:") == 5
