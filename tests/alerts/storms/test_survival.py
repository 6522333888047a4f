"""What a storm survives: its size, restarts, a second process, Redis losing data."""

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from alerts.alert import alert_key
from alerts.presses.press import Press, PressKind
from stream.sla.instants import MINUTE
from tests.alerts.conftest import SLOW
from tests.alerts.patience import eventually
from tests.alerts.storms.conftest import QUICK, Storming, is_list

pytestmark = pytest.mark.broker


async def test_ten_thousand_at_once(storming: Storming) -> None:
    """They are told in one message, at Slack's pace: no call is refused (4.3)."""
    _, facts = storming.broken(10_000)
    async with storming.running(pace=SLOW):
        for start in range(0, len(facts), 500):
            await storming.tell(*facts[start : start + 500])

        async def all_are_told() -> bool:
            return "🔴 sales: 10000 wait, 10000 promises broken" in (
                await storming.titles()
            )

        await eventually(all_are_told, 60)
    calls = await storming.calls()
    assert all(call["ok"] for call in calls)
    posts = [call for call in calls if call["method"] == "chat.postMessage"]
    assert len(posts) == 1


async def test_one_press_on_thousands_is_shown_at_once(storming: Storming) -> None:
    """The list counts those taken before all of them have been looked at again."""
    _, facts = storming.broken(3_000)
    async with storming.running(pace=replace(SLOW, list_edit=0)):
        for start in range(0, len(facts), 500):
            await storming.tell(*facts[start : start + 500])
        await storming.settled(60)
        [message] = await storming.listed()
        key = message["blocks"][-1]["block_id"].removeprefix("presses/")
        waiting = await storming.lists.covered(key)
        take = Press(press_id="1", kind=PressKind.TAKE, by="U0ANA", at=storming.now())
        await storming.ledger.presses.note(waiting, take, storming.now())
        storming.deliverer.wake(waiting)

        async def is_taken() -> bool:
            [said] = await storming.texts()
            return "taken" in said.lower()

        await eventually(is_taken, 60)
        left = (await storming.ledger.backlog()).count
        await storming.settled(60)
    assert left > 1000


async def test_two_processes_have_one_list(storming: Storming) -> None:
    """Whoever looks first: nothing is told twice, and the list counts each once."""
    other = Storming(storming.ledger, storming.slack)
    other.config = storming.config
    cycles, facts = storming.broken(300)
    async with storming.running(**QUICK), other.running(**QUICK):
        await storming.tell(*facts[:150])
        await other.tell(*facts[150:])
        await storming.settled()
        for cycle in cycles[:100]:
            await storming.tell(cycle.answered())
        await storming.settled()

    [message] = await storming.messages()
    assert is_list(message)
    assert await storming.titles() == ["🔴 sales: 200 wait, 300 promises broken"]


async def test_who_was_about_to_post_it_does_not(storming: Storming) -> None:
    """Another process read an alert before it joined a list: it may not post it."""
    _, facts = storming.broken(5)
    await storming.ledger.want([(fact, n) for n, fact in enumerate(facts)])
    keys = [alert_key(fact) for fact in facts]
    read = await storming.ledger.entries(keys)
    posts = [(entry, "sales-slack") for entry in read]
    assert await storming.gathering.gather(posts, storming.now()) == {*keys}
    await storming.ledger.leases.take(keys[0], "other", 10_000)
    where = {"receiver": "sales-slack", "channel": "C0SALES", "now": storming.now()}
    assert not await storming.ledger.begin(read[0], "other", **where)


async def test_a_restart_goes_on(storming: Storming) -> None:
    """What changes while no process runs is in the same message after it."""
    cycles, facts = storming.broken(8)
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await storming.settled()
    more, news = storming.broken(3, name="more")
    await storming.ledger.want(
        [(c.answered(), 100 + n) for n, c in enumerate(cycles[:5])]
        + [(fact, 200 + n) for n, fact in enumerate(news)]
    )
    async with storming.running(**QUICK):
        await storming.settled()

    assert await storming.titles() == ["🔴 sales: 6 wait, 11 promises broken"]
    assert len(more) == 3


async def test_a_crash_between_post_and_note(storming: Storming) -> None:
    """Slack took it and the answer was lost: it is found, and there is no second."""
    _, facts = storming.broken(8)
    await storming.fail("chat.postMessage", after_accepting=True, hang_up=True, count=1)
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await storming.settled()

    assert len(await storming.messages()) == 1
    assert storming.counted("sales-slack", "storm", "found") == 1


async def test_redis_loses_all(storming: Storming, redis: Redis, prefix: str) -> None:
    """Read again, who waits is told again; the old list says so: none stays false."""
    cycles, facts = storming.broken(6)
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await storming.settled()
    async for name in redis.scan_iter(f"*{prefix}*"):
        await redis.delete(name)
    async with storming.running(**QUICK):
        await storming.tell_again(*facts)
        await storming.settled(60)
        old, *_ = await storming.titles()
        assert old == "⚪ This list is no longer kept"
        await storming.tell(*(cycle.answered() for cycle in cycles))
        await storming.settled()

    lost, *told = await storming.titles()
    assert lost == old
    assert told
    assert all(title.startswith("🟡") for title in told)


async def test_found_at_once_after_a_downtime(storming: Storming) -> None:
    """Who still waits and who was answered meanwhile: one message says both."""
    late = 60 * MINUTE / 1000
    away, stale = storming.broken(7, late=61, name="stale")
    waiting, facts = storming.broken(5, late=60)
    async with storming.running(**QUICK):
        news = [c.breached(late) for c in away]
        ends = [c.answered(noticed=late) for c in away]
        await storming.tell(*news, *ends, *(c.breached(late) for c in waiting))
        await storming.settled()

        async def is_told() -> bool:
            return await storming.titles() == [
                "🔴 sales, while we were away: 12 broken, 7 answered since, 5 wait"
            ]

        await eventually(is_told)
    assert len(stale) == 7
    assert len(facts) == 5
    assert storming.counted("sales-slack", "downtime", "posted") == 1
