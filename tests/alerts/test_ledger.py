"""The ledger on a real Redis: every change may be repeated."""

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from alerts.alert import alert_key
from alerts.backlog import Backlog
from alerts.entry import Entry
from alerts.ledger import Ledger
from tests.alerts.cycles import DEADLINE, Cycle

pytestmark = pytest.mark.broker

CYCLE = Cycle()
KEY = alert_key(CYCLE.breached())


async def entry_of(ledger: Ledger, key: str = KEY) -> Entry:
    [entry] = await ledger.entries([key])
    return entry


async def test_repeated_facts_change_nothing(ledger: Ledger) -> None:
    """Facts told again are not told again: the entry stays as it was."""
    facts = [(CYCLE.breached(), 7), (CYCLE.answered(), 8)]
    assert await ledger.want(facts) == {KEY}
    before = await entry_of(ledger)

    assert await ledger.want(facts) == set()
    assert await ledger.want([(CYCLE.breached(noticed=60), 90)]) == set()
    assert await entry_of(ledger) == before
    assert before.version == 2


async def test_the_earliest_copy_counts(ledger: Ledger) -> None:
    """A copy that was concluded earlier takes the place of a later one."""
    await ledger.want([(CYCLE.breached(noticed=60), 90)])
    await ledger.want([(CYCLE.breached(noticed=2), 7)])

    alert = (await entry_of(ledger)).alert
    assert alert is not None
    assert alert.lateness == 2000


async def test_crossed_facts_fold_alike(ledger: Ledger) -> None:
    """An answer that arrives before its breach is not lost."""
    await ledger.want([(CYCLE.answered(), 8)])
    assert (await entry_of(ledger)).alert is None
    await ledger.want([(CYCLE.breached(), 7)])

    alert = (await entry_of(ledger)).alert
    assert alert is not None
    assert alert.state == "answered"


async def test_cycles_that_never_breach_are_not_kept(ledger: Ledger) -> None:
    """Facts of a cycle without a breach leave nothing behind."""
    assert await ledger.want([(CYCLE.met(), 1), (CYCLE.taken_back(), 2)]) == set()

    assert await entry_of(ledger) == Entry(key=KEY)
    assert await ledger.backlog() == Backlog(0, None)


async def record(
    ledger: Ledger,
    entry: Entry,
    owner: str = "me",
    ts: str = "1.2",
    *,
    done: bool = True,
) -> None:
    await ledger.record(entry, owner, ts=ts, shown="x", done=done, now=1)


async def life(redis: Redis, prefix: str) -> int:
    """Milliseconds that the entry lives on; -1: for ever."""
    [entry] = [key async for key in redis.scan_iter(f"*{prefix}*alerts}}:{KEY}")]
    return await redis.pttl(entry)


async def test_an_open_breach_is_never_forgotten(
    ledger: Ledger, redis: Redis, prefix: str
) -> None:
    """Resolution clocks live for weeks; what is over is forgotten by itself (A7)."""
    await ledger.want([(CYCLE.breached(), 7)])
    assert await life(redis, prefix) == -1
    assert await ledger.leases.take(KEY, "me", 10_000)
    await ledger.begin(await entry_of(ledger), "me", receiver="r", channel="C", now=1)
    await record(ledger, await entry_of(ledger))
    assert await life(redis, prefix) == -1

    await ledger.want([(CYCLE.answered(), 8)])
    await record(ledger, await entry_of(ledger))
    assert await life(redis, prefix) > 0


async def test_what_was_never_posted_expires_when_it_is_settled(
    ledger: Ledger, redis: Redis, prefix: str
) -> None:
    """Answered before it was told."""
    await ledger.want([(CYCLE.breached(), 7), (CYCLE.answered(), 8)])
    assert await ledger.settle(await entry_of(ledger))

    assert await life(redis, prefix) > 0


async def test_the_order_is_that_of_the_topic(ledger: Ledger) -> None:
    """A worker whose clock is behind wrote the later fact (A10)."""
    answered = CYCLE.answered(noticed=9)
    taken_back = CYCLE.taken_back(minutes=42, noticed=1)
    await ledger.want([(CYCLE.breached(), 7), (answered, 8), (taken_back, 9)])

    alert = (await entry_of(ledger)).alert
    assert alert is not None
    assert alert.state == "breached"


async def test_a_damaged_entry_is_one_entrys_fault(
    ledger: Ledger, redis: Redis, prefix: str
) -> None:
    """A newer version wrote it, or nobody knows: the others are read (A5)."""
    other = Cycle("whatsapp:1:b")
    await ledger.want([(CYCLE.breached(), 7), (other.breached(), 8)])
    [entry] = [key async for key in redis.scan_iter(f"*{prefix}*alerts}}:{KEY}")]
    for name, value in (await redis.hgetall(entry)).items():
        if name.startswith(b"f:"):
            newer = value.replace(b'"breached"', b'"foretold"')
            await redis.hset(entry, name, newer)

    bad, good = await ledger.entries([KEY, alert_key(other.breached())])
    assert bad.alert is None
    assert "kind" in (bad.fault or "")
    assert good.alert is not None
    assert good.fault is None


