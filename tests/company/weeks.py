"""Weeks that several tests look at, played once each."""

from collections import defaultdict
from datetime import date
from functools import cache

from dev.places import CONFIG
from stream.company.file import parse_profile
from stream.company.week import play_days
from stream.config import load_config
from stream.records import encode_event
from stream.sla.events import AuthorKind, Event, MessageEvent
from stream.sla.instants import from_ms

RULES = load_config(CONFIG)
"""Without calendars, in UTC: whatsapp in queue sales, messenger in support."""
MONDAY = date(2026, 11, 23)

Week = tuple[Event, ...]


@cache
def week(text: str = "", *, seed: int = 1, first: date = MONDAY, days: int = 7) -> Week:
    """As it arrived; `text` is the profile."""
    profile = parse_profile(f"version: 1\n{text}", "profile.yaml", RULES)
    return tuple(play_days(profile, RULES, seed=seed, first=first, days=days))


def written(events: Week) -> bytes:
    return b"".join(encode_event(event) + b"\n" for event in events)


def threads(events: Week) -> dict[str, list[Event]]:
    """By conversation, in the order of arrival."""
    found = defaultdict(list)
    for event in events:
        found[event.conversation_id].append(event)
    return found


def said_by(kind: AuthorKind, events: Week) -> list[MessageEvent]:
    return [e for e in events if isinstance(e, MessageEvent) and e.author.kind is kind]


def first_words(events: Week) -> dict[str, int]:
    """Of each customer, when."""
    found: dict[str, int] = {}
    for message in said_by(AuthorKind.CUSTOMER, events):
        found.setdefault(message.conversation_id, message.at)
    return found


def waits(events: Week) -> dict[str, int]:
    """From the first words to the first answer of a person, ms; who has one."""
    began, found = first_words(events), {}
    for reply in said_by(AuthorKind.AGENT, events):
        key = reply.conversation_id
        found.setdefault(key, reply.at - began[key])
    return found


def mean(waited: dict[str, int]) -> float:
    return sum(waited.values()) / len(waited)


def waits_by_day(day: int, events: Week, since: int = 8) -> dict[str, int]:
    """Of those who first wrote on that day till 20 o'clock, and were answered."""
    waited, found = waits(events), {}
    for key, began in first_words(events).items():
        at = from_ms(began)
        if at.weekday() == day and since <= at.hour < 20 and key in waited:
            found[key] = waited[key]
    return found
