"""A process that owns nothing is ready only when nothing is left for it."""

import asyncio
import signal

import pytest
from aiokafka.structs import TopicPartition

from stream.engine.group import Group
from stream.engine.readiness import HOLDS_S, Readiness


class Process:
    """What a process and Kafka say, as a test sets it."""

    def __init__(self) -> None:
        self.ready = True
        self.owned = frozenset[int]()
        self.spare = False
        self.asked = 0
        self.now = 100.0
        self.readiness = Readiness(
            lambda: self.ready, lambda: self.owned, self.is_spare, lambda: self.now
        )

    async def is_spare(self) -> bool:
        self.asked += 1
        await asyncio.sleep(0)
        return self.spare


async def test_who_owns_something_is_ready_and_asks_nobody():
    """And nobody is ready who restores, rebalances or stops."""
    process = Process()
    process.owned = frozenset({1})
    assert await process.readiness.look()
    process.ready = False
    assert not await process.readiness.look()
    assert process.asked == 0


@pytest.mark.parametrize("spare", [True, False])
async def test_an_answer_holds_for_some_seconds(spare):
    """However many ask, also at once; then Kafka is asked again."""
    process = Process()
    process.spare = spare
    looks = [process.readiness.look() for _ in range(9)]
    assert await asyncio.gather(*looks) == [spare] * 9
    process.spare = not spare
    process.now += HOLDS_S - 0.1
    assert await process.readiness.look() == spare
    assert process.asked == 1
    process.now += 0.1
    assert await process.readiness.look() == (not spare)
    assert process.asked == 2


async def test_partitions_that_come_are_seen_at_once():
    """An answer that says no does not outlive its reason."""
    process = Process()
    assert not await process.readiness.look()
    process.owned = frozenset({0})
    assert await process.readiness.look()


def test_what_others_hold():
    """A place that Kafka believes to be ours is not with another."""
    here, there = TopicPartition("events", 0), TopicPartition("events", 1)
    nothing = frozenset[TopicPartition]()
    group = Group({"a": frozenset({here}), "b": frozenset({there}), "c": nothing}, {})

    assert group.held_beside("c") == {here, there}
    assert group.held_beside("b") == {here}
    assert Group({}, {}).held_beside("c") == nothing


@pytest.mark.broker
async def test_a_spare_is_ready_and_takes_over(engine):
    """One partition for two: both do what is theirs, and one waits for the other."""
    first = await engine.start(tableless=1, partitions=1)
    second = await engine.start(tableless=1, partitions=1)

    def has_ended_up_ready(told) -> bool:
        last = [each for each in told if each["did"] == "tick"][-5:]
        return len(last) == 5 and all(tick["ready"] for tick in last)

    def owns(worker) -> bool:
        return bool(worker.did("tick")[-1]["applied"])

    for worker in (first, second):
        await worker.until(has_ended_up_ready)
    while owns(first) == owns(second):  # the first may tell of the time before
        for worker in (first, second):
            ticks = len(worker.did("tick"))
            await worker.until(lambda _, w=worker, n=ticks: len(w.did("tick")) > n)
    owner, spare = (first, second) if owns(first) else (second, first)
    assert await owner.end(signal.SIGTERM) == 0
    await spare.until(lambda _: owns(spare))
    assert await spare.end(signal.SIGTERM) == 0
