"""What whoever pressed is told, and what is written down: on real Redis."""

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from alerts.alert import alert_key
from alerts.ledger import Ledger
from alerts.presses.press import PressKind
from alerts.presses.unneeded import no_reply_needed
from alerts.slack import answering
from stream.sla.events import NoReplyNeededEvent
from stream.sla.facts import Measure
from stream.sla.instants import from_ms
from tests.alerts.conftest import Delivering
from tests.alerts.cycles import Cycle
from tests.alerts.presses.conftest import Desk

pytestmark = pytest.mark.broker

CYCLE = Cycle("a")
KEY = alert_key(CYCLE.breached())


@pytest.fixture(autouse=True)
async def broken(delivering: Delivering) -> None:
    """One alert is open; nobody delivers."""
    await delivering.tell(CYCLE.breached())


async def test_taken(desk: Desk, ledger: Ledger) -> None:
    """It ends by itself after `ack_expires`, and whoever took it is told when."""
    said = await desk.press(KEY, PressKind.TAKE)
    assert said.startswith("It is yours until <!date^")
    [entry] = await ledger.entries([KEY])
    assert entry.handling.taken is not None
    assert entry.handling.taken.until == desk.clock.now + 30 * 60_000
    assert desk.counted("presses_total", kind="take") == 1


async def test_taken_from_somebody(desk: Desk) -> None:
    """The later press counts, and is told whose it was."""
    await desk.press(KEY, PressKind.TAKE, "U0BEN")
    desk.clock.go_on(1)
    said = await desk.press(KEY, PressKind.TAKE)
    assert "<@U0BEN> took it at" in said
    assert said.endswith("before.")


async def test_a_press_that_comes_late(desk: Desk, ledger: Ledger) -> None:
    """Slack's second try of an earlier press undoes nothing, and is told so."""
    late = desk.made(PressKind.TAKE, "U0BEN")
    desk.clock.go_on(1)
    await desk.press(KEY, PressKind.TAKE)
    said = await desk.presses.press(KEY, late)
    assert said.startswith("<@U0ANA> took it at")
    assert said.endswith("after you: that stands.")
    [entry] = await ledger.entries([KEY])
    assert entry.handling.taken is not None
    assert entry.handling.taken.by == "U0ANA"


@pytest.mark.parametrize("kind", [PressKind.GIVE_BACK, PressKind.WAKE])
async def test_nothing_to_undo(desk: Desk, kind: PressKind) -> None:
    """Who gives back what nobody had is told that."""
    assert (await desk.press(KEY, kind)).endswith("Nothing was changed.")


async def test_given_back(desk: Desk) -> None:
    """And repeated, the same is said again, and nothing counted."""
    await desk.press(KEY, PressKind.TAKE)
    desk.clock.go_on(1)
    back = desk.made(PressKind.GIVE_BACK)
    for _ in range(2):
        said = await desk.presses.press(KEY, back)
        assert said.startswith("It is given back.")
    assert desk.counted("presses_total", kind="give_back") == 1


async def test_snoozed(desk: Desk) -> None:
    """Until the time that was chosen; a time that is over is refused."""
    said = await desk.press(KEY, PressKind.SNOOZE, minutes=15)
    assert said.startswith("It is snoozed until <!date^")
    assert await desk.press(KEY, PressKind.SNOOZE) == answering.NO_TIME
    assert await desk.press(KEY, PressKind.SNOOZE, minutes=0) == answering.NO_TIME


async def test_of_an_alert_that_is_over_or_unknown(
    desk: Desk, delivering: Delivering
) -> None:
    """A private sentence says so, and nothing is written down."""
    await delivering.tell(CYCLE.answered())
    said = await desk.press(KEY, PressKind.TAKE)
    assert said.startswith("Nothing to do any more: it is answered meanwhile.")
    assert await desk.press("f" * 32, PressKind.TAKE) == answering.UNKNOWN
    assert desk.counted("presses_total", kind="take") == 0


async def test_who_may_not(desk: Desk, ledger: Ledger) -> None:
    """By a list, or by a user group that is asked for once in five minutes."""
    listed = desk.of(ledger, ("U0ANA",))
    ben = desk.made(PressKind.TAKE, "U0BEN")
    assert await listed.press(KEY, ben) == answering.NOT_ALLOWED
    assert (await listed.press(KEY, desk.made(PressKind.TAKE))).startswith("It is your")

    grouped = desk.of(ledger, "S0LEADS")
    assert await grouped.press(KEY, ben) == answering.NOT_ALLOWED
    desk.group.members_now = ("U0ANA", "U0BEN")
    assert await grouped.press(KEY, ben) == answering.NOT_ALLOWED
    assert desk.group.asked == 1
    desk.clock.go_on(5.1)
    assert await grouped.press(KEY, ben) != answering.NOT_ALLOWED


async def test_no_reply_needed_is_for_the_rules(desk: Desk) -> None:
    """An event of the conversation, the same bytes at every repetition."""
    press = desk.made(PressKind.NO_REPLY_NEEDED)
    said = {await desk.presses.press(KEY, each) for each in (press, replace(press))}
    assert len(said) == 1
    assert said.pop().startswith("Noted that no reply is needed.")
    first, again = desk.events.events
    assert first == again
    assert first == NoReplyNeededEvent(
        v=1,
        event_id=first.event_id,
        occurred_at=from_ms(desk.clock.now),
        received_at=from_ms(desk.clock.now),
        conversation_id="a",
        channel=CYCLE.breached().channel,
        account="106540352242922",
    )
    other = desk.made(PressKind.NO_REPLY_NEEDED)
    await desk.presses.press(KEY, other)
    assert desk.events.events[-1].event_id != first.event_id


