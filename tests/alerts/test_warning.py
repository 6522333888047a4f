"""Warnings to the stand-in Slack: amber, then red or green, and who is called."""

import pytest
from redis.asyncio import Redis

from alerts.alert import alert_key
from stream.sla.facts import Verdict
from tests.alerts.conftest import Delivering
from tests.alerts.cycles import Cycle
from tests.alerts.patience import eventually

pytestmark = pytest.mark.broker

AHEAD, QUIET = Cycle("a", queue="ahead"), Cycle("b", queue="quiet")
KEY = alert_key(AHEAD.breached())


@pytest.fixture
def before(delivering: Delivering) -> Delivering:
    """It is a minute after the warning."""
    delivering.now = lambda: AHEAD.warned().at + 60_000
    return delivering


def said_in(message: dict) -> str:
    return message["blocks"][0]["text"]["text"]


async def test_a_warning_calls_nobody(before: Delivering) -> None:
    """It says what is due within what, and by when."""
    async with before.running():
        await before.tell(AHEAD.warned())
        await before.settled()

    [message] = await before.messages()
    title = "🟠 ahead: no first reply yet, due within 6 min"
    assert said_in(message) == title
    assert message["text"].startswith(title)
    said = message["blocks"][1]["text"]["text"]
    assert said.startswith("*Nobody has replied yet*, and somebody should by <!date^")
    assert before.counted("sales-slack", "warned", "posted") == 1


async def test_answered_in_time_it_is_green_and_quiet(before: Delivering) -> None:
    """One message, edited once."""
    async with before.running():
        await before.tell(AHEAD.warned())
        await before.settled()
        await before.tell(AHEAD.met(29))
        await before.settled()

    [message] = await before.messages()
    assert said_in(message) == "🟢 ahead: answered in time"
    assert len(message["edits"]) == 1
    assert "late" not in message["blocks"][1]["text"]["text"]
    assert before.counted("sales-slack", "met", "edited") == 1


async def test_its_breach_edits_it_and_calls_in_the_thread(before: Delivering) -> None:
    """An edit notifies nobody, so whoever the route mentions is called once more."""
    async with before.running():
        await before.tell(AHEAD.warned())
        await before.settled()
        await before.tell(AHEAD.breached(), AHEAD.breached(noticed=9))
        await before.settled()
        first, reply = await before.messages()
        assert said_in(first) == "🔴 ahead: no first reply within 30 min"
        assert reply["thread_ts"] == first["ts"]
        assert said_in(reply) == (
            "<!here> *The promise is broken.* *Nobody has replied yet.*"
        )
        await before.tell(AHEAD.answered())
        await before.settled()

    first, reply = await before.messages()
    assert said_in(first) == "🟡 ahead: answered 12 min late"
    assert said_in(reply) == "*🟡 ahead: answered 12 min late*"
    assert before.counted("sales-slack", "breached", "posted") == 1


async def test_where_nobody_is_mentioned_the_edit_is_all(before: Delivering) -> None:
    """A reply would call nobody."""
    async with before.running():
        await before.tell(QUIET.warned())
        await before.settled()
        await before.tell(QUIET.breached())
        await before.settled()

    [message] = await before.messages("C0OPS")
    assert said_in(message) == "🔴 quiet: no first reply within 30 min"


async def test_a_breach_that_counts_for_another_queue_is_told_there(
    before: Delivering,
) -> None:
    """It moved after the warning: its own receiver has heard nothing yet."""
    async with before.running():
        await before.tell(AHEAD.warned())
        await before.settled()
        await before.tell(AHEAD.breached(queue="support"))
        await before.settled()

    [warned] = await before.messages()
    [told] = await before.messages("C0OPS")
    assert said_in(told) == said_in(warned)
    assert "First message" in told["blocks"][4]["elements"][0]["text"]


async def test_broken_before_the_warning_was_posted(delivering: Delivering) -> None:
    """It is told as a breach, and calls once."""
    async with delivering.running():
        await delivering.tell(AHEAD.warned(), AHEAD.breached())
        await delivering.settled()
        await delivering.tell(AHEAD.breached(replaces=Verdict.BREACHED, assignee="x"))
        await delivering.settled()

    [message] = await delivering.messages()
    assert said_in(message) == "🔴 ahead: no first reply within 30 min"
    assert message["blocks"][1]["text"]["text"].startswith("<!here> ")


async def test_a_warning_that_slack_refused(before: Delivering) -> None:
    """Its breach is the first that is told: there is nobody to call once more."""
    await before.fail("chat.postMessage", error="invalid_blocks", count=1)
    async with before.running():
        await before.tell(AHEAD.warned())

        async def was_refused() -> bool:
            return len(await before.calls("chat.postMessage")) == 1

        await eventually(was_refused)
        await before.tell(AHEAD.breached())
        await before.settled()
        await before.tell(AHEAD.breached(replaces=Verdict.BREACHED, assignee="x"))
        await before.settled()

    [message] = await before.messages()
    assert message["blocks"][1]["text"]["text"].startswith("<!here> ")


async def test_a_warning_whose_deadline_came_is_not_told(
    delivering: Delivering,
) -> None:
    """The breach is, when it comes; the wall says it is long over."""
    async with delivering.running():
        await delivering.tell(AHEAD.warned())
        await delivering.settled()
        assert await delivering.messages() == []
        await delivering.tell(AHEAD.breached())
        await delivering.settled()

    assert len(await delivering.messages()) == 1
    assert delivering.counted("sales-slack", "warned", "over") == 1


async def test_what_a_route_does_not_tell(before: Delivering) -> None:
    """Neither escalations where it names breaches only, nor breaches after warnings."""
    calm, early = Cycle("c", queue="calm"), Cycle("d", queue="early")
    async with before.running():
        await before.tell(calm.breached(), calm.escalated(41))
        await before.tell(early.breached(noticed=3600), early.answered())
        await before.settled()

    [message] = await before.messages("C0OPS")
    assert said_in(message).startswith("🔴 calm")
    assert await before.messages("C0LEADS") == []
    assert await before.ledger.summaries.due(2**60) == []


async def test_redis_forgets_what_was_warned_of(
    before: Delivering, redis: Redis, prefix: str
) -> None:
    """All is lost and read again with the breach: it is found, and calls once."""
    async with before.running():
        await before.tell(AHEAD.warned())
        await before.settled()
    async for name in redis.scan_iter(f"*{prefix}*"):
        await redis.delete(name)
    async with before.running():
        await before.tell_again(AHEAD.warned(), AHEAD.breached())
        await before.settled()

    first, reply = await before.messages()
    assert said_in(first) == "🔴 ahead: no first reply within 30 min"
    assert reply["metadata"]["event_payload"]["key"] == f"{KEY}/broken"
