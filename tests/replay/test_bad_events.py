"""Events that make no sense, and bytes that are none: nothing else is lost."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from stream.config import parse_config
from stream.records import encode_event
from stream.replay.replay import BadLineError, Replay
from stream.sla.cycles import Cycles
from stream.sla.events import (
    DeliveryState,
    MergedEvent,
    NoReplyNeededEvent,
    PurchaseEvent,
    Scale,
    SpamEvent,
    Status,
    SurveyEvent,
)
from stream.sla.facts import FactKind
from stream.sla.instants import from_ms
from tests.shelf import of
from tests.timelines import CONFIG, at, customer, failure, reply, status

RULES = parse_config(CONFIG, "test.yaml").rules()


def about(minute: float = 0) -> dict[str, Any]:
    """The envelope of an event that is about conversation c."""
    return {
        "v": 1,
        "event_id": f"x{minute}",
        "occurred_at": from_ms(at(minute)),
        "conversation_id": "c",
        "channel": "whatsapp",
        "account": "1",
    }


READ = replace(failure(0, "m"), state=DeliveryState.READ)

SENSELESS = {
    "a reply where nobody wrote": reply(0),
    "a failure of a message that nobody saw": failure(0, "m"),
    "a receipt of a message that nobody saw": replace(
        failure(0, "m"), state=DeliveryState.READ
    ),
    "a status of a conversation that nobody knows": status(0, Status.RESOLVED),
    "a close of it": status(0, Status.CLOSED),
    "a pause of it": status(0, Status.PENDING),
    "spam that nobody wrote": SpamEvent(**about()),
    "no reply needed to nothing": NoReplyNeededEvent(**about()),
    "a merge into itself": MergedEvent(**about(), into="c"),
    "a score out of range": SurveyEvent(**about(), scale=Scale.NPS, score=-1e308),
    "a purchase of less than nothing": PurchaseEvent(**about(), amount=-5.0),
}


@pytest.mark.parametrize("event", SENSELESS.values(), ids=SENSELESS.keys())
def test_what_makes_no_sense_starts_nothing_and_breaks_nothing(event):
    """No matter comes of it, and the customer who writes next has a clock as ever."""
    replay = Replay(RULES)

    told = replay.lines([encode_event(event)])
    assert {f.kind for f in told} <= {FactKind.SURVEYED, FactKind.PURCHASED}

    lines = map(encode_event, (customer(1), reply(3, "r2")))
    assert [f.kind for f in replay.lines(lines) if f.measure] == [
        "clock_started",
        "met",
    ]


# Of every sort that JSON has, and what nearly is right.
ODDITIES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text("xyz\0é", max_size=5),  # b is the name of the good one
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.sampled_from(
        [
            "outbound",
            "agent",
            "failed",
            "closed",
            "2199-12-31T23:59:59Z",
            "1970-01-01T00:00:00Z",
            "2023-11-14T22:14:20",
            {"kind": "bot"},
            "x" * 600,
        ]
    ),
)
FIELDS = st.sampled_from(
    [
        *("v", "kind", "event_id", "occurred_at", "conversation_id", "channel"),
        *("account", "queue", "assignee", "tier", "link", "message_id", "direction"),
        *("author", "nature", "text", "state", "status", "new"),
    ]
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A line of conversation c with a few fields that are wrong, or cut somewhere."""
    minute = draw(st.integers(0, 30))
    event = draw(
        st.sampled_from(
            [
                customer(minute, f"c{minute}"),
                reply(minute, f"r{minute}"),
                failure(minute, "r5"),
                status(minute, Status.RESOLVED),
            ]
        )
    )
    record = json.loads(encode_event(event))
    # When it arrived is our own clock's word: nobody outside can damage it.
    record["received_at"] = record["occurred_at"]
    changes = draw(st.dictionaries(FIELDS, ODDITIES, min_size=1, max_size=4))
    line = json.dumps({**record, **changes}).encode()
    return line[: draw(st.integers(1, len(line)))] if draw(st.booleans()) else line


GOOD = [of("b", event) for event in (customer(2), reply(9), customer(12, "c2"))]


@settings(max_examples=300, deadline=None)
@given(st.lists(damaged(), max_size=12), st.data())
def test_damage_is_told_and_the_others_lose_nothing(lines, data):
    """Each line is an event or a fault, and conversation b ends as without them."""
    good = [encode_event(event) for event in GOOD]
    places = sorted(data.draw(st.integers(0, len(lines))) for _ in good)
    mixed = list(lines)
    for place, line in reversed(list(zip(places, good, strict=True))):
        mixed.insert(place, line)

    replay, said = run(mixed)

    faults = [one for one in said if isinstance(one, BadLineError)]
    assert replay.events + len(faults) == len(mixed)
    assert verdicts_of_b(said) == verdicts_of_b(run(good)[1])


def run(lines):
    replay = Replay(RULES)
    said = list(replay.lines(lines))
    return replay, [*said, *replay.run_until(at(60))]


def verdicts_of_b(said) -> dict:
    cycles = Cycles()
    cycles.add(one for one in said if not isinstance(one, BadLineError))
    found = cycles.by_key.items()
    return {key: cycle.verdict for key, cycle in found if key[0] == "b"}
