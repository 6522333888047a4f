"""One conversation, one message: what else breaks is a line of it (semantics 4.1)."""

from typing import Any

import pytest
from redis.asyncio import Redis

from alerts.alert import alert_key
from stream.sla.facts import Measure
from tests.alerts.conftest import Delivering
from tests.alerts.cycles import Cycle

pytestmark = pytest.mark.broker

REPLY = Cycle("a", queue="calm")
NEXT = Cycle("a", queue="calm", measure=Measure.NEXT_REPLY)
RESOLUTION = Cycle("a", queue="calm", measure=Measure.RESOLUTION)
WINDOW = Cycle("a", queue="calm", measure=Measure.WINDOW)


async def test_three_promises_of_one_who_waits_are_one_message(
    delivering: Delivering,
) -> None:
    """First reply, window and resolution: one message with two lines more."""
    async with delivering.running():
        await delivering.tell(REPLY.breached())
        await delivering.settled()
        await delivering.tell(WINDOW.breached(), RESOLUTION.breached())
        await delivering.settled()

    [message] = await delivering.messages("C0OPS")
    assert message["metadata"]["event_payload"]["key"] == alert_key(REPLY.breached())
    assert _title(message).startswith("🔴 calm: no first reply")
    assert sorted(line.split(", since")[0] for line in _lines(message)) == [
        "🔴 *No free reply within 30 min*",
        "🔴 *Not resolved within 30 min*",
    ]
    assert delivering.counted("ops-slack", "breached", "posted") == 1
    assert delivering.counted("ops-slack", "breached", "joined") == 2


async def test_all_of_them_at_once(delivering: Delivering) -> None:
    """Broken in the same second: the reply's message is first, and has the others."""
    facts = [cycle.breached() for cycle in (RESOLUTION, REPLY, WINDOW)]
    async with delivering.running():
        await delivering.tell(*facts)
        await delivering.settled()

    [message] = await delivering.messages("C0OPS")
    assert _title(message).startswith("🔴 calm: no first reply")
    assert len(_lines(message)) == 2


async def test_the_message_is_about_what_is_still_open(delivering: Delivering) -> None:
    """Answered and not resolved, it says so; resolved, both are yellow."""
    async with delivering.running():
        await delivering.tell(REPLY.breached())
        await delivering.settled()
        await delivering.tell(RESOLUTION.breached())
        await delivering.settled()
        await delivering.tell(REPLY.answered())
        await delivering.settled()
        [message] = await delivering.messages("C0OPS")
        assert _title(message) == "🔴 calm: not resolved within 30 min"
        assert _lines(message) == ["🟡 Answered 12 min late: first reply"]
        await delivering.tell(RESOLUTION.answered(50))
        await delivering.settled()

    [message] = await delivering.messages("C0OPS")
    assert _title(message) == "🟡 calm: answered 12 min late"
    assert _lines(message) == ["🟡 Resolved 20 min late: resolution"]


async def test_who_is_mentioned_is_called_for_a_line(delivering: Delivering) -> None:
    """An edit calls nobody: where the receiver mentions somebody, the thread does."""
    async with delivering.running():
        await delivering.tell(REPLY.breached(queue="sales"))
        await delivering.settled()
        await delivering.tell(RESOLUTION.breached(queue="sales"))
        await delivering.settled()

    first, reply = await delivering.messages("C0SALES")
    assert reply["thread_ts"] == first["ts"]
    said = reply["blocks"][0]["text"]["text"]
    assert (
        said
        == "<!here> *The promise is broken.* *Not resolved yet, whoever has replied.*"
    )


async def test_a_reply_that_is_due_is_a_message(delivering: Delivering) -> None:
    """The customer wrote again under an open resolution: somebody must notice."""
    async with delivering.running():
        await delivering.tell(RESOLUTION.breached())
        await delivering.settled()
        await delivering.tell(NEXT.breached())
        await delivering.settled()

    titles = [_title(each) for each in await delivering.messages("C0OPS")]
    assert titles == [
        "🔴 calm: not resolved within 30 min",
        "🔴 calm: no next reply within 30 min",
    ]


async def test_a_closed_message_takes_no_line(delivering: Delivering) -> None:
    """Once it is closed, the next breach is a new one (4.1)."""
    async with delivering.running():
        await delivering.tell(REPLY.breached())
        await delivering.settled()
        await delivering.tell(REPLY.answered())
        await delivering.settled()
        await delivering.tell(RESOLUTION.breached())
        await delivering.settled()

    answered, broken = await delivering.messages("C0OPS")
    assert _title(answered).startswith("🟡")
    assert _lines(answered) == _lines(broken) == []
    assert _title(broken) == "🔴 calm: not resolved within 30 min"


async def test_an_escalation_of_a_line_leads_to_the_message(
    delivering: Delivering,
) -> None:
    """Its link is that of the message that tells it; its own ends as it does."""
    async with delivering.running():
        await delivering.tell(REPLY.breached(queue="sales"))
        await delivering.settled()
        await delivering.tell(RESOLUTION.breached(queue="sales"))
        await delivering.settled()
        await delivering.tell(RESOLUTION.escalated(40, queue="sales", to="team-lead"))
        await delivering.settled()

    [first, *_] = await delivering.messages("C0SALES")
    [message] = await delivering.messages("C0LEADS")
    link = f"archives/C0SALES/p{first['ts'].replace('.', '')}|First message>"
    assert link in message["blocks"][2]["elements"][0]["text"]
    assert _title(message) == "🔴 sales: not resolved within 30 min"


async def test_redis_forgets_whose_line_it_was(
    delivering: Delivering, redis: Redis, prefix: str
) -> None:
    """All is lost and read again: both promises are told, nothing false stays."""
    facts = [REPLY.breached(), RESOLUTION.breached()]
    async with delivering.running():
        for fact in facts:
            await delivering.tell(fact)
            await delivering.settled()
    async for name in redis.scan_iter(f"*{prefix}*"):
        await redis.delete(name)
    async with delivering.running():
        await delivering.tell_again(*facts)
        await delivering.settled()
        await delivering.tell(REPLY.answered(), RESOLUTION.answered())
        await delivering.settled()

    messages = await delivering.messages("C0OPS")
    said = [line for each in messages for line in (_title(each), *_lines(each))]
    assert {each[0] for each in said} == {"🟡"}


async def test_two_processes_make_one_message(delivering: Delivering) -> None:
    """Whoever of the two finds it: one message, one line."""
    other = Delivering(delivering.ledger, delivering.slack)
    async with delivering.running(), other.running():
        await delivering.tell(REPLY.breached())
        await delivering.settled()
        await delivering.tell(RESOLUTION.breached())
        await delivering.settled()

    [message] = await delivering.messages("C0OPS")
    assert len(_lines(message)) == 1


def _title(message: dict[str, Any]) -> str:
    text: str = message["blocks"][0]["text"]["text"]
    return text


def _lines(message: dict[str, Any]) -> list[str]:
    """What is said of the other promises."""
    [*sections] = [b for b in message["blocks"] if b["type"] == "section"][1:]
    return [line for each in sections for line in each["text"]["text"].split("\n")]
