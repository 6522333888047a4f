"""What a press does to the messages: real Redis, the stand-in Slack, our own clock."""

from typing import Any

import pytest
from redis.asyncio import Redis

from alerts.alert import alert_key
from alerts.presses.press import PressKind
from alerts.slack.buttons import SNOOZES
from stream.sla.facts import Measure
from tests.alerts.conftest import Delivering
from tests.alerts.cycles import DEADLINE, Cycle
from tests.alerts.patience import eventually
from tests.alerts.presses.conftest import Desk

pytestmark = pytest.mark.broker

CYCLE = Cycle("a")
KEY = alert_key(CYCLE.breached())


def ids(message: dict[str, Any]) -> list[str]:
    """What can be pressed on it."""
    [actions] = [b for b in message["blocks"] if b["type"] == "actions"] or [
        {"elements": []}
    ]
    return [element["action_id"] for element in actions["elements"]]


def words(message: dict[str, Any]) -> str:
    return repr(message["blocks"])


async def posted(delivering: Delivering, count: int, channel: str = "C0SALES") -> None:
    """Wait until so many messages are in the channel, and nothing differs."""

    async def are_there() -> bool:
        return len(await delivering.messages(channel)) == count

    await eventually(are_there)
    await delivering.settled()


async def test_what_was_pressed_stands_on_the_message(
    delivering: Delivering, desk: Desk
) -> None:
    """By whom and when; its button is the counterpart's, and goes with the wait."""
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        [message] = await delivering.messages()
        assert ids(message) == ["take", "snooze", "no_reply_needed", "mute", "details"]
        [actions] = [b for b in message["blocks"] if b["type"] == "actions"]
        assert actions["block_id"] == f"presses/{KEY}"
        options = actions["elements"][1]["options"]
        assert [each["value"] for each in options] == list(SNOOZES)

        await desk.press(KEY, PressKind.TAKE)
        await delivering.settled()
        [message] = await delivering.messages()
        assert ids(message)[0] == "give_back"
        assert "Taken by <@U0ANA> at <!date^" in words(message)
        await desk.press(KEY, PressKind.SNOOZE, "U0BEN", minutes=15)
        await delivering.settled()
        [message] = await delivering.messages()
        assert ids(message)[:2] == ["give_back", "wake"]
        assert "Snoozed by <@U0BEN>" in words(message)

        await delivering.tell(CYCLE.answered())
        await delivering.settled()
    [message] = await delivering.messages()
    assert ids(message) == []
    assert "Taken by <@U0ANA>" in words(message)
    assert "until" not in words(message)


async def test_nobody_else_is_called_while_somebody_has_it(
    delivering: Delivering, desk: Desk
) -> None:
    """Half an hour later it is back: its thread calls, and escalations go on (4.4)."""
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        await desk.press(KEY, PressKind.TAKE)
        await delivering.tell(CYCLE.escalated(40))
        await delivering.settled()
        desk.clock.go_on(29.9)
        assert await delivering.messages("C0LEADS") == []
        desk.clock.go_on(0.1)
        await posted(delivering, 2)
        await posted(delivering, 1, "C0LEADS")

    first, reply = await delivering.messages()
    assert reply["thread_ts"] == first["ts"]
    assert reply["blocks"][0]["text"]["text"].startswith(
        "<!here> *<@U0ANA> took it at <!date^"
    )
    assert "and back since" in words(first)
    assert len(first["edits"]) == 2
    [entry] = await delivering.ledger.entries([KEY])
    assert entry.shown == entry.revision(desk.clock.now)
    assert ids(first)[0] == "take"
    assert desk.suppressed("team-lead", "taken") == 1
    assert delivering.counted("sales-slack", "returned", "posted") == 1
    assert delivering.counted("team-lead", "escalated", "posted") == 1


async def test_answered_while_somebody_has_it(
    delivering: Delivering, desk: Desk
) -> None:
    """Nobody is called for it, then or later."""
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        await desk.press(KEY, PressKind.TAKE)
        await delivering.tell(CYCLE.escalated(40))
        await delivering.settled()
        await delivering.tell(CYCLE.answered())
        await delivering.settled()
        desk.clock.go_on(31)
        await delivering.tell(Cycle("b").breached())
        await posted(delivering, 2)

    assert await delivering.messages("C0LEADS") == []
    assert [m["thread_ts"] for m in await delivering.messages()] == [None, None]


@pytest.mark.parametrize(
    ("does", "undoes"),
    [(PressKind.TAKE, PressKind.GIVE_BACK), (PressKind.SNOOZE, PressKind.WAKE)],
)
async def test_given_back_others_are_called_at_once(
    delivering: Delivering, desk: Desk, does: PressKind, undoes: PressKind
) -> None:
    """No reply calls whoever gave it back; what was kept back is sent."""
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        await desk.press(KEY, does, minutes=60)
        await delivering.tell(CYCLE.escalated(40))
        await delivering.settled()
        assert await delivering.messages("C0LEADS") == []
        desk.clock.go_on(1)
        await desk.press(KEY, undoes, "U0BEN")
        await posted(delivering, 1, "C0LEADS")
        desk.clock.go_on(90)
        await delivering.tell(Cycle("b").breached())
        await posted(delivering, 2)

    assert [m["thread_ts"] for m in await delivering.messages()] == [None, None]


