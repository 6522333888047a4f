"""A week of a company: what is true of each one, and of two that differ by a line."""

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import jsonschema
import pytest

from dev.places import CONFIG, REPOSITORY
from stream.records import encode_event
from stream.replay.replay import Replay
from stream.sla.events import (
    AssignmentEvent,
    AttributesEvent,
    AuthorKind,
    DeliveryEvent,
    Event,
    MessageEvent,
    NoReplyNeededEvent,
    Status,
    StatusEvent,
)
from stream.sla.facts import FactKind, Measure
from stream.sla.instants import HOUR, MINUTE
from tests.company.weeks import (
    RULES,
    Week,
    first_words,
    mean,
    said_by,
    threads,
    waits,
    waits_by_day,
    week,
    written,
)

CUSTOMER, AGENT, BOT = AuthorKind.CUSTOMER, AuthorKind.AGENT, AuthorKind.BOT


def test_same_seed_same_bytes():
    """A seed is a week, whatever Python hashes with; another seed is another one."""
    command = Path(sys.executable).with_name("replyclock")
    typed = ["simulate", "--week", "2026-W48", "--days", "1", "--config", str(CONFIG)]
    elsewhere = subprocess.run(
        [command, *typed],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        check=True,
    )
    assert elsewhere.stdout == written(week(days=1))
    assert week(days=1) != week(days=1, seed=2)


def test_events_come_in_order_and_are_events():
    """By arrival in the file, by time in a conversation; each is valid, with an id."""
    events = week()
    arrived = [event.arrived for event in events]
    schema = json.loads((REPOSITORY / "docs" / "event.schema.json").read_text("utf-8"))
    valid = jsonschema.Draft202012Validator(schema)

    assert arrived == sorted(arrived)
    assert all(event.arrived > event.at for event in events)
    for thread in threads(events).values():
        assert [event.at for event in thread] == sorted(event.at for event in thread)
    assert len({event.event_id for event in events}) == len(events)
    kinds = {type(event): event for event in events}
    assert len(kinds) == 6
    for event in [*kinds.values(), *events[::200]]:
        valid.validate(json.loads(encode_event(event)))


SHIFTS = {
    "ana": ("mon tue wed thu fri", 8, 16, 12.0),
    "ben": ("mon tue wed thu fri", 9, 17.5, 12.5),
    "cleo": ("mon tue wed thu fri", 9, 17.5, 13.0),
    "dora": ("mon tue wed thu fri", 12, 20, 16.0),
    "emil": ("wed thu fri sat sun", 9, 17, 13.0),
    "fay": ("thu fri sat sun mon", 12, 20, 16.5),
}
"""Of the company by default: days, from, until, half an hour of lunch."""


@pytest.mark.parametrize(
    ("zone", "first"),
    [("UTC", date(2026, 11, 23)), ("Europe/Budapest", date(2026, 10, 19))],
    ids=["a week", "the clocks go back"],
)
def test_nobody_answers_outside_of_a_shift(zone: str, first: date) -> None:
    """Not at lunch either; hours are local, on the day of 25 hours, too."""
    replies = said_by(AGENT, week(f"timezone: {zone}", first=first))
    for reply in replies:
        days, begins, ends, lunch = SHIFTS[reply.author.id]
        at = reply.occurred_at.astimezone(ZoneInfo(zone))
        hour = at.hour + at.minute / 60 + at.second / 3600
        assert f"{at:%a}".lower() in days
        assert begins <= hour < ends
        assert not lunch <= hour < lunch + 0.5
    assert {reply.author.id for reply in replies} == {*SHIFTS}


def held(events: Week) -> Counter[tuple[str, int]]:
    """How often an agent holds how many conversations, from what is told."""
    holder: dict[str, str] = {}
    found: Counter[tuple[str, int]] = Counter()
    lets_go = {Status.RESOLVED, Status.WAITING_ON_CUSTOMER}

    def order(event: Event) -> tuple[int, bool]:
        return event.at, isinstance(event, AssignmentEvent) and bool(event.assignee)

    for event in sorted(events, key=order):
        key = event.conversation_id
        if isinstance(event, StatusEvent) and event.status in lets_go:
            holder.pop(key, None)
        if isinstance(event, AssignmentEvent) and event.assignee is None:
            holder.pop(key)
        elif isinstance(event, AssignmentEvent) and event.assignee:
            assert key not in holder
            holder[key] = event.assignee
            found[event.assignee, Counter(holder.values())[event.assignee]] += 1
        elif isinstance(event, MessageEvent) and event.author.kind is AGENT:
            assert holder[key] == event.author.id
    return found


