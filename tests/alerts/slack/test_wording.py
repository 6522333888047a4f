"""Each promise in its own words and its own kind of time, from the rules' own facts."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts.alert import Alert, Told, concerns_alerts
from alerts.folding import fold
from alerts.slack.blocks import message_of
from stream.channels.conversation import AGENT, CUSTOMER, Conversation
from stream.config import parse_config
from stream.records import encode_event
from stream.replay.replay import Replay
from stream.sla.events import Author, Channel, Direction, Event, Status, StatusEvent
from stream.sla.facts import Measure
from stream.sla.instants import to_ms

RULES = parse_config(
    """
version: 1
timezone: UTC
calendars:
  office: {week: {mon-fri: ["09:00-17:30"]}}
policies:
  - name: all
    calendar: office
    targets:
      first_reply: {within: 15m, warn_at: [80%]}
      next_reply: 20m
      resolution: {within: 26h, calendar: always, warn_at: [80%]}
      window: {warn_before: 2h}
    pause_on: [on_hold]
alerts: {routes: [{to: s}], receivers: {s: {slack: {channel: C0AAAAAA}}}}
""",
    "sla.yaml",
).rules()
FRIDAY = datetime(2026, 11, 27, 17, 25, tzinfo=UTC)


def said(minutes: float, author: Author) -> Event:
    """Someone's words, so many minutes after Friday's question."""
    at = FRIDAY + timedelta(minutes=minutes)
    chat = Conversation(
        channel=Channel.WHATSAPP, account="1", customer="c", received_at=at
    )
    side = Direction.INBOUND if author is CUSTOMER else Direction.OUTBOUND
    name = f"m{minutes}"
    return chat.message(name, message_id=name, at=at, direction=side, author=author)


def status(minutes: float, status: Status) -> Event:
    at = FRIDAY + timedelta(minutes=minutes)
    return StatusEvent(
        v=1,
        event_id=f"s{minutes}",
        occurred_at=at,
        conversation_id="whatsapp:1:c",
        channel=Channel.WHATSAPP,
        account="1",
        status=status,
    )


def alert(measure: Measure, *events: Event, until: float) -> Alert:
    """What is known of the first such promise that warns or breaks, by then."""
    run = Replay(RULES)
    facts = [*run.lines([encode_event(event) for event in events])]
    facts += run.run_until(to_ms(FRIDAY) + round(until * 60_000))
    begins = {"warned", "breached"}
    cycles = [f.cycle for f in facts if f.kind in begins and f.measure is measure]
    told = [f for f in facts if f.measure is measure and f.cycle == cycles[0]]
    heard = filter(concerns_alerts, told)
    folded = fold(Told.of(fact, offset) for offset, fact in enumerate(heard))
    assert folded is not None
    return folded


MONDAY = 2 * 24 * 60 + 15 * 60 + 35
"""Minutes from the question to Monday, 09:00: five were open on Friday."""
ASKED = said(0, CUSTOMER)
STORIES = {
    "no first reply": (
        (Measure.FIRST_REPLY, [ASKED], MONDAY + 15),
        "🔴 unrouted: no first reply within 15 min of opening hours",
        "*Nobody has replied yet.*",
    ),
    "a first reply is due, a weekend after the question": (
        (Measure.FIRST_REPLY, [ASKED], MONDAY + 8),
        "🟠 unrouted: no first reply yet, due within 3 min",
        "*Nobody has replied yet*, and somebody should by <!date^",
    ),
    "and came in time": (
        (Measure.FIRST_REPLY, [ASKED, said(MONDAY + 9, AGENT)], MONDAY + 10),
        "🟢 unrouted: answered in time",
        "Nothing to do.",
    ),
    "a resolution is due": (
        (Measure.RESOLUTION, [ASKED, said(1, AGENT)], 21 * 60),
        "🟠 unrouted: not resolved yet, due within 5 h 12 min",
        "*Not resolved yet*, whoever has replied, and due by <!date^",
    ),
    "the platform's window is about to close": (
        (Measure.WINDOW, [ASKED], 23 * 60),
        "🟠 unrouted: no reply yet, window closes within 2 h",
        "*The customer waits*, and after <!date^",
    ),
    "a first reply, late": (
        (Measure.FIRST_REPLY, [ASKED, said(MONDAY + 20, AGENT)], MONDAY + 21),
        "🟡 unrouted: answered 10 min of opening hours late",
        "after 25 min of opening hours.",
    ),
    "no next reply": (
        (
            Measure.NEXT_REPLY,
            [ASKED, said(1, AGENT), said(MONDAY, CUSTOMER)],
            MONDAY + 30,
        ),
        "🔴 unrouted: no next reply within 20 min of opening hours",
        "*The customer wrote again, and nobody has replied since.*",
    ),
    "not resolved, though answered, with an hour on hold": (
        (
            Measure.RESOLUTION,
            [
                ASKED,
                said(1, AGENT),
                status(60, Status.ON_HOLD),
                status(120, Status.OPEN),
            ],
            28 * 60,
        ),
        "🔴 unrouted: not resolved within 1 d 2 h",
        "*Not resolved yet, whoever has replied.*",
    ),
    "resolved late, with an hour on hold after the breach": (
        (
            Measure.RESOLUTION,
            [
                ASKED,
                said(1, AGENT),
                status(27 * 60, Status.ON_HOLD),
                status(28 * 60, Status.OPEN),
                status(29 * 60, Status.RESOLVED),
            ],
            30 * 60,
        ),
        "🟡 unrouted: resolved 2 h late",
        "after 1 d 4 h.",
    ),
    "the platform's window": (
        (Measure.WINDOW, [ASKED], 24 * 60 + 1),
        "🔴 unrouted: no free reply within 1 d",
        "*WhatsApp takes no free reply any more, and the customer waits.*",
    ),
}


@pytest.mark.parametrize(("story", "title", "sentence"), STORIES.values(), ids=STORIES)
def test_a_promise_speaks_its_own_words(
    story: tuple[Measure, list[Event], float], title: str, sentence: str
) -> None:
    """The target as written, lateness in the same kind of time, pauses left out."""
    measure, events, until = story
    message = message_of(alert(measure, *events, until=until))

    assert message.blocks[0]["text"]["text"] == title
    assert sentence in message.blocks[1]["text"]["text"]
