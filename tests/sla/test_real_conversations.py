"""Real conversations of 25 companies: who waits is never lost (semantics 2.13).

Times only, other people's data: read from beside the project, or from the folder that
REPLYCLOCK_SHARED names, and skipped by name where it is not there.
"""

import json
import os
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from stream.config import parse_config
from stream.replay.replay import Replay
from stream.sla.facts import Fact, FactKind, Measure, Reason
from stream.sla.hours import DAY
from stream.sla.instants import parse_rfc3339

_BESIDE = Path(__file__).parents[2].parent / "shared"
DATA = Path(os.environ.get("REPLYCLOCK_SHARED", _BESIDE)) / "data" / "twitter"

pytestmark = pytest.mark.skipif(
    not (DATA / "events.jsonl").exists(),
    reason="the real conversations (shared/data/twitter) are not here",
)

CONFIG = """
version: 1
abandon_after: {abandon_after}
policies:
  - name: all
    targets: {{first_reply: {target}, next_reply: {target}, resolution: 3h}}
alerts: {{routes: [{{to: a}}], receivers: {{a: {{slack: {{channel: C0AAAAAA}}}}}}}}
"""
REPLIES = {Measure.FIRST_REPLY, Measure.NEXT_REPLY}
ANSWERS = {FactKind.MET, FactKind.ANSWERED_LATE}
WEEK = 7 * DAY


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


def told(abandon_after: str, target: str) -> list[Fact]:
    text = CONFIG.format(abandon_after=abandon_after, target=target)
    run = Replay(parse_config(text, "real.yaml").rules())
    with (DATA / "events.jsonl").open("rb") as lines:
        facts = [*run.lines(lines)]
    return [*facts, *run.run_until(run.now + 500 * DAY)]


def answered(facts: list[Fact]) -> dict[tuple[str, int], int]:
    return {
        (fact.conversation_id, fact.cycle): fact.waited_ms
        for fact in facts
        if fact.measure in REPLIES and fact.kind in ANSWERS
    }


@pytest.mark.parametrize("target", ["1m", "15m", "3h", "48h", "10d"])
def test_every_wait_ends_with_exactly_its_length(target):
    """Whatever is promised: each answered wait is there, and no other."""
    found = answered(told("400d", target))

    assert found == {key: waited for key, (waited, _) in waits().items()}


def test_percentiles_are_those_that_were_computed_apart():
    """The value at index int(p * (n - 1)) of the sorted first waits, in seconds."""
    truth = json.loads((DATA / "truth.json").read_text(encoding="utf-8"))
    found = answered(told("400d", "15m"))
    first = sorted(found[key] for key, (_, is_first) in waits().items() if is_first)

    assert len(first) == truth["first_waits"]
    for name, share in (("p50_s", 0.5), ("p90_s", 0.9), ("p99_s", 0.99)):
        assert first[int(share * (len(first) - 1))] / 1000 == truth[name]
    assert sum(waited > DAY for waited in first) == truth["over_24h"]
    assert sum(waited <= DAY // 24 for waited in first) == truth["within_1h"]


def test_what_is_given_up_is_counted_as_abandoned_and_nothing_is_missing():
    """After a week without a word, by default."""
    facts = told("7d", "15m")
    found = answered(facts)
    ends = Counter(
        (fact.conversation_id, fact.cycle)
        for fact in facts
        if fact.measure in REPLIES
        and fact.kind is FactKind.WAIT_ENDED
        and fact.reason is Reason.ABANDONED
    )
    too_long = {key for key, (waited, _) in waits().items() if waited > WEEK}

    assert set(ends) == too_long
    assert max(ends.values()) == 1
    assert found.keys() == waits().keys() - too_long
