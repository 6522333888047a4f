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

SEEDS = (0, 3, 13)
"""In each of them a fault of before can be seen."""
SECONDS = 70
OTHERWISE = {
    "session_gap: 60s": "session_gap: 75s",
    "unknown_author: agent": "unknown_author: bot",
    "count_template: true": "count_bot: true",
    "match: {channel: whatsapp}": "match: {channel: webchat}",
    "pause_on: [on_hold]": "pause_on: [snoozed, pending]",
    "on_reopen: first": "on_reopen: total",
}
"""Beside all targets, which are others, too."""


@pytest.mark.parametrize("seed", SEEDS)
def test_walked_again_after_a_reload_a_conversation_is_what_it_was(seed):
    """`new_cycles`: the rules of before made its promises, and keep them (2.11)."""
    before = parse_config(short_rules(START), "before.yaml").rules()
    text = short_rules(START, later=True)
    for said, instead in OTHERWISE.items():
        assert said in text
        text = text.replace(said, instead)
    later = parse_config(text, "later.yaml").rules().after(before)
    run = Replay(before)
    coming = deque(gather(seed, start=START, seconds=SECONDS, count=120))
    for now in range(START, START + SECONDS * SECOND + 1, 10 * SECOND):
        while coming and coming[0].at <= now:
            arrival = coming.popleft()
            event = replace(arrival.event, received_at=from_ms(arrival.at))
            deque(run.lines([encode_event(event)]), maxlen=0)
        deque(run.run_until(now), maxlen=0)  # what is due is no news of the walk
        for key, state in run.states.items():
            again, facts = reconsider(key, state, later, now)
            assert facts == []
            assert again is state