async def test_taken_before_the_promise_broke(
    delivering: Delivering, desk: Desk
) -> None:
    """The breach edits, its call is kept back, and one reply calls when it is back."""
    cycle = Cycle("ahead", queue="ahead")
    desk.clock.now = DEADLINE - 60_000
    async with delivering.running():
        await delivering.tell(cycle.warned())
        await delivering.settled()
        await desk.press(alert_key(cycle.warned()), PressKind.TAKE)
        await delivering.settled()
        desk.clock.go_on(2)
        await delivering.tell(cycle.breached())
        await delivering.settled()
        [message] = await delivering.messages()
        assert message["blocks"][0]["text"]["text"].startswith("🔴")
        desk.clock.go_on(30)
        await posted(delivering, 2)
    _, reply = await delivering.messages()
    assert "<@U0ANA> took it at" in words(reply)


async def test_back_and_taken_again(delivering: Delivering, desk: Desk) -> None:
    """Each time that it comes back somebody is called, once."""
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        for count in (2, 3):
            await desk.press(KEY, PressKind.TAKE)
            await delivering.settled()
            desk.clock.go_on(30)
            await posted(delivering, count)
    replies = [m["thread_ts"] for m in await delivering.messages()]
    assert replies.count(None) == 1


async def test_a_restart_forgets_nothing(delivering: Delivering, desk: Desk) -> None:
    """Taken before it, back while nobody ran: the next process calls."""
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        await desk.press(KEY, PressKind.TAKE)
        await delivering.settled()
    desk.clock.go_on(31)
    async with delivering.running():
        await posted(delivering, 2)


async def test_two_processes_call_once(delivering: Delivering, desk: Desk) -> None:
    """Both see that it is back; one reply is in the thread."""
    other = Delivering(delivering.ledger, delivering.slack)
    other.now = desk.clock
    async with delivering.running(), other.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        await desk.press(KEY, PressKind.TAKE)
        await delivering.settled()
        desk.clock.go_on(30)
        await posted(delivering, 2)
        await delivering.tell(CYCLE.escalated(70))
        await posted(delivering, 1, "C0LEADS")
    assert len(await delivering.messages()) == 2


async def test_a_muted_queue_is_silent_until_the_end(
    delivering: Delivering, desk: Desk
) -> None:
    """Who still waits then is told, who was answered is not; other queues are."""
    waits, answered, other = Cycle("b"), Cycle("c"), Cycle("d", queue="support")
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        await desk.press(KEY, PressKind.MUTE, minutes=60)
        await delivering.tell(waits.breached(), answered.breached(), other.breached())
        await posted(delivering, 1, "C0OPS")
        [message] = await delivering.messages()
        assert "unmute" in ids(message)
        assert "<@U0ANA> muted *sales*" in words(message)
        assert "moving house" in words(message)
        await delivering.tell(answered.answered())
        await delivering.settled()
        desk.clock.go_on(60)
        await posted(delivering, 2)

    keys = [m["metadata"]["event_payload"]["key"] for m in await delivering.messages()]
    assert keys == [KEY, alert_key(waits.breached())]
    assert desk.suppressed("sales-slack", "muted") == 2


async def test_unmuted_by_hand(delivering: Delivering, desk: Desk) -> None:
    """What was kept back is told at once."""
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        await desk.press(KEY, PressKind.MUTE, minutes=60)
        await delivering.tell(Cycle("b").breached())
        await delivering.settled()
        assert len(await delivering.messages()) == 1
        desk.clock.go_on(1)
        await desk.press(KEY, PressKind.UNMUTE, "U0BEN")
        await posted(delivering, 2)
    assert "mute" in ids((await delivering.messages())[0])


async def test_redis_loses_the_presses(
    delivering: Delivering, desk: Desk, redis: Redis, prefix: str
) -> None:
    """Facts are read again, presses are not: its message says that nobody has it."""
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        await desk.press(KEY, PressKind.TAKE)
        await delivering.settled()
    async for name in redis.scan_iter(f"*{prefix}*"):
        await redis.delete(name)
    async with delivering.running():
        await delivering.tell_again(CYCLE.breached())
        await delivering.settled()
    [message] = await delivering.messages()
    assert ids(message)[0] == "take"
    assert "Taken" not in words(message)


async def test_who_takes_a_message_takes_its_lines(
    delivering: Delivering, desk: Desk
) -> None:
    """The escalation of a promise that is a line of it rests as well (ADR 25)."""
    line = Cycle("a", measure=Measure.RESOLUTION)
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        await delivering.tell(line.breached())
        await delivering.settled()
        await desk.press(KEY, PressKind.TAKE)
        await delivering.tell(CYCLE.answered(), line.escalated(60))
        await delivering.settled()
        assert await delivering.messages("C0LEADS") == []
        first, *_ = await delivering.messages()
        assert ids(first) == ["give_back", "snooze", "mute", "details"]
        desk.clock.go_on(30)
        await posted(delivering, 1, "C0LEADS")