def test_nobody_does_two_things_at_once():
    """One answer at a time, to whom one has; no more conversations than `at_once`."""
    busy = week("conversations: 1500")
    by_agent: dict[str, list[int]] = {}
    for reply in said_by(AGENT, busy):
        by_agent.setdefault(reply.author.id, []).append(reply.at)
    for times in by_agent.values():
        assert min(b - a for a, b in pairwise(times)) >= 5000
    assert {number for _, number in held(busy)} == {1, 2, 3}


def test_the_rules_read_of_it_what_happened():
    """Replay finds each customer's wait; the same facts each time."""
    events = week(days=2)

    def facts() -> list[object]:
        replay = Replay(RULES.rules())
        told = [*replay.lines(written(events).splitlines())]
        return [*told, *replay.run_until(replay.now)]

    told = facts()
    first = {
        fact.conversation_id: fact.waited_ms
        for fact in reversed(told)
        if fact.measure is Measure.FIRST_REPLY
        and fact.kind in {FactKind.MET, FactKind.ANSWERED_LATE}
        and fact.conversation_id not in undelivered(events)
    }
    answered = waits(events)
    assert told == facts()
    assert len(first) > 200
    assert {key: answered[key] for key in first} == first


def undelivered(events: Week) -> set[str]:
    return {e.conversation_id for e in events if isinstance(e, DeliveryEvent)}


def share(part: int, whole: int, asked: float) -> None:
    """`part` of `whole` is `asked`, within four standard deviations."""
    deviation = (whole * asked * (1 - asked)) ** 0.5
    assert abs(part - whole * asked) < 4 * deviation, (part, whole)


STAFFED = (
    "agents: {a: &a {works: {mon-sun: ['00:00-24:00']}}, b: *a, c: *a, d: *a, e: *a}\n"
)
"""Five people at every hour: nobody waits for long."""


def test_shares_are_as_asked():
    """Tiers, tags, bots, what they solve, reopenings, failures."""
    events = week(
        f"{STAFFED}conversations: 3000\nbot: {{greets: 30%, solves: 40%}}\n"
        "customers: {tiers: {vip: 8%, gold: 4%}, tags: {refund: 10%},"
        " resolved: 90%, reopened: 20%, thinks: 1m, follow_up: 0%, thanks: 20%}\n"
        "replies: {undelivered: 3%}"
    )
    conversations, talks = len(first_words(events)), threads(events).values()
    said = [e for e in events if isinstance(e, AttributesEvent)]
    bots = {e.conversation_id for e in said_by(BOT, events)}
    people = {e.conversation_id for e in said_by(AGENT, events)}
    ends = [[e.status for e in t if isinstance(e, StatusEvent)] for t in talks]
    resolved = [end for end in ends if Status.RESOLVED in end]
    thanks = [e for e in events if isinstance(e, NoReplyNeededEvent)]

    share(sum(e.tier == "vip" for e in said), conversations, 0.08)
    share(sum(e.tier == "gold" for e in said), conversations, 0.04)
    share(sum(e.tags == ("refund",) for e in said), conversations, 0.10)
    share(len(bots), conversations, 0.30)
    share(len(bots - people), len(bots), 0.40)
    share(len(resolved), conversations, 1 - (1 - 0.3 * 0.4) * 0.10)
    share(len(thanks), len(people), 0.20)
    share(len(undelivered(events)), len(said_by(AGENT, events)), 0.03)
    by_people = [t for t in talks if t[0].conversation_id in people]
    back = [t for t in by_people if goes_on_after_resolved(t)]
    share(len(back), len(by_people), 0.9 * 0.20)


def goes_on_after_resolved(thread: list[Event]) -> bool:
    ends = [getattr(event, "status", None) is Status.RESOLVED for event in thread]
    return True in ends and any(
        isinstance(event, MessageEvent) for event in thread[ends.index(True) :]
    )


def test_a_bot_answers_at_once_and_hands_over():
    """Three seconds after the first words; until it is the queue's, nobody takes it."""
    talks = [t for t in threads(week()).values() if said_by(BOT, tuple(t))]
    handed = 0
    for thread in talks:
        began = said_by(CUSTOMER, tuple(thread))[0].at
        assert said_by(BOT, tuple(thread))[0].at == began + 3000
        for event in thread:
            if isinstance(event, AssignmentEvent) and event.assignee:
                assert event.at >= began + 40_000
                handed += 1
                break
    assert handed > 200


