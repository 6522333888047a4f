"""Timers on a fake clock: nothing is concluded on stale knowledge (semantics 3.3).

The target is 10 minutes with warnings at 5 and 8; lateness is 2 seconds.
"""

import asyncio

from stream.sla.hours import DAY
from stream.worker import timers
from tests.shelf import Shelf, of
from tests.timelines import START, at, customer, reply

LATENESS = 2000
AFTER_AN_HOUR = at(60)

BREACH = ["warned", "warned", "breached"]


async def waiting() -> Shelf:
    """A customer wrote at minute 0, which has been applied and told."""
    shelf = Shelf()
    shelf.arrive(customer(0))
    await shelf.work()
    shelf.facts.clear()
    return shelf


async def tick_until_silent(shelf: Shelf, now: int) -> list[str]:
    """A warning and a breach that are both due come in two ticks."""
    told: list[str] = []
    while new := await shelf.tick(now):
        told += new
    return told


async def test_nothing_is_concluded_before_the_lateness_passed():
    """A deadline waits for late events a millisecond short of two seconds."""
    shelf = await waiting()

    assert await shelf.tick(at(5) + LATENESS - 1) == []
    assert await shelf.tick(at(5) + LATENESS) == ["warned"]


async def test_a_breach_is_dated_at_the_deadline():
    """The fact says when the promise broke and when that was noticed."""
    shelf = await waiting()

    assert await tick_until_silent(shelf, at(10) + LATENESS) == BREACH
    assert (shelf.facts[-1].at, shelf.facts[-1].noticed_at) == (
        at(10),
        at(10) + LATENESS,
    )


async def test_a_reply_still_in_the_topic_beats_the_timer():
    """Nothing is concluded before what was in the partition has been applied."""
    shelf = await waiting()
    await tick_until_silent(shelf, at(9))
    shelf.arrive(reply(9))

    assert await shelf.tick(at(10) + LATENESS) == []
    assert await shelf.tick(at(11)) == []
    await shelf.work()
    assert shelf.told == ["warned", "warned", "met"]
    assert await shelf.tick(at(11)) == []


async def test_it_is_concluded_at_once_when_the_fence_is_reached():
    """Another conversation's records hold the breach up and no longer than that."""
    shelf = await waiting()
    shelf.arrive(of("other", reply(1)))
    assert await shelf.tick(at(10) + LATENESS) == []

    await shelf.work()

    assert await tick_until_silent(shelf, at(10) + LATENESS) == BREACH


async def test_what_comes_after_the_fence_is_not_waited_for():
    """A stream that never stops does not put a breach off for ever."""
    shelf = await waiting()
    shelf.arrive(of("other", reply(1)))
    await shelf.tick(at(5) + LATENESS)
    await shelf.work()
    shelf.arrive(of("other", reply(2)))

    assert await shelf.tick(at(5) + LATENESS) == ["warned"]


async def test_after_an_hour_of_downtime_the_backlog_is_heard_first():
    """A restart tells no breach that a waiting reply disproves, and each real one."""
    shelf = Shelf()
    shelf.arrive(customer(0), of("real", customer(0)))
    await shelf.work()
    shelf.arrive(reply(4))
    shelf.facts.clear()

    assert await shelf.tick(AFTER_AN_HOUR) == []
    await shelf.work()
    await tick_until_silent(shelf, AFTER_AN_HOUR)

    told = [(fact.conversation_id, fact.kind.value) for fact in shelf.facts]
    assert told == [("c", "met"), *[("real", kind) for kind in BREACH]]


async def test_other_workers_partitions_are_left_alone():
    """Only the owned partitions are concluded, and only they are asked for."""
    shelf = Shelf()
    shelf.arrive(customer(0), partition=1)
    await shelf.work(1)
    shelf.facts.clear()

    assert await shelf.tick(AFTER_AN_HOUR) == []
    assert shelf.asked == []
    shelf.owned = frozenset({1})
    assert await shelf.tick(AFTER_AN_HOUR) == ["warned"]


