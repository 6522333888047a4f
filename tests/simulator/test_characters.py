"""Characters: the rules find each one's wait, whatever name or door it came by."""

from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest

from dev.demo.parts import right
from stream.channels.people import People, in_one
from stream.channels.sources import SOURCES
from stream.intake.posted import read_posted
from stream.process.senders import Sender
from stream.records import encode_event
from stream.replay.replay import Replay
from stream.simulator.characters import CAST
from stream.simulator.play import write_play
from stream.simulator.stories import POSTS, Delivery
from tests.simulator.test_play import RULES, START

SECRET = b"secret"


def parsed(delivery: Delivery):
    body = msgspec.json.encode(delivery.body)
    at = datetime.fromtimestamp(delivery.at / 1000, UTC)
    if delivery.source != POSTS:
        return SOURCES[delivery.source](body, id_secret=SECRET, received_at=at)
    desk = Sender(name="desk", prefix="desk:")
    return read_posted(
        body, is_lines=False, sender=desk, id_secret=SECRET, received_at=at
    ).parsed


@pytest.mark.parametrize("seed", [1, 2])
def test_each_character_is_found(seed: int) -> None:
    """All of them, on each account that can have them; numbers and all."""
    play = write_play(RULES, seed=seed, start=START, seconds=60, rate=60, cast=CAST)
    people, replay, events, facts = People(), Replay(RULES), 0, []
    for delivery in play.deliveries:
        found, _ = in_one(parsed(delivery), people)
        events += len(found)
        facts += replay.lines([encode_event(event) for event in found])
    facts += replay.run_until(replay.now + 2000)

    expected = Counter(part.character for part in play.truth.parts)
    assert len(expected) == len(CAST)
    assert min(expected.values()) > 5
    assert right(play.truth.parts, facts, SECRET) == expected
    assert events == play.truth.events
