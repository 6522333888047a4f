"""Commits that are moved from outside: only while nobody is a member of the group."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer

from stream.engine import ensure_topics
from stream.engine.commits import GroupInUseError, open_commits
from stream.kafka.access import KafkaAccess
from stream.kafka.topic_reader import reading

pytestmark = pytest.mark.broker


async def test_members_are_not_moved(kafka, prefix):
    """Seen before, or refused by Kafka to whoever did not see them come."""
    topic, group, access = f"{prefix}t", f"{prefix}g", KafkaAccess.to(kafka)
    await ensure_topics(kafka, {topic: 2})
    async with reading(access) as reader:
        places = await reader.partitions(topic)
        async with open_commits(access, group, places) as commits:
            assert [each.read_up_to for each in await commits.standings(reader)] == [
                "-",
                "-",
            ]
            await commits.close()
            await commits.write({1: 0})
            standings = await commits.standings(reader)
            assert [each.read_up_to for each in standings] == ["closed", "0"]
            assert [(each.first, each.end) for each in standings] == [(0, 0)] * 2
            async with AIOKafkaConsumer(
                topic,
                bootstrap_servers=kafka,
                group_id=group,
                enable_auto_commit=False,
            ) as member:
                while not member.assignment():  # noqa: ASYNC110 - no event
                    await asyncio.sleep(0.1)
                with pytest.raises(GroupInUseError, match=f"{group} has members: stop"):
                    await commits.write({0: 0})
                with pytest.raises(GroupInUseError):
                    async with open_commits(access, group, places):
                        pass
        async with open_commits(access, group, places) as commits:
            assert (await commits.standings(reader))[0].read_up_to == "closed"
