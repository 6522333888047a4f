"""The remains: all that is left of a trial in Kafka, Redis, Slack and the logs."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import TopicPartition
from redis.asyncio import Redis

from alerts.ledger import Ledger
from dev.chaos.arrivals import Arrivals
from dev.chaos.feed import EVENTS
from dev.chaos.oracle import Outcome
from dev.chaos.pressing import CHANNELS
from dev.chaos.standing import Acts
from dev.demo.seen import in_arrival_order, read_topic
from dev.slack.client import SlackStandIn
from dev.stack import Stack
from stream.worker.table import Stored, decode_state

_FACTS = "sla.facts"
_CHANGELOG = "replyclock-worker-conversations-changelog"
_GROUPS = {"replyclock-worker": EVENTS, "replyclock-alerts": _FACTS}


class Remains:
    """Of the trial that `stack` is for; may be looked at while it goes on."""

    def __init__(self, stack: Stack, arrivals: Arrivals) -> None:
        self._stack = stack
        self._arrivals = arrivals
        self._slack = SlackStandIn(stack.slack_page_url)

    async def outcome(
        self, logs: Mapping[str, str], acts: Acts, *, may_repeat: bool = False
    ) -> Outcome:
        """Everything that the oracle judges; `acts`: what people did."""
        broker = self._stack.broker
        messages = [
            message
            for channel in CHANNELS
            for message in await asyncio.to_thread(self._slack.messages, channel)
        ]
        return Outcome(
            events=await self._arrivals.all(),
            facts=await read_topic(broker, _FACTS),
            states=await _states(broker),
            messages=messages,
            lag=await self.lag(),
            undelivered=await self.undelivered(),
            logs=logs,
            looked_at=time.time_ns() // 1_000_000,
            acts=acts,
            may_repeat=may_repeat,
        )

    async def whispers(self) -> list[dict[str, Any]]:
        """What those who pressed were told."""
        told = await asyncio.to_thread(self._slack.interaction)
        whispers: list[dict[str, Any]] = told["whispers"]
        return whispers

    async def lag(self) -> int:
        """Records of both topics that their group has not committed."""
        broker = self._stack.broker
        admin = AIOKafkaAdminClient(bootstrap_servers=broker)
        consumer = AIOKafkaConsumer(bootstrap_servers=broker)
        await admin.start()
        await consumer.start()
        try:
            lag = 0
            for group, topic in _GROUPS.items():
                committed = await admin.list_consumer_group_offsets(group)
                partitions = consumer.partitions_for_topic(topic) or set()
                tps = [TopicPartition(topic, number) for number in partitions]
                ends = await consumer.end_offsets(tps)
                for tp, end in ends.items():
                    known = committed.get(tp)
                    lag += end - max(0, known.offset if known else 0)
            return lag
        finally:
            await consumer.stop()
            await admin.close()

    async def undelivered(self) -> int:
        """Facts that Redis has not, or no more, and alerts that Slack has not."""
        consumer = AIOKafkaConsumer(_FACTS, bootstrap_servers=self._stack.broker)
        await consumer.start()
        try:
            ends = await consumer.end_offsets(consumer.assignment())
        finally:
            await consumer.stop()
        async with Redis.from_url(self._stack.redis_url) as redis:
            ledger = Ledger(redis)
            read = await ledger.positions.read([tp.partition for tp in ends])
            unread: int = sum(
                end - read.get(tp.partition, 0) for tp, end in ends.items()
            )
            return unread + (await ledger.backlog()).count


def save(folder: Path, outcome: Outcome) -> None:
    """Keep what was judged, for `replyclock replay` and the eye."""
    events = in_arrival_order(outcome.events)
    facts = [value for part in outcome.facts for value in part]
    for name, lines in (("events", events), ("facts", facts)):
        (folder / f"{name}.jsonl").write_bytes(b"".join(e + b"\n" for e in lines))


async def _states(broker: str) -> dict[str, Stored]:
    """The last state of each conversation in the changelog."""
    consumer = AIOKafkaConsumer(
        _CHANGELOG, bootstrap_servers=broker, auto_offset_reset="earliest"
    )
    await consumer.start()
    states: dict[str, Stored] = {}
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    key = record.key.decode()
                    if record.value is None:
                        states.pop(key, None)
                    else:
                        states[key] = decode_state(record.value)
    finally:
        await consumer.stop()
    return states
