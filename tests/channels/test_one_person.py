"""A customer with several names is one customer (F1, F2, F11), in whatever order."""

import random
from datetime import UTC, datetime, timedelta
from itertools import islice, permutations
from typing import Any

import pytest

from stream.channels import messenger, whatsapp
from stream.channels.people import Alias, People, in_one
from stream.config import parse_config
from stream.records import encode_event
from stream.replay.replay import Replay
from stream.sla.facts import Fact, Reason
from stream.sla.policy import Rules
from tests.channels.test_wire_findings import METADATA, PHONE, USER

NOW = datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
OTHER_PHONE, OTHER_USER, PARENT = "15553334444", "US.2", "US.ENT.7"
ASKED = int(NOW.timestamp())
RULES = parse_config(
    """
version: 1
policies: [{name: all, targets: {first_reply: 5m, next_reply: 5m}}]
alerts: {routes: [{to: s}], receivers: {s: {slack: {channel: C0AAAAAA}}}}
""",
    "sla.yaml",
).rules()


def change(field: str = "messages", **value: Any) -> dict[str, Any]:
    changes = [{"field": field, "value": {"metadata": METADATA, **value}}]
    return {"object": whatsapp.OBJECT, "entry": [{"id": "1", "changes": changes}]}


def asks(second: int = 0, contacts: Any = None, **names: str) -> dict[str, Any]:
    """The customer writes at a second of the story."""
    message = {"id": f"in{second}", "timestamp": str(ASKED + second), "type": "text"}
    beside = {"contacts": contacts} if contacts else {}
    return change(messages=[{**message, **names}], **beside)


def sent(second: int = 60, contacts: Any = None, **names: str) -> dict[str, Any]:
    """The business has answered."""
    status = {"id": f"out{second}", "timestamp": str(ASKED + second), "status": "sent"}
    beside = {"contacts": contacts} if contacts else {}
    return change(statuses=[{**status, **names}], **beside)


def echo(second: int = 60, **names: str) -> dict[str, Any]:
    message = {"id": f"out{second}", "timestamp": str(ASKED + second), "type": "text"}
    return change(
        "smb_message_echoes",
        message_echoes=[{"from": "15550001111", **message, **names}],
    )


def system(second: int, told: dict[str, str], **names: str) -> dict[str, Any]:
    message = {"id": f"sys{second}", "timestamp": str(ASKED + second), "type": "system"}
    return change(messages=[{**message, **names, "system": told}])


def became(second: int, previous: str, current: str) -> dict[str, Any]:
    update = {
        "user_id": {"previous": previous, "current": current},
        "timestamp": str(ASKED + second),
    }
    return change("user_id_update", user_id_update=[update])


CHANGED_NUMBER = {"type": "user_changed_number", "wa_id": OTHER_PHONE}
CHANGED_ID = {"type": "user_changed_user_id", "user_id": OTHER_USER}
BOTH = {"wa_id": PHONE, "user_id": USER}
STORIES: dict[str, list[dict[str, Any]]] = {
    "F1a: a status to the phone names both": [
        asks(from_user_id=USER),
        sent(recipient_id=PHONE, recipient_user_id=USER, contacts=[BOTH]),
    ],
    "F1b: a helpdesk answers the user id": [
        asks(**{"from": PHONE}, from_user_id=USER),
        sent(recipient_user_id=USER, contacts=[{"user_id": USER}]),
    ],
    "F1c: first without the phone": [
        asks(from_user_id=USER),
        asks(30, **{"from": PHONE}, from_user_id=USER),
        sent(recipient_id=PHONE),
    ],
    "F1d: an echo to the user id": [
        asks(**{"from": PHONE}, from_user_id=USER),
        echo(to_user_id=USER),
    ],
    "F1e: the user id stands where the phone belongs": [
        asks(**{"from": USER}, contacts=[BOTH]),
        sent(recipient_id=PHONE),
    ],
    "F2: a changed number": [
        asks(**{"from": PHONE}),
        system(
            30, {"type": "user_changed_number", "wa_id": OTHER_PHONE}, **{"from": PHONE}
        ),
        sent(recipient_id=OTHER_PHONE),
    ],
    "F2: a changed user id, by a message": [
        asks(from_user_id=USER),
        system(
            30,
            {"type": "user_changed_user_id", "user_id": OTHER_USER},
            from_user_id=USER,
        ),
        sent(recipient_user_id=OTHER_USER),
    ],
    "F2: a changed user id, by an update": [
        asks(from_user_id=USER),
        became(30, USER, OTHER_USER),
        sent(recipient_user_id=OTHER_USER),
    ],
    "F2: changed twice, and the phone is known in the end": [
        asks(from_user_id=USER),
        became(20, USER, OTHER_USER),
        became(40, OTHER_USER, "US.3"),
        sent(recipient_id=PHONE, recipient_user_id="US.3"),
    ],
    "F11: the contact's number is another": [
        asks(**{"from": "4420000001"}, contacts=[{"wa_id": PHONE}]),
        sent(recipient_id=PHONE),
    ],
    "a parent's id alone": [
        asks(**{"from": PHONE}, from_user_id=USER, from_parent_user_id=PARENT),
        sent(recipient_parent_user_id=PARENT),
    ],
    "four names, each known by its neighbour": [
        asks(from_parent_user_id=PARENT),
        asks(20, from_user_id=USER, from_parent_user_id=PARENT),
        asks(40, **{"from": PHONE}, from_user_id=USER),
        sent(recipient_id=PHONE),
    ],
}


