"""Topics are created once, as configured, and never quietly differ."""

import asyncio

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from stream.engine import EngineError, ensure_topics, wait_for_broker
from stream.engine.topic import ChangelogSpec
from stream.kafka.topic_policy import TopicPolicy

pytestmark = pytest.mark.broker


async def test_created_once(kafka, prefix):
    """Asking again, or from two processes at once, changes nothing."""
    topics = {prefix + "a": 3, prefix + "b": 5}
    await wait_for_broker(kafka)
    await asyncio.gather(ensure_topics(kafka, topics), ensure_topics(kafka, topics))
    await ensure_topics(kafka, topics)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    found = await admin.describe_topics(list(topics))
    await admin.close()
    assert {topic["topic"]: len(topic["partitions"]) for topic in found} == topics


async def test_other_counts_are_refused(kafka, prefix):
    """Every topic with another partition count is named, and none is created."""
    await ensure_topics(kafka, {prefix + "a": 3, prefix + "b": 5})
    with pytest.raises(EngineError) as refused:
        await ensure_topics(kafka, {prefix + "a": 4, prefix + "b": 6, prefix + "c": 1})
    assert str(refused.value) == (
        f"topic {prefix}a has 3 partitions, configured are 4; "
        f"topic {prefix}b has 5 partitions, configured are 6; "
        "set REPLYCLOCK_PARTITIONS to what is there, or see docs/upgrading.md"
    )
    with pytest.raises(EngineError):  # and again: not half created
        await ensure_topics(kafka, {prefix + "a": 4})


async def test_impossible_replication_is_refused(kafka, prefix):
    """A topic that Kafka will not create is named, with Kafka's reason."""
    with pytest.raises(EngineError, match=f"did not create topic {prefix}a"):
        await ensure_topics(kafka, {prefix + "a": 1}, policy=TopicPolicy(replication=3))


async def test_changelogs_are_compacted(kafka, prefix):
    """A changelog is created compacted, and set up to stay short."""
    changelog = ChangelogSpec(prefix + "changelog", 2)
    await ensure_topics(kafka, {}, changelogs=[changelog])
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    resource = ConfigResource(ConfigResourceType.TOPIC, changelog.name)
    (response,) = await admin.describe_configs([resource])
    await admin.close()
    found = {entry[0]: entry[1] for entry in response.resources[0][4]}
    assert found["cleanup.policy"] == "compact"
    assert found["min.cleanable.dirty.ratio"] == "0.1"
    assert found["segment.ms"] == "600000"
