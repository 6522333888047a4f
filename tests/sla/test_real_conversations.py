"""Real conversations of 24 companies: who waits is never lost (semantics 2.13).

Times only, other people's data: read from beside the project, or from the folder that
REPLYCLOCK_SHARED names, and skipped by name where it is not there.
"""

import json
import os
import random
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from stream.config import parse_config
from stream.records import decode_event, encode_event
from stream.replay.replay import Replay
from stream.sla.facts import Fact, FactKind, Measure, Reason
from stream.sla.hours import DAY
from stream.sla.instants import HOUR, from_ms, parse_rfc3339

_BESIDE = Path(__file__).parents[2].parent / "shared"
DATA = Path(os.environ.get("REPLYCLOCK_SHARED", _BESIDE)) / "data" / "twitter"

pytestmark = pytest.mark.skipif(
    not (DATA / "events.jsonl").exists(),
    reason="the real conversations (shared/data/twitter) are not here",
)

CONFIG = """
version: 1
{silence}
policies:
  - name: all
    targets: {{first_reply: {target}, next_reply: {target}, resolution: 3h}}
alerts: {{routes: [{{to: a}}], receivers: {{a: {{slack: {{channel: C0AAAAAA}}}}}}}}
"""
REPLIES = {Measure.FIRST_REPLY, Measure.NEXT_REPLY}
ANSWERS = {FactKind.MET, FactKind.ANSWERED_LATE}
WEEK = 7 * DAY
PATIENT = "abandon_after: 400d"
BY_DEFAULT = ""


@cache
def waits() -> dict[tuple[str, int], tuple[int, bool]]:
    """(Conversation, when it began) -> (milliseconds, whether it is the first)."""
    lines = (DATA / "waits.jsonl").read_text(encoding="utf-8").splitlines()
    return {
        (wait["conversation_id"], parse_rfc3339(wait["began"])): (
            round(wait["waited_s"] * 1000),
            wait["first"],
        )
        for wait in map(json.loads, lines)
    }


def happened() -> list[bytes]:
    return (DATA / "events.jsonl").read_bytes().splitlines()


def told(lines: list[bytes], target: str, silence: str = PATIENT) -> list[Fact]:
    text = CONFIG.format(silence=silence, target=target)
    run = Replay(parse_config(text, "real.yaml").rules())
    facts = [*run.lines(lines)]
    return [*facts, *run.run_until(run.now + 500 * DAY)]


def answered(facts: list[Fact]) -> dict[tuple[str, int], int]:
    """What stands in the end of each wait that was answered, in milliseconds."""
    found = {}
    for fact in facts:
        key = fact.conversation_id, fact.cycle
        if fact.measure in REPLIES and fact.kind in ANSWERS:
            found[key] = fact.waited_ms
        elif fact.measure in REPLIES and fact.reason is Reason.SUPERSEDED:
            found.pop(key, None)  # late news: it was part of another wait
    return found


@pytest.mark.parametrize("target", ["1m", "15m", "3h", "48h", "10d"])
def test_every_wait_ends_with_exactly_its_length(target):
    """Whatever is promised: each answered wait is there, and no other."""
    found = answered(told(happened(), target))

    assert found == {key: waited for key, (waited, _) in waits().items()}


def test_percentiles_are_those_that_were_computed_apart():
    """The value at index int(p * (n - 1)) of the sorted first waits, in seconds."""
    truth = json.loads((DATA / "truth.json").read_text(encoding="utf-8"))
    found = answered(told(happened(), "15m"))
    first = sorted(found[key] for key, (_, is_first) in waits().items() if is_first)

    assert len(first) == truth["first_waits"]
    for name, share in (("p50_s", 0.5), ("p90_s", 0.9), ("p99_s", 0.99)):
        assert first[int(share * (len(first) - 1))] / 1000 == truth[name]
    assert sum(waited > DAY for waited in first) == truth["over_24h"]
    assert sum(waited <= DAY // 24 for waited in first) == truth["within_1h"]


@pytest.mark.parametrize("seed", range(3))
def test_late_and_doubled_every_wait_is_there(seed):
    """Each event up to 30 h under way, some twice: the same waits (3.2)."""
    chance = random.Random(seed)  # noqa: S311  a test
    events = [decode_event(line) for line in happened()]
    under_way = sorted(
        (
            replace(event, received_at=from_ms(event.at + chance.randrange(30 * HOUR)))
            for event in [*events, *chance.sample(events, 300)]
        ),
        key=lambda event: event.arrived,
    )

    found = answered(told([encode_event(event) for event in under_way], "15m"))

    assert found == {key: waited for key, (waited, _) in waits().items()}


@pytest.mark.parametrize("target", ["15m", "10d"])
def test_what_is_given_up_is_counted_as_abandoned_and_nothing_is_missing(target):
    """After a week without a word, by default; where none was broken, cancelled."""
    facts = told(happened(), target, BY_DEFAULT)
    end = FactKind.WAIT_ENDED if target == "15m" else FactKind.CANCELLED
    ends = {
        (fact.conversation_id, fact.cycle): (fact.kind, fact.waited_ms)
        for fact in facts
        if fact.measure in REPLIES and fact.reason is Reason.ABANDONED
    }
    times = Counter(fact.reason for fact in facts if fact.measure in REPLIES)
    too_long = {key for key, (waited, _) in waits().items() if waited > WEEK}

    assert too_long
    assert ends.keys() == too_long
    assert {kind for kind, _ in ends.values()} == {end}
    assert all(waited >= WEEK for _, waited in ends.values())
    assert times[Reason.ABANDONED] == len(too_long)
    assert answered(facts).keys() == waits().keys() - too_long
