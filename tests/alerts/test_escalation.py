"""Escalations to the stand-in Slack: who else is told, where, and how often."""

import asyncio

import pytest
from redis.asyncio import Redis

from alerts.alert import alert_key
from tests.alerts.conftest import Delivering
from tests.alerts.cycles import Cycle
from tests.alerts.patience import eventually

pytestmark = pytest.mark.broker

CYCLE = Cycle("a")
KEY = alert_key(CYCLE.breached())


async def test_an_escalation_is_a_message_in_its_own_channel(
    delivering: Delivering,
) -> None:
    """It calls who is to come, says after how long, and leads to the first message."""
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        await delivering.tell(CYCLE.escalated(40))
        await delivering.settled()

    [first] = await delivering.messages()
    [message] = await delivering.messages("C0LEADS")
    assert message["metadata"]["event_payload"]["key"] == f"{KEY}/to:team-lead"
    assert await delivering.titles("C0LEADS") == await delivering.titles()
    assert message["blocks"][1]["text"]["text"].startswith("<!subteam^S0LEADS> *Nobody")
    [said] = message["blocks"][3]["elements"]
    assert said["text"].startswith("Escalated to *team-lead* 10 min after the deadline")
    link = f"archives/C0SALES/p{first['ts'].replace('.', '')}|First message>"
    assert said["text"].endswith(f"<https://stand-in.slack.com/{link}")
    assert first["edits"] == []
    assert delivering.counted("team-lead", "escalated", "posted") == 1
    assert delivering.counted("sales-slack", "breached", "posted") == 1


async def test_both_messages_say_how_it_ends(delivering: Delivering) -> None:
    """Answered late, both are yellow; taken back, red; in time after all, green."""
    async with delivering.running():
        await delivering.tell(CYCLE.breached(), CYCLE.escalated(40))
        await delivering.settled()
        await delivering.tell(CYCLE.answered())
        await delivering.settled()
        for channel in ("C0SALES", "C0LEADS"):
            assert await delivering.titles(channel) == [
                "🟡 sales: answered 12 min late"
            ]
        await delivering.tell(CYCLE.taken_back())
        await delivering.settled()
        for channel in ("C0SALES", "C0LEADS"):
            [title] = await delivering.titles(channel)
            assert title.startswith("🔴 sales: waiting again")
        await delivering.tell(CYCLE.retracted(), CYCLE.met())
        await delivering.settled()
        for channel in ("C0SALES", "C0LEADS"):
            [title] = await delivering.titles(channel)
            assert title == "🟢 sales: was answered in time"


async def test_two_steps_are_two_messages(delivering: Delivering) -> None:
    """Each receiver has one, however often and in whatever order it is told."""
    lead, ops = CYCLE.escalated(40), CYCLE.escalated(50, "ops-slack")
    async with delivering.running():
        await delivering.tell(lead, CYCLE.breached(), lead)
        await delivering.tell(ops, lead, CYCLE.escalated(41), CYCLE.breached())
        await delivering.settled()

    assert len(await delivering.messages("C0LEADS")) == 1
    assert len(await delivering.messages("C0OPS")) == 1
    assert len(await delivering.messages()) == 1


async def test_answered_before_it_was_sent(delivering: Delivering) -> None:
    """The wait is over: nobody else is called, and no summary counts it (4.2)."""
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        await delivering.tell(CYCLE.escalated(41), CYCLE.answered())
        await delivering.settled()

    assert await delivering.messages("C0LEADS") == []
    assert delivering.counted("team-lead", "answered", "over") == 1
    assert await delivering.ledger.summaries.due(2**60) == []


async def test_in_the_same_channel_it_is_a_reply(delivering: Delivering) -> None:
    """No second message of one alert in a channel: its thread calls (4.1)."""
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        await delivering.tell(CYCLE.escalated(45, "sales-lead"))
        await delivering.settled()
        first, reply = await delivering.messages()
        assert reply["thread_ts"] == first["ts"]
        assert reply["blocks"][0]["text"]["text"] == (
            "<@U0LEAD> *The promise is still broken 15 min after the deadline.*"
            " *Nobody has replied yet.*"
        )
        await delivering.tell(CYCLE.answered(46))
        await delivering.settled()

    first, reply = await delivering.messages()
    assert reply["blocks"][0]["text"]["text"] == "*🟡 sales: answered 16 min late*"
    assert reply["text"].startswith("🟡 sales: answered 16 min late (WhatsApp")
    assert first["text"].startswith("🟡")


