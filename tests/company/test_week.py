"""A company's week: what is true of every one, whatever the profile."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path

import jsonschema

from dev.places import CONFIG, REPOSITORY
from stream.company.file import parse_profile
from stream.company.week import play_days
from stream.config import load_config
from stream.records import encode_event
from stream.sla.events import (
    Event,
)

RULES = load_config(CONFIG)
MONDAY = date(2026, 11, 23)


@cache
def week(text: str = "", seed: int = 1, days: int = 7) -> tuple[Event, ...]:
    profile = parse_profile(f"version: 1\n{text}", "profile.yaml", RULES)
    return tuple(play_days(profile, RULES, seed=seed, first=MONDAY, days=days))


def written(events: tuple[Event, ...]) -> bytes:
    return b"".join(encode_event(event) + b"\n" for event in events)


def test_same_seed_same_bytes():
    """A seed is a week, whatever Python hashes with; another seed is another one."""
    command = Path(sys.executable).with_name("replyclock")
    typed = ["simulate", "--week", "2026-W48", "--config", str(CONFIG)]
    elsewhere = subprocess.run(
        [command, *typed],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        check=True,
    )
    assert elsewhere.stdout == written(week())
    assert written(week()) != written(week(seed=2))


def threads(events: tuple[Event, ...]) -> dict[str, list[Event]]:
    """By conversation, in the order of arrival."""
    found = defaultdict(list)
    for event in events:
        found[event.conversation_id].append(event)
    return found


def test_events_come_in_order_and_are_events():
    """By arrival in the file, by time in a conversation; each is valid, with an id."""
    events = week()
    arrived = [event.arrived for event in events]
    schema = json.loads((REPOSITORY / "docs" / "event.schema.json").read_text("utf-8"))
    valid = jsonschema.Draft202012Validator(schema)

    assert arrived == sorted(arrived)
    for thread in threads(events).values():
        assert [event.at for event in thread] == sorted(event.at for event in thread)
    assert all(event.arrived >= event.at for event in events)
    assert len({event.event_id for event in events}) == len(events)
    for event in events[:: len(events) // 200]:
        valid.validate(json.loads(encode_event(event)))
