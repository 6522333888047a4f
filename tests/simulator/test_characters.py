"""Characters: the rules find each one's wait, whatever name or door it came by."""

from collections import Counter

import pytest

from dev.demo.parts import right
from stream.records import encode_event
from stream.replay.replay import Replay
from stream.simulator.characters import CAST
from stream.simulator.play import write_play
from tests.simulator.arriving import SECRET, arriving
from tests.simulator.test_play import RULES, START


@pytest.mark.parametrize("seed", [1, 2])
def test_each_character_is_found(seed: int) -> None:
    """All of them, on each account that can have them; numbers and all."""
    play = write_play(RULES, seed=seed, start=START, seconds=60, rate=60, cast=CAST)
    replay, events, facts = Replay(RULES), 0, []
    for _, event in arriving(play.deliveries):
        events += 1
        facts += replay.lines([encode_event(event)])
    facts += replay.run_until(replay.now + 2000)

    expected = Counter(part.character for part in play.truth.parts)
    assert len(expected) == len(CAST)
    assert min(expected.values()) > 5
    assert right(play.truth.parts, facts, SECRET) == expected
    assert events == play.truth.events
