"""Stories: what a clock's facts add up to is what it waited."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from stream.config import parse_config
from stream.explain.story import calendar_of, stories
from stream.explain.words import Words
from stream.sla.events import (
    AuthorKind,
    Channel,
    DeliveryEvent,
    Direction,
    Event,
    MessageEvent,
    Status,
)
from stream.sla.facts import FactKind, Measure
from tests.timelines import (
    Timeline,
    assigned,
    at,
    closed,
    customer,
    failure,
    reply,
    status,
)

CONFIG = """
version: 1
timezone: Europe/Budapest
calendars:
  breaks: {week: {mon-sun: ["00:10-00:20", "23:00-23:20", "23:25-23:40"]}}
queues: {sales: {accounts: ["whatsapp:1"], calendar: breaks}}
policies:
  - name: all
    pause_on: [on_hold]
    targets: {first_reply: 10m, next_reply: 10m, resolution: 30m}
alerts: {routes: [{to: s}], receivers: {s: {slack: {channel: C1}}}}
"""

RULES = parse_config(CONFIG, "test.yaml").rules()

GOLDEN = Path(__file__).with_name("story.txt")
"""Worked out by hand: 6m40s until the break and 3m20s after it are ten minutes."""

minutes = st.integers(0, 90)
happenings = st.lists(
    st.one_of(
        st.builds(lambda m: customer(m, f"c{m}"), minutes),
        st.builds(lambda m: reply(m, f"r{m}"), minutes),
        st.builds(lambda m: failure(m, f"r{m - 3}"), minutes),
        st.builds(lambda m: status(m, Status.ON_HOLD), minutes),
        st.builds(lambda m: status(m, Status.OPEN), minutes),
        st.builds(lambda m: status(m, Status.RESOLVED), minutes),
        st.builds(closed, minutes),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda event: event.event_id,
)


def in_order(event: Event) -> tuple[int, int, str]:
    """As the rules read them (ADR 0007, 3): what comes late is the xfail below."""
    if isinstance(event, MessageEvent):
        rank = int(event.direction is not Direction.INBOUND)
    else:
        rank = 2 if isinstance(event, DeliveryEvent) else 3
    return event.at, rank, event.event_id


@settings(max_examples=300, deadline=None)
@given(things=happenings)
def test_what_is_told_sums_to_the_waited_time(things):
    """The open times that counted are `waited_business_s`, pauses left out."""
    timeline = Timeline(RULES).play(*sorted(things, key=in_order))
    for session in stories(timeline.facts):
        for clock in session.clocks:
            end = clock.end
            if end is not None:
                parts = clock.counted(calendar_of(end, RULES), end.at)
                assert sum(b - a for a, b in parts) == end.waited_business_ms


@pytest.mark.parametrize(
    "late",
    [
        # In order: met, clock_resumed, met.
        (status(0, Status.RESOLVED), status(1, Status.RESOLVED), customer(1, "c1")),
        # In order it never pauses.
        (
            reply(0),
            status(1, Status.ON_HOLD),
            customer(1, "c1"),
            status(2, Status.RESOLVED),
        ),
    ],
)
def test_what_is_told_sums_with_late_news_too(late):
    """A story has the facts alone to know what counted; the figure itself is right."""
    timeline = Timeline(RULES).play(customer(0, "c0"), *late)
    (session,) = stories(timeline.facts)
    (clock,) = [c for c in session.clocks if c.measure is Measure.RESOLUTION]
    assert clock.end is not None
    parts = clock.counted(calendar_of(clock.end, RULES), clock.end.at)

    assert sum(b - a for a, b in parts) == clock.end.waited_business_ms


def test_a_pause_told_twice_is_one():
    """Put on hold while it is on hold: no time went by."""
    told = Timeline(RULES).play(
        customer(0),
        reply(0),
        status(0, Status.ON_HOLD),
        status(60, Status.ON_HOLD),
        status(70, Status.OPEN),
        status(71, Status.RESOLVED),
    )
    (session,) = stories(told.facts)
    (clock,) = [c for c in session.clocks if c.measure is Measure.RESOLUTION]

    assert [start for start, _ in clock.pauses()] == [at(0)]
    assert clock.counted(calendar_of(clock.last, RULES), at(70)) == []


def test_a_fact_told_twice_is_one_line():
    """A worker that crashed repeats facts."""
    facts = Timeline(RULES).play(customer(0), reply(3)).facts
    once, twice = stories(facts), stories([*facts, *facts])

    assert once == twice
    assert [clock.standing for clock in once[0].clocks] == ["met", "running"]


def test_a_story_in_words():
    """The promise, its arithmetic, the pause, and who held the work."""
    told = Timeline(RULES).play(
        customer(0, queue="sales"),
        reply(3, by="ana"),
        status(4, Status.ON_HOLD),
        status(20, Status.OPEN),
        status(30, Status.RESOLVED),
    )
    sessions = stories(told.facts)
    lines = list(Words(RULES, "Europe/Budapest").told(sessions))

    assert lines == GOLDEN.read_text("utf-8").splitlines()
    resolution = next(c for c in sessions[0].clocks if c.measure is Measure.RESOLUTION)
    assert resolution.pauses()[0] == (at(4), at(20))
    assert resolution.last.kind is FactKind.MET


@pytest.mark.parametrize(
    ("channel", "by", "way"),
    [
        (
            Channel.WHATSAPP,
            None,
            "tag what is sent, biz_opaque_callback_data: agent:42 or bot:faq",
        ),
        (Channel.MESSENGER, "44", 'say `apps: {"44": agent}` or `bot` in sla.yaml'),
        (Channel.MESSENGER, None, "tell it by POST /v1/events"),
        (Channel.WEBCHAT, "44", "tell it by POST /v1/events"),
    ],
)
def test_an_answer_by_an_unknown_author_says_how_to_know(channel, by, way):
    """A line below it, with what helps on that channel; none below a known one's."""
    unknown = replace(reply(3, author=AuthorKind.UNKNOWN, by=by), channel=channel)
    for answer, said in ((unknown, [f"      author unknown: {way}"]), (reply(3), [])):
        told = Timeline(RULES).play(replace(customer(0), channel=channel), answer)
        lines = list(Words(RULES, "UTC").told(stories(told.facts)))

        assert [line for line in lines if "author unknown" in line] == said
    before = lines.index(next(line for line in lines if "in time: met" in line))
    assert "waited" in lines[before + 1]


def test_a_verdict_that_counts_for_another_says_so():
    """A late assignment (2.12); the first telling stays in the story."""
    told = Timeline(RULES).play(customer(0), 500, assigned(1, "support"))
    lines = "\n".join(Words(RULES, "UTC").told(stories(told.facts)))

    assert "by later news: the deadline passes: breached [held by support" in lines
