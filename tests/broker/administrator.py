"""Does what Kafka's own commands would, so that printed commands can be tried."""

import shlex
from collections.abc import Iterable
from itertools import pairwise

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.admin import CreateAclsRequest

RESOURCES = {"--topic": 2, "--group": 3}
OPERATIONS = {"Read": 3, "Write": 4, "Describe": 8, "DescribeConfigs": 10}
LITERAL, ALLOW = 3, 3


async def do(broker: str, commands: Iterable[str]) -> None:
    """Each line; one that is no command of Kafka's fails the test."""
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    try:
        for command in commands:
            script, *words = shlex.split(command)
            assert words[:1] == ["--bootstrap-server"]
            assert words[2:4] == ["--command-config", "admin.properties"]
            given = list(pairwise(words[4:]))
            match script:
                case "kafka-topics.sh" if "--create" in words:
                    await _create(admin, given)
                case "kafka-topics.sh" if "--delete" in words:
                    await admin.delete_topics([_one(given, "--topic")])
                case "kafka-configs.sh" if "--alter" in words:
                    await _alter(admin, given)
                case "kafka-acls.sh" if "--add" in words:
                    await _allow(broker, given)
                case _:
                    raise AssertionError(command)
    finally:
        await admin.close()


def _all(given: list[tuple[str, str]], name: str) -> list[str]:
    return [value for key, value in given if key == name]


def _one(given: list[tuple[str, str]], name: str) -> str:
    (value,) = _all(given, name)
    return value


async def _create(admin: AIOKafkaAdminClient, given: list[tuple[str, str]]) -> None:
    topic = NewTopic(
        _one(given, "--topic"),
        int(_one(given, "--partitions")),
        int(_one(given, "--replication-factor")),
        topic_configs=dict(each.split("=", 1) for each in _all(given, "--config")),
    )
    answer = await admin.create_topics([topic])
    assert [code for _, code, *_ in answer.topic_errors] == [0]


async def _alter(admin: AIOKafkaAdminClient, given: list[tuple[str, str]]) -> None:
    # This request sets all that differ from the broker's; the command only one.
    name, (key, value) = (
        _one(given, "--entity-name"),
        _one(given, "--add-config").split("=", 1),
    )
    (before,) = await admin.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name)]
    )
    kept = ("cleanup.policy", "retention.ms", "min.insync.replicas")
    (found,) = before.resources
    configs = {each[0]: each[1] for each in found[4] if each[0] in kept}
    assert configs[key] != value
    resource = ConfigResource(
        ConfigResourceType.TOPIC, name, configs=configs | {key: value}
    )
    (answer,) = await admin.alter_configs([resource])
    assert [code for code, *_ in answer.resources] == [0]


async def _allow(broker: str, given: list[tuple[str, str]]) -> None:
    client = AIOKafkaClient(bootstrap_servers=broker)
    await client.bootstrap()
    principal = _one(given, "--allow-principal")
    ((kind, name),) = [(RESOURCES[k], v) for k, v in given if k in RESOURCES]
    try:
        for operation in _all(given, "--operation"):
            acl = (LITERAL, principal, "*", OPERATIONS[operation], ALLOW)
            answer = await client.send(
                client.get_random_node(), CreateAclsRequest(kind, name, *acl)
            )
            assert [code for code, _ in answer.creation_responses] == [0]
    finally:
        await client.close()
