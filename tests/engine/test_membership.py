"""Static membership: restarts that move nothing, and one process for each member."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.protocol.group import HeartbeatRequest, JoinGroupRequest
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from stream.engine.holds import Holds, MemberInUseError
from stream.kafka.access import KafkaAccess
from stream.kafka.membership import Membership

pytestmark = pytest.mark.broker

SESSION = 20.0
"""Time enough for a restart on a slow machine."""
WITHIN = 40.0


def owned(worker) -> list[str]:
    """The partitions of its last restore."""
    return list(worker.did("restored")[-1]["keys"]) if worker.did("restored") else []


async def both_restored(first, second) -> None:
    """Each has two partitions."""
    for worker in (first, second):
        await worker.until(lambda _, worker=worker: len(owned(worker)) == 2)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WITHIN):
        while not await condition():  # noqa: ASYNC110 - another process's doing
            await asyncio.sleep(0.5)


@asynccontextmanager
async def client_of(broker: str) -> AsyncIterator[AIOKafkaClient]:
    client = AIOKafkaClient(bootstrap_servers=broker)
    await client.bootstrap()
    try:
        yield client
    finally:
        await client.close()


async def test_a_restart_in_order_moves_nothing(engine):
    """The neighbour sees no rebalance; the successor goes on where the work ended."""
    await engine.create()
    options: dict[str, Any] = {"pause": 0.05, "session_timeout": SESSION}
    first = await engine.start(member_id="one", **options)
    neighbour = await engine.start(member_id="two", **options)
    await both_restored(first, neighbour)
    told = len(neighbour.did("restored"))
    await engine.send(16_000)
    await first.until(lambda _: first.handled() > 0)
    asked = monotonic()
    assert await first.end(signal.SIGTERM) == 0
    assert first.handled() < 8_000, "the stop came too late to prove anything"
    successor = await engine.start(member_id="one", **options)
    await successor.until(lambda _: bool(successor.did("restored")))
    assert monotonic() - asked < SESSION, "too slow to prove anything"
    await engine.send(2_000)

    async def counted() -> bool:
        return await engine.stored() == engine.sent

    await until(counted)
    for worker in (neighbour, successor):
        assert await worker.end(signal.SIGTERM) == 0
    assert owned(successor) == owned(first)
    assert len(neighbour.did("restored")) == told
    assert "in order" not in successor.log.read_text()
    handled = [worker.handled() for worker in (first, neighbour, successor)]
    assert sum(handled) == engine.sent.total()


async def test_a_successor_waits_for_one_that_died(engine):
    """Kafka forgets the dead one first; then the work goes on from what is stored."""
    await engine.create()
    first = await engine.start(member_id="one", pause=0.2)
    await first.until(lambda _: bool(first.did("restored")))
    await engine.send(24_000)
    await first.until(lambda _: first.handled() > 0)
    died = monotonic()
    await first.end(signal.SIGKILL)
    successor = await engine.start(member_id="one")
    await successor.until(lambda _: bool(successor.did("restored")))
    assert monotonic() - died > 6.0  # its last heartbeat was 3 s old at most
    await engine.caught_up(successor)
    assert "did not end in order" in successor.log.read_text()
    assert await engine.stored() == engine.sent


async def test_a_second_process_leaves_a_frozen_one_alone(engine):
    """Frozen in a batch and woken while it is a member, the first goes on.

    A second that had taken over at once would find its counts overwritten.
    """
    await engine.create()
    options: dict[str, Any] = {"member_id": "one", "session_timeout": SESSION}
    first = await engine.start(pause=1.0, **options)
    await first.until(lambda _: bool(first.did("restored")))
    await engine.send(8_000, keys=50)
    await first.until(lambda _: first.handled() > 0)
    first.process.send_signal(signal.SIGSTOP)
    second = await engine.start(**options)
    await asyncio.sleep(6)
    first.process.send_signal(signal.SIGCONT)
    assert await second.end() == 3
    assert "another process works as the member one" in second.log.read_text()
    assert second.told == []
    await engine.caught_up(first)
    assert await engine.stored() == engine.sent


async def test_a_replaced_worker_ends(engine):
    """Whoever joined with its id keeps the place; the worker says so and ends."""
    await engine.create()
    worker = await engine.start(member_id="one")
    await worker.until(lambda _: bool(worker.did("restored")))
    group = engine.prefix + "app"
    async with client_of(engine.broker) as client:
        node = await client.coordinator_lookup(CoordinationType.GROUP, group)
        protocols = [("faust", b"")]
        join = JoinGroupRequest(group, 30_000, 30_000, "", "one", "consumer", protocols)
        joined = await client.send(node, join)
        assert joined.error_code == 0
        assert await worker.end() == 1
        beat = HeartbeatRequest(group, joined.generation_id, joined.member_id)
        assert (await client.send(node, beat)).error_code == 0
    said = worker.log.read_text()
    assert "we are not the member one any more" in said
    assert said.count("worker crashed") == 1


async def test_a_claim_between_look_and_claim(engine):
    """Of two that start at one moment the later finds the claim of the earlier."""
    await engine.create()
    group, place = engine.prefix + "app", TopicPartition(engine.events, 0)
    membership = Membership("one")
    holds = Holds(membership, KafkaAccess.to(engine.broker), group)
    await holds.wait_for_turn(engine.events, 4)
    # It would else commit once more when it stops, if it is slow, without the claim.
    earlier = AIOKafkaConsumer(
        bootstrap_servers=engine.broker, group_id=group, enable_auto_commit=False
    )
    await earlier.start()
    try:
        earlier.assign([place])
        await earlier.commit({place: OffsetAndMetadata(0, "one of-the-earlier")})
    finally:
        await earlier.stop()

    async def commit() -> bool:
        raise AssertionError("must not claim")

    with pytest.raises(MemberInUseError):
        await holds.claim([place], commit)
