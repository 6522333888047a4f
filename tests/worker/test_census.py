"""The figures of a wall, against an oracle that steps over each clock's minutes."""

from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream.sla.events import Status
from stream.sla.instants import MINUTE, from_ms, to_ms
from stream.worker.table import decode_state
from tests.shelf import Shelf, of
from tests.timelines import assigned, at, closed, customer, reply, status

CONFIG = """
version: 1
timezone: Europe/Budapest
calendars:
  office:
    week: {mon-fri: ["09:00-12:30", "13:00-17:00"], sat: ["10:00-12:00"]}
    holidays: {country: HU}
    days: {2024-03-28: ["09:00-10:00"], 2024-04-09: closed}
  night: {week: {mon-sun: ["22:00-06:00"]}}
  shut: {week: {}}
queues:
  sales: {accounts: ["whatsapp:1"], calendar: office}
  desk: {calendar: night}
  bell: {}
policies:
  - name: nobody-comes
    match: {priority: low}
    calendar: shut
    targets: {first_reply: 10m}
  - name: vip
    match: {tier: vip}
    calendar: night
    targets:
      first_reply: {within: 30m, warn_at: [50%]}
      resolution: {within: 2h, calendar: office}
    pause_on: [waiting_on_customer]
  - name: all
    targets:
      first_reply: {within: 40m, warn_at: [50%, 75%]}
      next_reply: {within: 60m, calendar: always}
      resolution: {within: 8h, warn_at: [25%]}
      window: {warn_before: 4h}
    pause_on: [waiting_on_customer, on_hold]
  - {name: tried, shadow: true, targets: {first_reply: 5m, resolution: 20m}}
alerts: {routes: [{to: s}], receivers: {s: {slack: {channel: C1}}}}
"""
BUDAPEST = ZoneInfo("Europe/Budapest")
QUEUES = ("sales", "desk", "bell", "unrouted")
FIRST = 133 * 1440 + 2 / 3
"""26 March 2024, 23:14: before Easter, and the hour that summer takes."""
SPAN = 21 * 1440
"""Minutes that the oracle knows from there."""
BANDS = ("breached", "at_risk", "ok", "paused")
FIGURES = (
    "waiting",
    "customers_waiting",
    "next_breach_seconds",
    "worst_lateness_seconds",
    "longest_wait_seconds",
)


def minute_of(instant: int) -> int:
    minute, rest = divmod(instant - at(FIRST), MINUTE)
    assert not rest, "the oracle knows whole minutes"
    return minute


def spans(calendar: str, day: date) -> list[tuple[int, int]]:
    """What is open on a date, in minutes of it; 30 * 60 is six the next morning."""
    if calendar == "always":
        return [(0, 1440)]
    if calendar == "night":
        return [(22 * 60, 30 * 60)]
    off = {date(2024, 3, 29), date(2024, 4, 1), date(2024, 4, 9)}
    if calendar == "shut" or day in off:
        return []
    if day == date(2024, 3, 28):
        return [(540, 600)]
    if day.weekday() == 5:
        return [(600, 720)]
    return [(540, 750), (780, 1020)] if day.weekday() < 5 else []


@cache
def open_minutes(calendar: str) -> bytes:
    """Minute by minute, 1 where it is open: by a clock on the wall."""
    found = bytearray()
    for number in range(SPAN):
        wall = from_ms(at(FIRST + number)).astimezone(BUDAPEST)
        minute, day = wall.hour * 60 + wall.minute, wall.date()
        before = day - timedelta(days=1)
        found.append(
            any(opens <= minute < closes for opens, closes in spans(calendar, day))
            or any(minute + 1440 < closes for _, closes in spans(calendar, before))
        )
    return bytes(found)


def opened(calendar: str, start: int, end: int) -> int:
    """Open minutes between two instants."""
    return sum(open_minutes(calendar)[minute_of(start) : max(0, minute_of(end))])


def counted(clock, now, after=None) -> int:
    """Open minutes of a clock, of those `after` an instant only."""
    last = (clock.since, now if clock.paused_at is None else clock.paused_at)
    return sum(
        opened(clock.calendar, max(start, after or start), min(end, now))
        for start, end in (*clock.stretches, last)
    )


def band(clock, now) -> str:
    if clock.verdict == "breached":
        return "breached"
    if clock.paused_at is not None:
        return "paused"
    risk = counted(clock, now) * MINUTE >= clock.points[0]
    return "at_risk" if risk else "ok"