async def test_two_receivers_of_one_channel(delivering: Delivering) -> None:
    """The second is called in the thread of the first escalation (4.1)."""
    async with delivering.running():
        await delivering.tell(CYCLE.breached(), CYCLE.escalated(40))
        await delivering.settled()
        await delivering.tell(CYCLE.escalated(50, "deputy"))
        await delivering.settled()
        await delivering.tell(CYCLE.answered(55))
        await delivering.settled()

    lead, deputy = await delivering.messages("C0LEADS")
    assert deputy["thread_ts"] == lead["ts"]
    assert lead["thread_ts"] is None
    assert deputy["edits"][0]["blocks"][0]["text"]["text"].startswith("<@U0DEPUTY> ")
    assert len(lead["blocks"]) > len(deputy["blocks"]) == 1


@pytest.mark.parametrize("receiver", ["team-lead", "sales-lead"])
async def test_a_crash_between_post_and_note(
    delivering: Delivering, receiver: str
) -> None:
    """Its answer was lost: it is found where it is, in a thread too, not sent twice."""
    channel = "C0LEADS" if receiver == "team-lead" else "C0SALES"
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        await delivering.fail(
            "chat.postMessage", after_accepting=True, hang_up=True, count=1
        )
        await delivering.tell(CYCLE.escalated(41, receiver))
        await delivering.settled()

    posted = [m for m in await delivering.messages(channel) if "/to:" in _key(m)]
    assert len(posted) == 1
    assert delivering.counted(receiver, "escalated", "found") == 1


async def test_redis_forgets_that_it_was_escalated(
    delivering: Delivering, redis: Redis, prefix: str
) -> None:
    """All is lost and read again: both messages are found, none comes twice."""
    facts = [CYCLE.breached(), CYCLE.escalated(41)]
    async with delivering.running():
        await delivering.tell(*facts)
        await delivering.settled()
    async for name in redis.scan_iter(f"*{prefix}*"):
        await redis.delete(name)
    async with delivering.running():
        await delivering.tell_again(*facts)
        await delivering.settled()
        await delivering.tell(CYCLE.answered(50))
        await delivering.settled()

    for channel in ("C0SALES", "C0LEADS"):
        assert await delivering.titles(channel) == ["🟡 sales: answered 20 min late"]


async def test_a_link_that_is_not_known_holds_nothing_up(
    delivering: Delivering,
) -> None:
    """Slack does not say where it lives: the message goes without."""
    await delivering.fail("auth.test", http_status=503, seconds=60)
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        await delivering.tell(CYCLE.escalated(40))
        await delivering.settled()

    [message] = await delivering.messages("C0LEADS")
    [said] = message["blocks"][3]["elements"]
    assert "First message" not in said["text"]


async def test_an_unknown_receiver_is_the_routes(delivering: Delivering) -> None:
    """A config that is no longer in force named it: who was told is called again."""
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        await delivering.tell(CYCLE.escalated(40, "of old"))
        await delivering.settled()

    first, reply = await delivering.messages()
    assert reply["thread_ts"] == first["ts"]


async def test_two_processes_escalate_once(delivering: Delivering) -> None:
    """Two deliverers of one ledger call each receiver once."""
    other = Delivering(delivering.ledger, delivering.slack)
    cycles = [Cycle(f"q{n}") for n in range(3)]
    async with delivering.running(), other.running():
        for cycle in cycles:
            await delivering.tell(cycle.breached(), cycle.escalated(41))
        await delivering.settled(90)
        await asyncio.sleep(0.3)

    assert len(await delivering.messages("C0LEADS")) == 3


async def test_an_outage_delays_an_escalation(delivering: Delivering) -> None:
    """Its channel is refused: the first message is edited all the same."""
    await delivering.fail("*", channel="C0LEADS", error="not_in_channel", count=1)
    async with delivering.running():
        await delivering.tell(CYCLE.breached(), CYCLE.escalated(41))

        async def is_there() -> bool:
            return len(await delivering.messages("C0LEADS")) == 1

        await eventually(is_there)
        await delivering.settled()

    assert len(await delivering.messages()) == 1


def _key(message: dict) -> str:
    return message["metadata"]["event_payload"]["key"]
