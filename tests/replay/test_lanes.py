"""Lanes: however many processes share a replay, it writes the same bytes."""

import random

import pytest

from stream.config import parse_config
from stream.records import encode_event
from stream.replay.lanes import Lane, replayed
from tests.shelf import of
from tests.timelines import CONFIG, at, closed, customer, failure, reply

CONFIG_READ = parse_config(CONFIG, "test.yaml")


@pytest.fixture
def events(tmp_path):
    """Forty conversations due at the same instants, and lines that are no events."""
    chance = random.Random(7)  # noqa: S311  a test
    found = []
    for number in range(40):
        story = [customer(0), reply(chance.choice([3, 10, 12])), failure(13)]
        story += [customer(14, "c2"), closed(chance.choice([15, 30]))]
        found += [(event.at, of(f"c{number}", event)) for event in story]
    found.sort(key=lambda pair: (pair[0], chance.random()))
    lines = [encode_event(event) for _, event in found]
    for place in (0, 17, 90, len(lines)):
        lines.insert(place, b"{}")
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n\n")
    return path


@pytest.mark.parametrize("lanes", [2, 3])
def test_any_number_of_processes_says_the_same(events, lanes):
    """Facts, faults and their order."""
    alone = list(replayed(CONFIG_READ, events, at(60), 1))

    assert len([said for _, said in alone if isinstance(said, str)]) == 4
    assert len(alone) > 200
    assert list(replayed(CONFIG_READ, events, at(60), lanes)) == alone


def test_each_conversation_is_in_one_lane(events):
    """None is told twice, and none is left out."""
    parts = [
        len(list(Lane(CONFIG_READ, events, at(60), n, 3).said())) for n in range(3)
    ]

    assert all(parts)
    assert sum(parts) == len(list(replayed(CONFIG_READ, events, at(60), 1)))