def oracle(shelf: Shelf) -> dict[str, dict[tuple[str, ...], float]]:
    """Each figure by its labels, from the bytes of the states that are owned."""
    now = shelf.now
    states = [
        decode_state(data).conversation
        for partition in shelf.owned
        for data in shelf.states.get(partition, {}).values()
    ]
    measures = ("first_reply", "next_reply", "resolution", "window")
    waiting = Counter(
        {(m, "whatsapp", q, b): 0 for m in measures for q in QUEUES for b in BANDS}
    )
    customers = Counter({("whatsapp", q, b): 0 for q in QUEUES for b in BANDS})
    left, late, longest = {}, {}, {}
    for state in states:
        if state.last is None or not state.last.is_open:
            continue
        queue = state.held.queue or "sales"
        clocks = [c for c in state.last.clocks if c.over_at is None and not c.shadow]
        bands = [band(clock, now) for clock in clocks]
        if bands:
            customers["whatsapp", queue, min(bands, key=BANDS.index)] += 1
        for clock, how in zip(clocks, bands, strict=True):
            labels = (clock.measure.value, "whatsapp", queue)
            waiting[*labels, how] += 1
            waits = counted(clock, now) * 60
            if how != "paused":  # the customer's turn
                longest[labels] = max(longest.get(labels, 0), waits)
            if how in {"ok", "at_risk"} and clock.calendar != "shut":
                rest = opened(clock.calendar, now, clock.deadline) * 60
                left[labels] = min(left.get(labels, rest), rest)
            if how == "breached":
                over = counted(clock, now, clock.deadline) * 60
                late[labels] = max(late.get(labels, 0), over)
    return dict(zip(FIGURES, (waiting, customers, left, late, longest), strict=True))


def figures(shelf: Shelf) -> dict[str, dict[tuple[str, ...], float]]:
    """The same as a scrape has it."""
    found: dict[str, dict[tuple[str, ...], float]] = {name: {} for name in FIGURES}
    for family in shelf.registry.collect():
        name = family.name.removeprefix("replyclock_")
        for sample in family.samples if name in found else ():
            found[name][tuple(sample.labels.values())] = sample.value
    return found


async def settle(shelf: Shelf, now: int) -> None:
    """Let all pass that is due by `now`: a warning, another, the breach."""
    while await shelf.tick(now):
        pass


def local(text: str) -> float:
    """A local time of 2024 as minutes of a timeline."""
    then = datetime.fromisoformat(f"2024-{text}").replace(tzinfo=BUDAPEST)
    return (to_ms(then) - at(0)) / MINUTE


WEDNESDAY = [customer(local("03-27 16:40"))]
EASTER = [customer(local("03-28 09:10"))]
EARLY = [customer(local("03-27 09:00"))]
PAUSED = [
    customer(local("03-27 09:00"), tier="vip"),
    reply(local("03-27 09:05")),
    status(local("03-27 09:30"), Status.WAITING_ON_CUSTOMER),
    status(local("03-27 16:30"), Status.OPEN),
]
BROKEN = [
    customer(local("03-27 09:00"), tier="vip"),
    reply(local("03-27 09:05")),
    status(local("03-27 11:30"), Status.WAITING_ON_CUSTOMER),
    status(local("03-27 16:30"), Status.OPEN),
]
HAND = {
    "A countdown stands still at night.": (
        WEDNESDAY,
        ("next_breach", "first_reply"),
        {"03-27 16:50": 30, "03-27 17:00": 20, "03-28 08:59": 20, "03-28 09:05": 15},
    ),
    "Nor is the night waited.": (
        WEDNESDAY,
        ("longest_wait", "first_reply"),
        {"03-27 16:50": 10, "03-28 08:59": 20, "03-28 09:05": 25},
    ),
    "Easter makes nobody late: an hour on Thursday, two on Saturday.": (
        EASTER,
        ("worst_lateness", "first_reply"),
        {"03-28 09:51": 1, "03-29 12:00": 10, "04-02 08:00": 130, "04-02 09:15": 145},
    ),
    "A pause after the breach is not late, before and after it is.": (
        BROKEN,
        ("worst_lateness", "resolution"),
        {"03-27 11:20": 20, "03-27 16:00": 30, "03-27 16:40": 40, "03-28 09:10": 70},
    ),
    "Nor is it waited.": (
        BROKEN,
        ("longest_wait", "resolution"),
        {"03-27 11:20": 140, "03-27 16:00": 150, "03-27 16:40": 160},
    ),
    "Nobody waits for us while it is the customer's turn.": (
        PAUSED,
        ("longest_wait", "resolution"),
        {"03-27 09:20": 20, "03-27 16:00": None, "03-27 16:40": 40},
    ),
    "What is late is no next breach.": (
        BROKEN,
        ("next_breach", "resolution"),
        {"03-27 10:50": 10, "03-27 11:20": None, "03-27 16:40": None},
    ),
    "A window counts by the wall, from the latest words.": (
        [*WEDNESDAY, customer(local("03-27 22:00"), "c2")],
        ("next_breach", "window"),
        {"03-27 21:00": 19 * 60 + 40, "03-27 23:00": 23 * 60},
    ),
    "Hours that never open break nothing.": (
        [customer(local("03-27 09:00"), priority="low")],
        ("next_breach", "first_reply"),
        {"03-27 10:00": None},
    ),
}