async def test_a_fence_is_lost_with_its_partition():
    """A partition that went away and came back gets a new fence, at its new end."""
    shelf = await waiting()
    shelf.arrive(of("other", reply(1)))
    await shelf.tick(AFTER_AN_HOUR)
    shelf.owned = frozenset()
    shelf.timers.forget(0)
    shelf.arrive(reply(4))
    shelf.owned = frozenset({0})
    shelf.applied[0] = 2

    assert await shelf.tick(AFTER_AN_HOUR) == []


async def test_a_partition_that_moves_while_it_is_fenced_is_dropped():
    """A fence of a partition that is not ours any more concludes nothing."""
    shelf = await waiting()
    shelf.arrive(of("other", reply(1)))
    await shelf.tick(AFTER_AN_HOUR)
    await shelf.work()
    shelf.facts.clear()
    shelf.owned = frozenset()

    assert await shelf.tick(AFTER_AN_HOUR) == []
    assert shelf.timers._fences == {}


async def test_a_tick_has_a_size_and_the_rest_follows(monkeypatch):
    """Many deadlines at once come in several ticks, each once, behind one fence."""
    monkeypatch.setattr(timers, "LARGEST_TICK", 2)
    shelf = Shelf()
    shelf.arrive(*[of(f"c{number}", customer(0)) for number in range(5)])
    await shelf.work()
    now = at(5) + LATENESS

    sizes = [len(await shelf.tick(now)) for _ in range(4)]

    assert sizes == [2, 2, 1, 0]


async def test_a_tick_waits_for_the_batch_in_hand():
    """A reply that is being written is not overlooked by a tick in between."""
    shelf = await waiting()
    writing, go_on, asked = asyncio.Event(), asyncio.Event(), asyncio.Event()
    write_facts, end_offsets = shelf.write_facts, shelf.end_offsets

    async def write_slowly(partition, items):
        writing.set()
        await go_on.wait()
        await write_facts(partition, items)

    async def ask(partitions):
        asked.set()
        # The batch in hand is beyond what the fence asks for.
        return dict.fromkeys(await end_offsets(partitions), 1)

    shelf.book._write_facts = write_slowly
    shelf.timers._end_offsets = ask
    shelf.arrive(reply(4))
    batch = asyncio.create_task(shelf.work())
    await writing.wait()
    shelf.book._write_facts = write_facts
    shelf.applied[0] = 1
    tick = asyncio.create_task(shelf.tick(at(5) + LATENESS))
    await asked.wait()
    go_on.set()
    await asyncio.gather(batch, tick)

    assert shelf.told == ["met"]


async def test_a_forgotten_conversation_leaves_nothing():
    """A week after the wait was abandoned, state and deadline are gone."""
    shelf = await waiting()
    await tick_until_silent(shelf, START + 7 * DAY + LATENESS)
    assert shelf.told[-2:] == ["wait_ended", "session_ended"]
    await shelf.tick(START + 14 * DAY + LATENESS)

    assert shelf.states[0] == {}
    assert shelf.book.deadlines(0).next() is None


async def test_a_restore_lets_others_run_and_ends_when_the_partition_is_lost():
    """A long restore is no blocked loop, and leaves nothing of what was taken away."""
    shelf = Shelf()
    shelf.arrive(*(of(f"c{number}", customer(0)) for number in range(5000)))
    await shelf.work()
    items = list(shelf.states[0].items())
    shelf.book.drop(0)

    restoring = asyncio.create_task(shelf.book.restore(0, items))
    turns = 0
    while turns < 2:
        await asyncio.sleep(0)
        turns += 1
    assert not restoring.done()
    shelf.book.drop(0)
    await restoring

    assert shelf.book.deadlines(0).next() is None
    assert shelf.waiting.open_sessions(frozenset({0})) == []