def told(
    bodies: list[dict[str, Any]], parse: Any = whatsapp.parse, rules: Rules = RULES
) -> list[Fact]:
    """The facts of bodies that arrive in this order, long after the deadline."""
    people, run, facts = People(), Replay(rules), []
    for number, body in enumerate(bodies):
        at = NOW + timedelta(minutes=10, seconds=number)
        parsed = parse(body, id_secret=b"secret", received_at=at)
        events, _ = in_one(parsed, people)
        for event in events:
            facts += run.lines([encode_event(event)])
        facts += run.run_until(int(at.timestamp() * 1000) + 500)
    return [*facts, *run.run_until(run.now + 60_000)]


def stands(facts: list[Fact]) -> list[tuple[Any, ...]]:
    """What stands of each wait in the end: its verdict and how long it took."""
    last: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for fact in facts:
        key = (fact.conversation_id, fact.measure, fact.cycle)
        if fact.reason is Reason.SUPERSEDED:
            last.pop(key, None)
        elif fact.measure is not None:
            last[key] = (fact.measure.value, fact.kind.value, fact.waited_ms)
    return list(last.values())


def orders(bodies: list[Any], most: int = 600) -> list[list[Any]]:
    """All orders of arrival, or so many of them."""
    found = [list(order) for order in islice(permutations(bodies), 50_000)]
    return random.Random(1).sample(found, min(most, len(found)))  # noqa: S311


@pytest.mark.parametrize("bodies", STORIES.values(), ids=STORIES)
def test_asked_and_answered_is_met(bodies: list[dict[str, Any]]) -> None:
    """One wait of a minute, whichever name is heard first, twice each, too."""
    met = [("first_reply", "met", 60_000)]
    for order in orders([*bodies, *bodies[:2]]):
        assert stands(told(order)) == met


def test_two_known_customers_are_never_made_one() -> None:
    """One's number beside the other's id: the number is meant, and nobody moves."""
    one = asks(**{"from": PHONE}, from_user_id=USER)
    other = asks(10, **{"from": OTHER_PHONE}, from_user_id=OTHER_USER)
    mixed = sent(recipient_id=PHONE, recipient_user_id=OTHER_USER)

    assert sorted(stands(told([one, other, mixed]))) == [
        ("first_reply", "breached", 300_000),
        ("first_reply", "met", 60_000),
    ]


def test_a_plugins_visitor_is_who_writes_later() -> None:
    """F7: a `user_ref` and the page's own id for the same customer."""

    def part(second: int, sides: dict[str, Any], **said: Any) -> dict[str, Any]:
        at = (ASKED + second) * 1000
        return {
            "object": "page",
            "entry": [{"id": "55", "messaging": [{"timestamp": at, **sides, **said}]}],
        }

    page = {"id": "55"}
    bodies = [
        part(0, {"sender": {"user_ref": "r-1"}, "recipient": page}, postback={}),
        part(
            20,
            {"sender": {"id": "88", "user_ref": "r-1"}, "recipient": page},
            message={"mid": "m1"},
        ),
        part(
            60,
            {"sender": page, "recipient": {"id": "88"}},
            message={"mid": "m2", "is_echo": True},
        ),
    ]
    for order in orders(bodies):
        assert stands(told(order, messenger.parse)) == [("first_reply", "met", 60_000)]


def test_a_name_can_be_given_back_and_names_make_no_circle() -> None:
    """Whatever stands in the topic, a name has one conversation."""
    people = People([Alias(name="a", of="b", has_phone=False)])
    people.take(Alias(name="b", of="a", has_phone=False))
    assert people.conversation("a") == people.conversation("b") == "b"
    people.take(Alias(name="a", of="a", has_phone=False))

    assert people.conversation("a") == "a"


def test_two_intakes_that_learned_apart_make_no_circle() -> None:
    """A name that was given away already is not given to one that leads to it."""
    known = [("a", "b"), ("b", "c"), ("b", "a"), ("c", "a")]
    people = People([Alias(name=n, of=of, has_phone=False) for n, of in known])

    assert [people.conversation(name) for name in "abc"] == ["c", "c", "c"]


def test_what_one_intake_learned_another_believes() -> None:
    """Aliases handed on give the same conversations, and nothing is learned twice."""
    body = asks(**{"from": PHONE}, from_user_id=USER)
    parsed = whatsapp.parse(body, id_secret=b"secret", received_at=NOW)
    here = People()
    events, learned = in_one(parsed, here)
    there = People(learned)

    assert len(learned) == 1
    assert in_one(parsed, there) == (events[1:], [])
