"""Kafka as users have it: TLS, passwords and rights, up to Slack and one clear line."""

import asyncio
import re
import shlex
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.admin import CreateAclsRequest

from alerts.alert import AlertState
from alerts.slack.sentences import EMOJI
from dev.kafka.secure import SecureKafka, password_of
from dev.places import CONFIG, REPOSITORY
from dev.slack.client import SlackStandIn
from dev.stack import Stack
from dev.system import PROCESSES, System
from stream.channels.signature import sign
from stream.config import load_config
from stream.engine import EngineError, ensure_topics
from stream.engine.topic import ChangelogSpec, TableSpec
from stream.kafka.access import KafkaAccess
from stream.kafka.probe import KafkaRefusedError, KafkaUnreachableError, probe
from stream.kafka.topic_policy import TopicPolicy
from stream.simulator.loading import events_of, load_events
from stream.simulator.play import write_play
from tests.bodies import asked, on_the_wire

pytestmark = pytest.mark.broker

RESOURCES = {"--topic": 2, "--group": 3}
OPERATIONS = {"Read": 3, "Write": 4, "Create": 5, "Describe": 8}
CLUSTER, LITERAL, ALLOW = 4, 3, 3


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose Kafka asks who is there."""
    folder = tmp_path_factory.mktemp("secure")
    services = ("kafka-secure", "redis", "slack")
    with Stack.start(folder, services=services) as stack:
        yield stack


def way_in(
    kafka: SecureKafka, protocol: str, mechanism: str = "PLAIN", user: str = "admin"
) -> KafkaAccess:
    tls, sasl = protocol.endswith("SSL"), protocol.startswith("SASL")
    mutual = protocol == "SSL"
    return KafkaAccess(
        bootstrap=kafka.listener(protocol),
        protocol=protocol,
        mechanism=mechanism,
        username=user if sasl else "",
        password=password_of(user) if sasl else "",
        ca_file=kafka.file("ca.pem") if tls else "",
        cert_file=kafka.file("client.pem") if mutual else "",
        key_file=kafka.file("client.key") if mutual else "",
    )


@pytest.mark.parametrize(
    ("protocol", "mechanism"),
    [
        ("SASL_SSL", "SCRAM-SHA-256"),
        ("SASL_SSL", "SCRAM-SHA-512"),
        ("SASL_SSL", "PLAIN"),
        ("SASL_PLAINTEXT", "SCRAM-SHA-256"),
        ("SASL_PLAINTEXT", "PLAIN"),
        ("SSL", "PLAIN"),
    ],
)
async def test_every_way_in_works(secure, protocol, mechanism):
    """Each protocol with each mechanism is let in; SSL shows a certificate."""
    access = way_in(secure.secure_kafka, protocol, mechanism)
    assert access.faults() == []
    await probe(access)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "wrong"}, "does not know this user and password (PLAIN)"),
        (
            {"password": "wrong", "mechanism": "SCRAM-SHA-512"},
            "does not know this user and password (SCRAM-SHA-512)",
        ),
        ({"username": "nobody"}, "does not know this user and password"),
        ({"ca_file": "stranger.pem"}, "certificate is not trusted"),
        ({"ca_file": ""}, "trusted are the authorities of this machine"),
    ],
)
async def test_a_refusal_is_one_line(secure, changes, said):
    """Who is not let in, or trusts another authority, is told which setting it is."""
    kafka = secure.secure_kafka
    if changes.get("ca_file"):
        changes = {"ca_file": kafka.file(changes["ca_file"])}
    access = replace(way_in(kafka, "SASL_SSL"), **changes)
    with pytest.raises(KafkaRefusedError) as refused:
        await probe(access)
    text = str(refused.value)
    assert said in text
    assert "REPLYCLOCK_KAFKA_" in text
    assert "\n" not in text
    assert access.password not in text


@pytest.mark.parametrize("protocol", ["SASL_SSL", "SASL_PLAINTEXT", "SSL"])
async def test_the_wrong_protocol_is_guessed(secure, protocol):
    """A client without security that dials a listener with it is told what may be."""
    address = secure.secure_kafka.listener(protocol)
    with pytest.raises(KafkaUnreachableError, match="SECURITY_PROTOCOL"):
        await probe(KafkaAccess(bootstrap=address))


async def test_one_broker_that_answers_is_enough(secure):
    """An address where nobody listens does not matter beside one where Kafka is."""
    access = way_in(secure.secure_kafka, "SASL_SSL")
    await probe(replace(access, bootstrap=f"127.0.0.1:9,{access.bootstrap}"))


async def test_asking_creates_no_topic(secure, prefix):
    """On a broker that creates what is asked for, looking for topics makes none."""
    topics = {prefix + "a": 3}
    with pytest.raises(EngineError, match="CREATE_TOPICS is false"):
        await ensure_topics(secure.broker, topics, policy=TopicPolicy(create=False))
    assert await partitions_of(secure.broker, prefix) == {}

    await ensure_topics(secure.broker, topics)
    assert await partitions_of(secure.broker, prefix) == topics


async def test_who_may_not_create_gets_the_commands(secure, prefix):
    """Without the right to create topics the start stops with the commands for it."""
    access = way_in(secure.secure_kafka, "SASL_SSL", user="intake")
    with pytest.raises(EngineError, match="this user may not create topics") as refused:
        await ensure_topics(access, {prefix + "a": 3})
    first, command = str(refused.value).splitlines()
    assert first.endswith("create with:")
    assert command.startswith("kafka-topics.sh --bootstrap-server")
    assert f"--create --topic {prefix}a --partitions 3" in command


@pytest.mark.parametrize(
    ("mechanism", "creates"), [("SCRAM-SHA-512", True), ("PLAIN", False)]
)
async def test_all_processes_with_the_rights_of_the_manual(
    secure, prefix, mechanism, creates
):
    """The rights in docs/kafka.md are enough, from a webhook to a message in Slack."""
    *rights, to_create = rights_of_the_manual()
    assert "Create" in to_create
    await grant(secure.broker, prefix, [*rights, to_create] if creates else rights)
    system = secured(secure, prefix, mechanism)
    if not creates:
        system.environment["REPLYCLOCK_CREATE_TOPICS"] = "false"
        await create_for(secure.broker, prefix)
    await asyncio.to_thread(system.start_as_themselves)

    answer = await asyncio.to_thread(post, system)
    slack = SlackStandIn(secure.slack_page_url)
    slack.reset()
    begin = time.time_ns() // 1_000_000 - 60_000
    play = write_play(
        load_config(CONFIG).rules(), seed=3, start=begin, seconds=34, rate=40
    )
    access = way_in(secure.secure_kafka, "SASL_SSL", mechanism)
    events = events_of(play.deliveries)
    await load_events(access, f"{prefix}conversations.events", events)

    unanswered = play.truth.breached - play.truth.answered_late
    assert unanswered > 0
    async with asyncio.timeout(40):
        while broken_in(slack) != unanswered:  # noqa: ASYNC110  Slack sends no event
            await asyncio.sleep(0.1)
    assert answer == 200
    for name in PROCESSES:
        assert password_of(name) not in system.logs(name)

    for name, *words in (["worker"], ["alerts", "--alerts"]):
        assert await asyncio.to_thread(system.terminate, name) == 0
        command = ["begin-anew", "--yes", *words]
        anew = await asyncio.to_thread(run, system.environment_of(name), *command)
        assert (anew.returncode, anew.stderr.count("Error")) == (0, 0)
        assert anew.stdout.endswith("begun anew: start the processes again\n")


@pytest.mark.parametrize("name", PROCESSES)
def test_a_wrong_password_ends_the_process_with_one_line(secure, prefix, name):
    """Exit 1, and the last line says which settings; no traceback, no password."""
    system = secured(secure, prefix, "SCRAM-SHA-512")
    password = {"REPLYCLOCK_KAFKA_PASSWORD": "mistyped-7421"}
    ended = run(system.environment_of(name) | password, name)
    assert ended.returncode == 1
    last = ended.stderr.splitlines()[-1]
    assert "does not know this user and password" in last
    assert "Traceback" not in ended.stderr
    assert "mistyped-7421" not in ended.stderr


def test_missing_topics_end_the_worker_with_their_commands(secure, prefix):
    """With CREATE_TOPICS=false the worker prints a command for each of its topics."""
    system = secured(secure, prefix, "PLAIN")
    more = {
        "REPLYCLOCK_CREATE_TOPICS": "false",
        "REPLYCLOCK_REPLICATION": "3",
        "REPLYCLOCK_KAFKA_USERNAME": "admin",
        "REPLYCLOCK_KAFKA_PASSWORD": password_of("admin"),
    }
    ended = run(system.environment_of("worker") | more, "worker")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    commands = ended.stderr.partition("create with:\n")[2].splitlines()
    delete = "--config cleanup.policy=delete --config retention.ms=604800000"
    start = f"kafka-topics.sh --bootstrap-server {system.address} --command-config"
    assert len(commands) == 5
    assert commands[0] == (
        f"{start} admin.properties --create --topic {prefix}conversations.events"
        f" --partitions 4 --replication-factor 3 {delete}"
        " --config min.insync.replicas=2"
    )
    assert f"{prefix}replyclock-worker-conversations-changelog" in commands[3]
    assert "--config cleanup.policy=compact" in commands[3]


# -- what the tests do


class SecuredSystem(System):
    """Our processes, each with its own user, over TLS."""

    def __init__(self, stack: Stack, prefix: str, access: KafkaAccess) -> None:
        super().__init__(stack, prefix=prefix)
        self.address = access.bootstrap
        self.environment |= {
            "REPLYCLOCK_BROKER": access.bootstrap,
            "REPLYCLOCK_KAFKA_SECURITY_PROTOCOL": access.protocol,
            "REPLYCLOCK_KAFKA_SASL_MECHANISM": access.mechanism,
            "REPLYCLOCK_KAFKA_CA_FILE": access.ca_file,
        }

    def environment_of(self, name: str) -> dict[str, str]:
        return {
            **self.environment,
            "REPLYCLOCK_KAFKA_USERNAME": name,
            "REPLYCLOCK_KAFKA_PASSWORD": password_of(name),
        }

    def start_as_themselves(self) -> None:
        for name in ("worker", "alerts", "intake"):
            self.environment = self.environment_of(name)
            self.start(name)
            self.wait_ready(name)


def secured(stack: Stack, prefix: str, mechanism: str) -> SecuredSystem:
    access = way_in(stack.secure_kafka, "SASL_SSL", mechanism)
    return SecuredSystem(stack, prefix, access)


def run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stream.cli", *words],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def post(system: System) -> int:
    body = on_the_wire(asked())
    headers = {"X-Hub-Signature-256": sign(system.app_secrets["whatsapp"], body)}
    request = urllib.request.Request(  # noqa: S310  http by construction
        system.url("intake") + "/hooks/whatsapp", data=body, headers=headers
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  as above
        return int(answer.status)


def broken_in(slack: SlackStandIn) -> int:
    """Alerts whose customer still waits; of who was answered, they say so."""
    return sum(
        message["text"].startswith(EMOJI[AlertState.BREACHED])
        for channel in ("C0SALES", "C0OPS")
        for message in slack.messages(channel)
    )


def rights_of_the_manual() -> list[list[str]]:
    """The words of each kafka-acls.sh command in docs/kafka.md."""
    text = (REPOSITORY / "docs" / "kafka.md").read_text(encoding="utf-8")
    commands = re.findall(r"^kafka-acls.sh (.+)$", text, re.MULTILINE)
    assert len(commands) == 13
    return [shlex.split(command) for command in commands]


async def create_for(broker: str, prefix: str) -> None:
    """What an administrator does beforehand."""
    names = ("conversations.events", "sla.facts", "sla.dead-letters")
    changelog = f"{prefix}replyclock-worker-conversations-changelog"
    await ensure_topics(
        broker,
        {prefix + name: 4 for name in names},
        changelogs=[
            ChangelogSpec(changelog, 4),
            TableSpec(f"{prefix}conversations.aliases", 4),
        ],
    )


async def grant(broker: str, prefix: str, commands: list[list[str]]) -> None:
    """Do what kafka-acls.sh would, with the prefix before topics and groups."""
    client = AIOKafkaClient(bootstrap_servers=broker)
    await client.bootstrap()
    try:
        for words in commands:
            pairs = list(pairwise(words))
            (principal,) = [b for a, b in pairs if a == "--allow-principal"]
            resources = [(RESOURCES[a], prefix + b) for a, b in pairs if a in RESOURCES]
            if "--cluster" in words:
                resources = [(CLUSTER, "kafka-cluster")]
            (resource,) = resources
            for operation in [b for a, b in pairs if a == "--operation"]:
                acl = (LITERAL, principal, "*", OPERATIONS[operation], ALLOW)
                answer = await client.send(
                    client.get_random_node(), CreateAclsRequest(*resource, *acl)
                )
                assert [code for code, _ in answer.creation_responses] == [0]
    finally:
        await client.close()


async def partitions_of(broker: str, prefix: str) -> dict[str, int]:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    try:
        return {
            topic["topic"]: len(topic["partitions"])
            for topic in await admin.describe_topics()
            if topic["topic"].startswith(prefix)
        }
    finally:
        await admin.close()