@pytest.mark.parametrize(("story", "figure", "wanted"), HAND.values(), ids=HAND.keys())
async def test_by_hand(story, figure, wanted):
    """Minutes of a figure at local times, the office open from nine to five."""
    shelf, found = Shelf(CONFIG), {}
    left = list(story)
    for text in wanted:
        while left and left[0].at <= at(local(text)):
            shelf.now = left[0].at
            shelf.arrive(left.pop(0))
            await shelf.work()
        await settle(shelf, at(local(text)))
        labels = {"measure": figure[1], "channel": "whatsapp", "queue": "sales"}
        seconds = shelf.sample(f"{figure[0]}_seconds", **labels)
        found[text] = None if seconds is None else seconds / 60

    assert found == wanted


VIP = BROKEN[:2]
ASKED = [*EARLY, reply(local("03-27 09:05")), customer(local("03-27 11:10"), "c2")]
ONCE = {
    "All in time.": (EARLY, "03-27 09:15", "ok"),
    "Of three one is at risk, the first.": (EARLY, "03-27 09:25", "at_risk"),
    "Or the second.": (BROKEN[:1], "03-27 10:40", "at_risk"),
    "Or what was promised before.": (ASKED, "03-27 11:20", "at_risk"),
    "One is broken.": (EARLY, "03-27 09:41", "breached"),
    "Answered, and the rest in time.": (VIP, "03-27 09:10", "ok"),
    "Answered, and the rest paused.": (
        [*VIP, status(local("03-27 09:10"), Status.WAITING_ON_CUSTOMER)],
        "03-27 12:00",
        "paused",
    ),
    "Nothing pauses while nobody has answered.": (
        [BROKEN[0], status(local("03-27 09:01"), Status.WAITING_ON_CUSTOMER)],
        "03-27 09:05",
        "ok",
    ),
    "Broken, and paused since.": (BROKEN[:3], "03-27 12:00", "breached"),
    "Nobody waits.": ([*VIP, closed(local("03-27 09:06"))], "03-27 09:10", None),
}


@pytest.mark.parametrize(("story", "now", "wanted"), ONCE.values(), ids=ONCE.keys())
async def test_a_customer_counts_once_by_the_worst(story, now, wanted):
    """Whatever is promised: of one conversation there is one, in one band."""
    shelf = Shelf(CONFIG)
    for happens in story:
        shelf.now = happens.at
        shelf.arrive(happens)
        await shelf.work()
    await settle(shelf, at(local(now)))
    found = figures(shelf)["customers_waiting"]

    assert [labels for labels, count in found.items() if count] == (
        [("whatsapp", "sales", wanted)] if wanted else []
    )
    assert sum(found.values()) == bool(wanted)


KINDS = st.sampled_from("cccrrwwohaaqx")
STORY = st.lists(st.tuples(KINDS, st.integers(0, 700)), min_size=1, max_size=9)


def event(kind: str, minute: float, name: str, draw):  # noqa: PLR0911  one a kind
    """Something that happens to a conversation."""
    match kind:
        case "r":
            return reply(minute, name)
        case "w":
            return status(minute, Status.WAITING_ON_CUSTOMER)
        case "h":
            return status(minute, Status.ON_HOLD)
        case "o":
            return status(minute, Status.OPEN)
        case "a":
            return assigned(minute, draw(st.sampled_from(QUEUES[:3])))
        case "x":
            return closed(minute)
    who = draw(st.sampled_from([{}, {"tier": "vip"}, {"priority": "low"}]))
    return customer(minute, name, **(who if kind == "q" else {}))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), stories=st.lists(STORY, min_size=1, max_size=4))
async def test_every_figure_is_what_stepping_over_the_minutes_finds(data, stories):
    """Closed hours, a holiday, a night shift, summer time, pauses, changed queues."""
    shelf = Shelf(CONFIG)
    shelf.owned = frozenset({0, 1})
    events = []
    for number, story in enumerate(stories):
        minute = FIRST + data.draw(st.integers(0, 4000))
        events.append((minute, number, customer(minute, "c")))
        for step, (kind, after) in enumerate(story):
            minute += after
            events.append((minute, number, event(kind, minute, f"m{step}", data.draw)))
    for minute, number, happens in sorted(events, key=lambda each: each[:2]):
        shelf.now = at(minute)
        shelf.arrive(of(f"c{number}", happens), partition=number % 2)
        await shelf.work(number % 2)
        if data.draw(st.booleans()):
            await settle(shelf, at(minute))
    last = max(minute for minute, _, _ in events)
    await settle(shelf, at(last + data.draw(st.integers(0, 3000))))

    assert figures(shelf) == oracle(shelf)
    shelf.owned = frozenset({1})  # the others are another worker's now
    assert figures(shelf) == oracle(shelf)