def test_who_is_ill_is_missed():
    """The same customers wait longer that day, and no event before it changes."""
    ill = week("absences: [{agent: ben, days: tue}, {agent: cleo, days: tue}]")
    well = week()
    absent = {"ben", "cleo"}
    on_tuesday = {
        r.author.id for r in said_by(AGENT, ill) if r.occurred_at.weekday() == 1
    }

    assert first_words(ill) == first_words(well)
    assert not on_tuesday & absent
    assert mean(waits_by_day(1, ill)) > 1.3 * mean(waits_by_day(1, well))
    monday = [e for e in well if e.received_at.weekday() == 0]
    assert [*ill[: len(monday)]] == monday


BUSY = (
    "conversations: 1500\n"
    "agents: {ana: &day {works: {mon-sun: ['08:00-18:00']}}, ben: *day"
)
"""Two people, and too much for them."""


def test_one_more_in_the_afternoon_helps_in_the_afternoon():
    """The same customers of a busy company wait less than half as long from then on."""
    few = week(f"{BUSY}}}", days=2)
    more = week(f"{BUSY}, zoe: {{works: {{mon-sun: ['13:00-18:00']}}}}}}", days=2)

    assert first_words(few) == first_words(more)
    assert mean(waits_by_day(1, more, 13)) < mean(waits_by_day(1, few, 13)) / 2


def test_a_campaign_adds_customers_while_it_lasts():
    """So many times as many of that queue; nobody else, and no other hour, changes."""
    many, begin = "conversations: 8000\n", 1_795_615_200_000  # Wednesday, 14:00
    sent = f"{many}campaigns: [{{at: 'wed 14:00', lasts: 2h, times: 4, queue: sales}}]"
    wednesday = date(2026, 11, 25)
    calm, busy = (week(text, first=wednesday, days=1) for text in (many, sent))

    def begun(events: Week, queue: str) -> tuple[int, set[int]]:
        at = {t for key, t in first_words(events).items() if key.startswith(queue)}
        inside = {t for t in at if begin <= t < begin + 2 * HOUR}
        return len(inside), at - inside

    before, rest = begun(calm, "sales")
    after, rest_of_busy = begun(busy, "sales")
    assert rest == rest_of_busy
    assert begun(calm, "support") == begun(busy, "support")
    share(before, before + after, 1 / 5)


def test_nothing_gets_through_while_a_channel_is_down():
    """What customers write comes at its end; what agents write fails, and is redone."""
    begin, account = 1_795_688_400_000, "106540352242922"  # Thursday, 10:20
    end = begin + 40 * MINUTE
    events = week(
        "conversations: 2500\nreplies: {undelivered: 0%}\n"
        f"outages: [{{account: 'whatsapp:{account}', at: 'thu 10:20', lasts: 40m}}]",
        first=date(2026, 11, 26),
        days=1,
    )
    here = [e for e in events if e.account == account]
    asked = [e for e in said_by(CUSTOMER, tuple(here)) if begin <= e.at < end]
    tried = [e for e in said_by(AGENT, tuple(here)) if begin <= e.at < end]
    failed = [e for e in here if isinstance(e, DeliveryEvent)]

    assert len(asked) > 5
    assert all(end <= e.arrived < end + MINUTE for e in asked)
    assert tried
    assert {e.message_id for e in failed} == {e.message_id for e in tried}
    for lost in tried:
        thread = threads(events)[lost.conversation_id]
        assert any(e.at >= end for e in said_by(AGENT, tuple(thread)))


def test_tiers_first_when_the_profile_says_so():
    """Who has a tier waits less than with the oldest first, the others hardly more."""
    text = f"{BUSY}}}\ncustomers: {{tiers: {{vip: 10%}}}}\nreplies:"
    oldest, tiers = (
        week(f"{text} {{picks: {how}}}", days=2) for how in ("oldest", "tiers")
    )
    said = [e for e in oldest if isinstance(e, AttributesEvent)]
    vips = {e.conversation_id for e in said if e.tier}

    def waited(events: Week) -> tuple[float, float]:
        known = waits_by_day(1, events)
        return mean({k: ms for k, ms in known.items() if k in vips}), mean(known)

    (vip, everyone), (vip_first, all_the_same) = waited(oldest), waited(tiers)
    assert vip_first < vip / 2
    assert all_the_same < 1.2 * everyone


def test_slow_hours_are_slow():
    """Where nobody waits for anybody, an answer takes as much longer as is said."""
    text = f"{STAFFED}conversations: 600\nreplies: {{slower: {{'14:00-18:00': 3}}}}"
    by_hour: dict[bool, list[int]] = {True: [], False: []}
    began, waited = first_words(week(text)), waits(week(text))
    for key, ms in waited.items():
        hour = began[key] % (24 * HOUR) // HOUR
        by_hour[14 <= hour < 18].append(ms)
    assert 2 < median(by_hour[True]) / median(by_hour[False]) < 4
