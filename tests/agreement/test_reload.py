"""A reload alone changes nothing of what was, whatever late news walks it again."""

from collections import deque

import pytest
from msgspec.structs import replace

from stream.config import parse_config
from stream.records import encode_event
from stream.replay.replay import Replay
from stream.sla.conversation import reconsider
from stream.sla.instants import SECOND, from_ms
from tests.agreement.crowd import gather
from tests.agreement.short_rules import short_rules
from tests.timelines import START

SECONDS = 70
OTHERWISE = {
    "session_gap: 60s": "session_gap: 75s",
    "unknown_author: agent": "unknown_author: bot",
    "count_template: true": "count_bot: true",
    "match: {channel: whatsapp}": "match: {channel: webchat}",
    "pause_on: [on_hold]": "pause_on: [snoozed, pending]",
    "on_reopen: first": "on_reopen: total",
}
"""What a new file says, beside other targets."""


@pytest.mark.parametrize("seed", [0, 3, 13])
def test_walked_again_after_a_reload_a_conversation_is_what_it_was(seed):
    """`new_cycles`: the rules of before made its promises, and keep them (2.11)."""
    text = short_rules(START, later=True)
    for said, instead in OTHERWISE.items():
        assert said in text
        text = text.replace(said, instead)

    assert changed_by_a_walk(seed, text, reloaded_at=SECONDS) == []


@pytest.mark.parametrize("seed", [1, 5])
def test_what_moved_after_a_reload_is_walked_again_as_it_went(seed):
    """Until it moved by the rules of before, and from then on by those of today."""
    text = short_rules(START, later=True)

    assert changed_by_a_walk(seed, text, reloaded_at=40) == []


def changed_by_a_walk(seed: int, later: str, *, reloaded_at: int) -> list[str]:
    """Conversations that walked again, every ten seconds, are not what they were."""
    before = parse_config(short_rules(START), "before.yaml").rules()
    rules = parse_config(later, "later.yaml").rules().after(before)
    run = Replay(before)
    coming = deque(gather(seed, start=START, seconds=SECONDS, count=120))
    found = []
    for second in range(0, SECONDS + 1, 10):
        now = START + second * SECOND
        while coming and coming[0].at <= now:
            arrival = coming.popleft()
            event = replace(arrival.event, received_at=from_ms(arrival.at))
            deque(run.lines([encode_event(event)]), maxlen=0)
        deque(run.run_until(now), maxlen=0)  # what is due is no news of the walk
        if second >= reloaded_at:
            run._rules = rules
        for key, state in run.states.items():
            again, facts = reconsider(key, state, rules, now)
            if facts or again is not state:
                found.append(f"{key} at {second}: {facts}")
    return found
