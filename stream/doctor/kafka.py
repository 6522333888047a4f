"""Asking Kafka: nothing here is written to it, and no topic is created."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
)
from aiokafka.protocol.metadata import MetadataRequest

from stream.doctor.authors import NAME as AUTHORS
from stream.doctor.authors import count_answers, judge_authors
from stream.doctor.brokers import NAME as BROKERS
from stream.doctor.brokers import REACH, Answer, judge_brokers, judge_reach
from stream.doctor.check import Check, Finding, fail, skip
from stream.doctor.clocks import judge_stamps
from stream.doctor.commands import Commands
from stream.doctor.group import (
    Readers,
    forbidden_group,
    judge_group,
    moving_group,
    readers_of,
)
from stream.doctor.membership import read_group
from stream.doctor.placement import NAME as KEYS
from stream.doctor.placement import judge_placement
from stream.doctor.sample import newest_records, read_sample
from stream.doctor.topic_settings import Configs, judge_topic_settings
from stream.doctor.topics import Partition, Topic, judge_topics
from stream.doctor.wanted import wanted_topics
from stream.engine.admin import open_admin
from stream.kafka.access import KafkaAccess
from stream.kafka.probe import KafkaRefusedError, KafkaUnreachableError, probe
from stream.process.settings import Settings

_STEP_MS = 2000


class KafkaChecks:
    """The checks of one Kafka; each opens and closes its own connection."""

    def __init__(self, settings: Settings, sample: int) -> None:
        self._settings = settings
        self._access = settings.kafka
        self._commands = Commands(settings.kafka)
        self._wanted = wanted_topics(settings)
        self._sample = sample

    def checks(self) -> list[Check]:
        return [
            Check(name=REACH, look=self.reach),
            Check(name=BROKERS, look=self.brokers, needs=REACH),
            Check(name="topics", look=self.topics, needs=REACH),
            Check(name=KEYS, look=self.records, needs=REACH, seconds=8.0),
            Check(name=AUTHORS, look=self.authors, needs=REACH, seconds=8.0),
            *(
                Check(name=each.check, look=partial(self.group, each), needs=REACH)
                for each in readers_of(self._settings)
            ),
        ]

    async def reach(self) -> Sequence[Finding]:
        return [judge_reach(self._access, await _ask(self._access))]

    async def brokers(self) -> Sequence[Finding]:
        async with _client(self._access) as client:
            answer = await client.send(client.get_random_node(), MetadataRequest([]))
        addresses = [f"{broker[1]}:{broker[2]}" for broker in answer.brokers]
        ways = [replace(self._access, bootstrap=address) for address in addresses]
        answers = await asyncio.gather(*map(_ask, ways))
        found = dict(zip(addresses, answers, strict=True))
        return judge_brokers(found, self._settings.topic_policy)

    async def topics(self) -> Sequence[Finding]:
        found, brokers = await self._describe()
        policy = self._settings.topic_policy
        there = {name: topic for name, topic in found.items() if topic.partitions}
        copies = {
            n: min(len(p.replicas) for p in t.partitions) for n, t in there.items()
        }
        configs = await self._configs(list(there))
        return [
            *judge_topics(self._wanted, found, policy, self._commands, brokers),
            *judge_topic_settings(
                self._wanted, configs, copies, policy, self._commands
            ),
        ]

    async def records(self) -> Sequence[Finding]:
        topic = self._settings.events_topic
        count = await self._count(topic)
        if not count:
            return [skip(KEYS, f"no {topic} to look into")]
        try:
            sample = await read_sample(self._access, topic, count, self._sample)
        except TopicAuthorizationFailedError:
            return [
                fail(
                    KEYS,
                    f"this user may not read {topic}",
                    "if it is the worker's user, an administrator gives it:",
                    self._commands.allow("topic", topic, ["Read"]),
                )
            ]
        now = time.time_ns() // 1_000_000
        return [
            *judge_placement(topic, sample.places, count),
            judge_stamps(sample.newest, now, by_broker=sample.by_broker),
        ]

    async def authors(self) -> Sequence[Finding]:
        topic = self._settings.facts_topic
        count = await self._count(topic)
        if not count:
            return [skip(AUTHORS, f"no {topic} to look into")]
        newest = newest_records(self._access, topic, count, self._sample)
        try:
            facts = [record.value async for record in newest]
        except TopicAuthorizationFailedError:
            return [skip(AUTHORS, f"this user may not read {topic}")]
        now = time.time_ns() // 1_000_000
        return [judge_authors(count_answers(facts, now))]

    async def group(self, readers: Readers) -> Sequence[Finding]:
        topic = readers.topic
        count = await self._count(topic)
        if not count:
            return [skip(readers.check, f"no {topic} to be read")]
        try:
            group = await read_group(self._access, readers.name, topic, count)
        except GroupAuthorizationFailedError:
            return [forbidden_group(readers, self._commands)]
        if group is None:
            return [moving_group(readers)]
        return [judge_group(readers, group)]

    async def _count(self, topic: str) -> int:
        found, _ = await self._describe()
        return len(found[topic].partitions)

    async def _describe(self) -> tuple[dict[str, Topic], list[int]]:
        """Our topics, and the brokers' ids. By name, so that hidden is not missing."""
        names = [each.spec.name for each in self._wanted]
        request = MetadataRequest(names, allow_auto_topic_creation=False)
        async with _client(self._access) as client:
            answer = await client.send(client.get_random_node(), request)
        topics = {
            topic["topic"]: Topic(
                partitions=tuple(
                    Partition(
                        number=each["partition"],
                        leader=each["leader"],
                        replicas=tuple(each["replicas"]),
                        in_sync=tuple(each["isr"]),
                    )
                    for each in topic["partitions"]
                ),
                error=topic["error_code"],
            )
            for topic in answer.to_object()["topics"]
        }
        return topics, sorted(broker[0] for broker in answer.brokers)

    async def _configs(self, names: Sequence[str]) -> Configs:
        if not names:
            return {}
        wanted = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
        async with open_admin(self._access) as admin:
            (answer,) = await admin.describe_configs(wanted)
        return {
            name: None if code else {entry[0]: entry[1] for entry in entries}
            for code, _, _, name, entries in answer.resources
        }


async def _ask(access: KafkaAccess) -> Answer:
    try:
        await probe(access, within_ms=_STEP_MS)
    except (KafkaRefusedError, KafkaUnreachableError) as error:
        return error
    return None


@asynccontextmanager
async def _client(access: KafkaAccess) -> AsyncIterator[AIOKafkaClient]:
    client = AIOKafkaClient(**access.client())
    try:
        await client.bootstrap()
        yield client
    finally:
        await client.close()