async def test_a_resolution_is_not_ended_by_it(
    desk: Desk, delivering: Delivering
) -> None:
    """No reply was promised: it says what ends it."""
    breach = Cycle("b", measure=Measure.RESOLUTION).breached()
    await delivering.tell(breach)
    said = await desk.press(alert_key(breach), PressKind.NO_REPLY_NEEDED)
    assert said == answering.NO_ANSWER_PROMISED
    assert desk.events.events == []


async def test_kafka_or_redis_is_away(
    desk: Desk, ledger: Ledger, redis_url: str
) -> None:
    """Nothing is said to be done that is not; the same press does it later."""
    press = desk.made(PressKind.NO_REPLY_NEEDED)
    desk.events.is_away = True
    assert await desk.presses.press(KEY, press) == answering.NOT_NOW
    [entry] = await ledger.entries([KEY])
    assert entry.handling.unneeded is None
    desk.events.is_away = False
    assert await desk.presses.press(KEY, press) != answering.NOT_NOW
    async with Redis.from_url("redis://127.0.0.1:1") as away:
        presses = desk.of(Ledger(away))
        assert await presses.press(KEY, press) == answering.NOT_NOW


async def test_muted(desk: Desk, ledger: Ledger) -> None:
    """The queue, until then; undone, and undone once only."""
    said = await desk.press(KEY, PressKind.MUTE, minutes=60)
    assert said.startswith("*sales* is muted until <!date^")
    assert (await ledger.mutes.all())["sales"].reason == "moving house"
    desk.clock.go_on(1)
    assert await desk.press(KEY, PressKind.UNMUTE) == "*sales* is not muted any more."
    desk.clock.go_on(1)
    assert await desk.press(KEY, PressKind.UNMUTE) == "*sales* was not muted."


async def test_a_crash_in_the_middle_of_a_mute(desk: Desk, ledger: Ledger) -> None:
    """The queue is muted and the message does not know: a repetition does the rest."""
    press = desk.made(PressKind.MUTE, minutes=60)
    await ledger.mutes.take("sales", press)
    said = await desk.presses.press(KEY, press)
    assert said.startswith("*sales* is muted until")
    [entry] = await ledger.entries([KEY])
    assert entry.handling.muted == press
    assert desk.counted("presses_total", kind="mute") == 1


async def test_a_crash_after_the_event(desk: Desk, ledger: Ledger) -> None:
    """Told to the rules and not written down: a repetition tells the same, and is."""
    press = desk.made(PressKind.NO_REPLY_NEEDED)
    await desk.events.append([no_reply_needed(press, CYCLE.breached())])
    await desk.presses.press(KEY, press)
    first, again = desk.events.events
    assert first == again
    [entry] = await ledger.entries([KEY])
    assert entry.handling.unneeded == press


async def test_a_mute_that_comes_late(desk: Desk, ledger: Ledger) -> None:
    """Muted and undone, in the other order: not muted."""
    late = desk.made(PressKind.MUTE, "U0BEN", minutes=60)
    desk.clock.go_on(1)
    await desk.press(KEY, PressKind.UNMUTE)
    said = await desk.presses.press(KEY, late)
    assert said == "*sales* is not muted: <@U0ANA> undid that after you."
    assert (await ledger.mutes.all())["sales"].kind is PressKind.UNMUTE


async def test_two_at_once_have_one_end(
    desk: Desk, ledger: Ledger, elsewhere: Ledger
) -> None:
    """Two processes, one instant: each of the two is told the same end."""
    ana, ben = desk.made(PressKind.TAKE), desk.made(PressKind.TAKE, "U0BEN")
    here, there = desk.of(ledger), desk.of(elsewhere)
    said = await asyncio.gather(here.press(KEY, ana), there.press(KEY, ben))
    [entry] = await ledger.entries([KEY])
    assert entry.handling.taken is not None
    winner = max((ana, ben), key=lambda press: press.order)
    assert entry.handling.taken.by == winner.by
    assert said[0 if winner is ana else 1].startswith("It is yours")


async def test_a_storm_is_taken_whole(
    desk: Desk, delivering: Delivering, ledger: Ledger
) -> None:
    """One press on a message about many; those that are over are left out."""
    others = [Cycle("b"), Cycle("c")]
    await delivering.tell(*(each.breached() for each in others), others[1].answered())
    keys = [KEY, *(alert_key(each.breached()) for each in others)]
    said = await desk.press(f"storm:{','.join(keys)}", PressKind.TAKE)
    assert said.startswith("All 2 are yours until")
    taken = [entry.handling.taken for entry in await ledger.entries(keys)]
    assert [each is not None for each in taken] == [True, True, False]
    said = await desk.press(f"storm:{KEY}", PressKind.GIVE_BACK)
    assert said.startswith("It is given back")  # one alone


async def test_a_press_repeated_writes_nothing(desk: Desk, ledger: Ledger) -> None:
    """Its version stays, so nothing is sent for it."""
    press = desk.made(PressKind.TAKE)
    await desk.presses.press(KEY, press)
    [before] = await ledger.entries([KEY])
    await desk.presses.press(KEY, press)
    await desk.presses.press(KEY, replace(press, by="U0BEN"))
    assert await ledger.entries([KEY]) == [before]


async def test_what_comes_due_comes_due_once(desk: Desk, ledger: Ledger) -> None:
    """By its time and not before; whoever read it earlier may not settle it then."""
    await desk.press(KEY, PressKind.TAKE)
    until = desk.clock.now + 30 * 60_000
    [read] = await ledger.entries([KEY])
    assert await ledger.presses.come_due(until - 1) == 0
    assert await ledger.presses.come_due(until) == 1
    assert await ledger.presses.come_due(until) == 0
    assert not await ledger.settle(read)