async def test_whoever_lost_the_lease_records_no_second_message(
    ledger: Ledger,
) -> None:
    """A process that was stopped wakes; its message is in doubt, the other's stays."""
    await ledger.want([(CYCLE.breached(), 7)])
    assert await ledger.leases.take(KEY, "you", 10_000)
    await record(ledger, await entry_of(ledger), "you", "2.0")
    await record(ledger, await entry_of(ledger), "me", "1.0")
    await ledger.forget_intent(KEY, "me")

    entry = await entry_of(ledger)
    assert (entry.ts, entry.doubt) == ("2.0", 1)
    assert not entry.shows(entry.shown or "")
    assert KEY in await ledger.differing()


async def test_backlog_says_since_when(ledger: Ledger) -> None:
    """The list knows how many wait and since when the oldest does."""
    await ledger.want([(Cycle("b").breached(noticed=9), 1), (CYCLE.breached(2), 2)])
    await ledger.want([(CYCLE.answered(), 3)])

    assert await ledger.backlog() == Backlog(2, DEADLINE + 2000)
    assert (await ledger.differing())[0] == KEY


async def test_settle_minds_what_came_meanwhile(ledger: Ledger) -> None:
    """A key leaves the list once, and not when a fact came after the read."""
    await ledger.want([(CYCLE.breached(), 1)])
    read = await entry_of(ledger)
    await ledger.want([(CYCLE.answered(), 2)])

    assert not await ledger.settle(read)
    assert (await ledger.backlog()).count == 1
    assert await ledger.settle(await entry_of(ledger))
    assert not await ledger.settle(await entry_of(ledger))
    assert (await ledger.backlog()).count == 0


async def test_one_owner_at_a_time(ledger: Ledger) -> None:
    """A lease is taken once, kept and given back by its owner alone."""
    assert await ledger.leases.take(KEY, "me", 10_000)
    assert not await ledger.leases.take(KEY, "you", 10_000)
    assert await ledger.leases.extend(KEY, "me", 10_000)
    assert not await ledger.leases.extend(KEY, "you", 10_000)
    await ledger.leases.release(KEY, "you")
    assert not await ledger.leases.take(KEY, "you", 10_000)
    await ledger.leases.release(KEY, "me")
    assert await ledger.leases.take(KEY, "you", 10_000)


async def test_a_lease_ends_by_itself(ledger: Ledger) -> None:
    """The key of a process that died can be taken by another."""
    assert await ledger.leases.take(KEY, "dead", 1)
    while not await ledger.leases.take(KEY, "me", 10_000):
        pass
    assert not await ledger.leases.extend(KEY, "dead", 10_000)


async def begin(ledger: Ledger, entry: Entry, owner: str = "me") -> bool:
    return await ledger.begin(entry, owner, receiver="r", channel="C", now=5)


async def test_begin_is_refused(ledger: Ledger) -> None:
    """No post begins without the lease, on old knowledge, or when one is there."""
    await ledger.want([(CYCLE.breached(), 1)])
    read = await entry_of(ledger)
    assert not await begin(ledger, read)
    await ledger.leases.take(KEY, "me", 10_000)
    assert not await begin(ledger, read, "you")
    assert not await begin(ledger, replace(read, version=9))
    assert await begin(ledger, read)
    await record(ledger, read, done=False)
    assert not await begin(ledger, read)


async def test_intent_then_record(ledger: Ledger) -> None:
    """An intent is kept until the post is recorded; recording twice is recording."""
    await ledger.want([(CYCLE.breached(), 1)])
    await ledger.leases.take(KEY, "me", 10_000)
    read = await entry_of(ledger)
    assert await begin(ledger, read)
    begun = await entry_of(ledger)
    assert begun == replace(read, receiver="r", channel="C", intent=5)

    for _ in range(2):
        await record(ledger, read)
        assert await entry_of(ledger) == replace(
            begun, intent=None, ts="1.2", shown="x", shown_at=1
        )
        assert (await ledger.backlog()).count == 0


async def test_a_fact_during_the_post_keeps_the_key_listed(ledger: Ledger) -> None:
    """Answered while the message was on its way: the key waits for its edit."""
    await ledger.want([(CYCLE.breached(), 1)])
    read = await entry_of(ledger)
    await ledger.want([(CYCLE.answered(), 2)])
    await record(ledger, read)

    assert await ledger.differing() == [KEY]


async def test_an_intent_can_be_taken_back(ledger: Ledger) -> None:
    """A post that surely failed leaves no trace."""
    await ledger.want([(CYCLE.breached(), 1)])
    await ledger.leases.take(KEY, "me", 10_000)
    read = await entry_of(ledger)
    await begin(ledger, read)
    await ledger.forget_intent(KEY, "me")

    assert await entry_of(ledger) == read


async def test_prefixes_are_apart(redis: Redis, prefix: str) -> None:
    """Two installations that share a Redis do not see each other."""
    here, there = Ledger(redis, prefix), Ledger(redis, prefix + "other.")
    await here.want([(CYCLE.breached(), 1)])

    assert await there.differing() == []
    assert await entry_of(there) == Entry(key=KEY)


async def test_scripts_survive_a_flush(ledger: Ledger, redis: Redis) -> None:
    """A Redis that forgot our scripts (a restart) is told them again."""
    await ledger.want([(CYCLE.breached(), 1)])
    await redis.script_flush()
    await ledger.want([(CYCLE.answered(), 2)])
    await redis.script_flush()

    assert await ledger.settle(await entry_of(ledger))
