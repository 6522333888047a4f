"""The same message through two doors: Meta's webhook, and who knows more than Meta."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from stream.channels import messenger, whatsapp
from stream.channels.people import People, in_one
from stream.channels.reading import Parsed
from stream.intake.posted import read_posted
from stream.process.senders import Sender
from stream.records import encode_event
from stream.replay.replay import Replay
from stream.sla.facts import Fact, FactKind
from stream.sla.instants import from_ms
from tests.channels.test_one_person import (
    ASKED,
    NOW,
    RULES,
    asks,
    orders,
    sent,
    stands,
)
from tests.channels.test_wire_findings import METADATA, PHONE, USER

DESK = Sender(name="desk", prefix="desk:")
QUESTION = asks(**{"from": PHONE})


def posted(second: int, **said: Any) -> bytes:
    """What the helpdesk tells of a second of the story."""
    event = {
        "event_id": f"{second}-{said.get('kind', 'message')}",
        "kind": "message",
        "occurred_at": from_ms((ASKED + second) * 1000).isoformat(),
        "channel": "whatsapp",
        "account": METADATA["phone_number_id"],
        "customer_ids": [f"+{PHONE}"],
    }
    return json.dumps(event | said).encode()


def wrote(second: int, name: str, kind: str, **said: Any) -> bytes:
    """A message as the helpdesk knows it, and who wrote it."""
    direction = "inbound" if kind == "customer" else "outbound"
    author = {"kind": kind, "id": "7"}
    return posted(second, message_id=name, direction=direction, author=author, **said)


def parsed(body: Any, at: datetime) -> Parsed:
    if isinstance(body, bytes):
        return read_posted(
            body, is_lines=False, sender=DESK, id_secret=b"secret", received_at=at
        ).parsed
    source = messenger if body["object"] == messenger.OBJECT else whatsapp
    return source.parse(body, id_secret=b"secret", received_at=at)


def told(bodies: list[Any]) -> list[Fact]:
    """The facts of bodies that arrive in this order, long after the deadline."""
    people, run, facts = People(), Replay(RULES), []
    for number, body in enumerate(bodies):
        at = NOW + timedelta(minutes=10, seconds=number)
        events, _ = in_one(parsed(body, at), people)
        for event in events:
            facts += run.lines([encode_event(event)])
        facts += run.run_until(int(at.timestamp() * 1000) + 500)
    return [*facts, *run.run_until(run.now + 60_000)]


def page(second: int, mid: str, *, is_echo: bool = False) -> dict[str, Any]:
    sides = [{"id": "88"}, {"id": "55"}]
    sender, recipient = reversed(sides) if is_echo else sides
    message = {"mid": mid, **({"is_echo": True, "app_id": 99} if is_echo else {})}
    part = {
        "timestamp": (ASKED + second) * 1000,
        "sender": sender,
        "recipient": recipient,
        "message": message,
    }
    return {"object": "page", "entry": [{"id": "55", "messaging": [part]}]}


ON_PAGE = {"channel": "messenger", "account": "55", "customer_ids": ["88"]}
IN_TIME = ("first_reply", "met", 60_000)
STORIES: dict[str, tuple[list[Any], tuple[Any, ...], str | None]] = {
    "an agent's answer, who Meta does not know": (
        [
            QUESTION,
            wrote(0, "in0", "customer"),
            sent(recipient_id=PHONE),
            wrote(60, "out60", "agent"),
        ],
        IN_TIME,
        "7",
    ),
    "the earlier time holds": (
        [
            QUESTION,
            wrote(2, "in0", "customer"),
            sent(recipient_id=PHONE),
            wrote(64, "out60", "agent"),
        ],
        IN_TIME,
        "7",
    ),
    "a bot's answer is none, whoever says so": (
        [
            QUESTION,
            sent(30, recipient_id=PHONE),
            wrote(30, "out30", "bot"),
            sent(recipient_id=PHONE),
            wrote(60, "out60", "agent"),
        ],
        IN_TIME,
        "7",
    ),
    "an instant answer that a person gave": (
        [QUESTION, sent(3, recipient_id=PHONE), wrote(3, "out3", "agent")],
        ("first_reply", "met", 3_000),
        "7",
    ),
    "the helpdesk knows the user id, too": (
        [
            asks(from_user_id=USER),
            sent(recipient_id=PHONE),
            wrote(60, "out60", "agent", customer_ids=[USER, PHONE]),
        ],
        IN_TIME,
        "7",
    ),
    "a message on a page": (
        [
            page(0, "m1"),
            wrote(0, "m1", "customer", **ON_PAGE),
            page(60, "m2", is_echo=True),
            wrote(60, "m2", "agent", **ON_PAGE),
        ],
        IN_TIME,
        "7",
    ),
    "a hand-over, which Meta does not tell": (
        [
            QUESTION,
            sent(30, recipient_id=PHONE),
            wrote(30, "out30", "bot"),
            posted(40, kind="assignment", queue="people"),
            sent(recipient_id=PHONE),
        ],
        IN_TIME,
        None,
    ),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_two_doors_are_one_effect(story: tuple[list[Any], Any, str | None]) -> None:
    """The earliest time, the author of who knows best; in any order, some twice."""
    bodies, wait, author = story
    for order in orders([*bodies, *bodies[:2]]):
        facts = told(order)
        assert stands(facts) == [wait]
        assert [fact.author for fact in facts if fact.kind is FactKind.MET][
            -1
        ] == author
