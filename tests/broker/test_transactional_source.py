"""Events of a source that writes in transactions: promises break on time there, too."""

import asyncio
import time
from urllib.request import urlopen

import pytest
from aiokafka import AIOKafkaProducer
from msgspec.structs import replace

from dev.system import System
from stream.kafka.access import KafkaAccess
from stream.kafka.topic_reader import reading
from stream.records import decode_fact, encode_event
from stream.sla.events import Event
from stream.sla.facts import Fact, FactKind
from stream.sla.instants import SECOND, from_ms
from tests.timelines import customer

pytestmark = pytest.mark.broker

PROMISE_S = 5 * 60
SOON_S = 6
NOTHING_WAITS = 'replyclock_lag_records{topic="conversations.events"} 0.0'


def asked(key: str) -> Event:
    """By a customer of sales, so long ago that the promise breaks soon."""
    happened = time.time_ns() // 1_000_000 - (PROMISE_S - SOON_S) * 1000
    return replace(
        customer(0, key),
        event_id=key,
        conversation_id=key,
        account="106540352242922",
        occurred_at=from_ms(happened),
    )


async def write(broker: str, event: Event, *, commit: bool) -> None:
    made = AIOKafkaProducer(bootstrap_servers=broker, transactional_id="helpdesk")
    await made.start()
    try:
        await made.begin_transaction()
        key = event.conversation_id.encode()
        await made.send_and_wait("conversations.events", encode_event(event), key)
        await (made.commit_transaction() if commit else made.abort_transaction())
    finally:
        await made.stop()


async def facts(broker: str) -> list[Fact]:
    async with reading(KafkaAccess.to(broker)) as reader:
        parts = await reader.partitions("sla.facts")
        return [decode_fact(record.value) async for record in reader.last(parts)]


def page(system: System) -> str:
    with urlopen(f"{system.url('worker')}/metrics", timeout=5) as answer:  # noqa: S310  ours
        return answer.read().decode()


def test_the_last_event_of_a_partition_is_in_a_transaction(scene):
    """Its promise is told on time, no lag is left, and what was aborted never was."""
    system = scene("worker").system
    broker, pid = system.stack.broker, system.pid("worker")
    asyncio.run(write(broker, asked("aborted"), commit=False))
    asyncio.run(write(broker, asked("asked"), commit=True))

    until = time.monotonic() + SOON_S + 20
    breached: list[Fact] = []
    while not breached and time.monotonic() < until:
        time.sleep(0.2)
        told = asyncio.run(facts(broker))
        breached = [fact for fact in told if fact.kind is FactKind.BREACHED]
    assert breached, told
    assert breached[0].noticed_at - breached[0].at < 10 * SECOND
    assert {fact.conversation_id for fact in told} == {"asked"}
    assert NOTHING_WAITS in page(system)
    assert system.pid("worker") == pid
