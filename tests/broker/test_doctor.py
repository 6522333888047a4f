"""The doctor at a real Kafka: who does its commands as an administrator mends it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from msgspec.structs import replace

from dev.kafka.secure import password_of
from dev.places import REPOSITORY
from dev.stack import Stack
from dev.system import System
from stream.doctor.check import Finding, Mark, examine
from stream.doctor.commands import Commands
from stream.doctor.group import readers_of
from stream.doctor.kafka import KafkaChecks
from stream.process.settings import Settings
from stream.records import encode_fact
from tests.broker.administrator import do
from tests.doctor.test_authors import answer

pytestmark = pytest.mark.broker

ADMIN = {"kafka_username": "admin", "kafka_password": password_of("admin")}
KEYS = [f"whatsapp:1065:{number:020x}".encode() for number in range(60)]


async def found_by(settings: Settings) -> list[Finding]:
    checks = KafkaChecks(settings, 1000)
    return [finding async for finding in examine(checks.checks())]


def faults(findings: list[Finding]) -> dict[str, Finding]:
    """Those that are not good; that nobody works or answers here is none of them."""
    alone = ("worker group", "alerts group", "kafka clock", "authors")
    return {
        finding.name: finding
        for finding in findings
        if finding.mark is not Mark.OK and finding.name not in alone
    }


def commands_of(finding: Finding) -> list[str]:
    return [line for line in finding.remedy if line.startswith("kafka-")]


async def found_when(
    settings: Settings, holds: Callable[[list[Finding]], bool]
) -> list[Finding]:
    """What is found when it holds: Kafka shows a change after a moment."""
    until = time.monotonic() + 15
    while not holds(found := await found_by(settings)):
        if time.monotonic() > until:
            break
        await asyncio.sleep(0.1)
    return found


def is_well(found: list[Finding]) -> bool:
    return not faults(found)


async def mended(broker: str, settings: Settings) -> list[Finding]:
    """Do all that the doctor says, and look again."""
    for finding in faults(await found_by(settings)).values():
        await do(broker, commands_of(finding))
    return await found_when(settings, is_well)


@pytest.fixture
def settings(kafka: str, prefix: str) -> Settings:
    return Settings(broker=kafka, topic_prefix=prefix, partitions=2)


async def test_the_commands_for_missing_topics_make_it_well(kafka, settings):
    """A fault when nobody creates them, a warning when the worker does."""
    by_hand = settings.model_copy(update={"create_topics": False})
    before = faults(await found_by(by_hand))
    assert before["topics"].mark is Mark.FAIL
    assert len(commands_of(before["topics"])) == 5
    assert faults(await found_by(settings))["topics"].mark is Mark.WARN

    after = await mended(kafka, by_hand)

    assert faults(after) == {}
    assert after[2].found == "5 topics, 2 partitions each, copies: 1"


async def test_another_number_of_partitions_in_all_topics(kafka, settings):
    """The setting is what is wrong."""
    await mended(kafka, settings)
    four = settings.model_copy(update={"partitions": 4})

    (finding,) = faults(await found_by(four)).values()

    assert (finding.mark, finding.name) == (Mark.FAIL, "partitions")
    assert finding.remedy == ("for every process: REPLYCLOCK_PARTITIONS=2",)


async def test_another_number_of_partitions_in_one_topic(kafka, settings):
    """That one is made anew by its commands."""
    name = settings.facts_topic
    await mended(kafka, settings)
    start = f"kafka-topics.sh --bootstrap-server {kafka} --command-config"
    start += f" admin.properties --topic {name}"
    await do(kafka, [f"{start} --delete"])
    await found_when(settings, lambda found: "topics" in faults(found))
    await do(kafka, [f"{start} --create --partitions 3 --replication-factor 1"])

    found = await found_when(settings, lambda found: "topics" not in faults(found))
    (finding,) = faults(found).values()
    assert finding.found.startswith(f"{name} has 3; REPLYCLOCK_PARTITIONS is 2")
    delete, create = commands_of(finding)
    await do(kafka, [delete])
    await found_when(settings, lambda found: "topics" in faults(found))
    await do(kafka, [create])

    assert faults(await found_when(settings, is_well)) == {}


async def test_settings_of_topics_that_lose_something(kafka, settings):
    """A changelog that forgets and events that are kept for a day."""
    await mended(kafka, settings)
    changelog = f"{settings.worker_group}-conversations-changelog"
    start = f"kafka-configs.sh --bootstrap-server {kafka} --command-config"
    start += " admin.properties --alter --entity-type topics --entity-name"
    await do(
        kafka,
        [
            f"{start} {changelog} --add-config cleanup.policy=delete",
            f"{start} {settings.events_topic} --add-config retention.ms=86400000",
        ],
    )

    found = [f for f in await found_by(settings) if f.name == "topic settings"]
    assert [f.mark for f in found] == [Mark.WARN, Mark.FAIL]
    for finding in found:
        await do(kafka, commands_of(finding))

    assert faults(await found_when(settings, is_well)) == {}


async def test_keys_in_the_wrong_partition(kafka, settings):
    """A producer that hashes as librdkafka does; ours is told from it."""
    await mended(kafka, settings)
    topic = settings.events_topic
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        for key in KEYS:
            await producer.send_and_wait(topic, b"{}", key=key)
        found = await found_by(settings)
        assert faults(found) == {}
        assert "60 conversations in 60 records, each in its" in str(found)

        for key in KEYS:
            at = zlib.crc32(key) % 2
            await producer.send_and_wait(topic, b"{}", key=key, partition=at)

    finding = faults(await found_by(settings))["keys"]
    assert finding.mark is Mark.FAIL
    assert " of 120 records" in finding.found
    assert finding.remedy[-1] == "partitioner=murmur2_random"


async def test_only_the_newest_records_are_looked_into(kafka, settings):
    """`--sample` bounds what is read, in each partition alike."""
    await mended(kafka, settings)
    topic = settings.events_topic
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        for key in KEYS:
            await producer.send_and_wait(topic, b"{}", key=key)

    checks = KafkaChecks(settings, 10)
    keys, *_ = await checks.records()

    assert " in 10 records, " in keys.found


async def test_todays_answers_are_looked_into(kafka, settings):
    """The facts say by whom they are; an older one does not count."""
    (nobody,) = await KafkaChecks(settings, 10).authors()
    await mended(kafka, settings)
    now = time.time_ns() // 1_000_000
    facts = [answer("known", None), answer("unknown"), answer("old")]
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        for fact in facts:
            noticed_at = 1 if fact.fact_id == "old" else now
            value = encode_fact(replace(fact, noticed_at=noticed_at))
            await producer.send_and_wait(settings.facts_topic, value, key=b"c")

    (finding,) = await KafkaChecks(settings, 10).authors()

    assert (nobody.mark, finding.mark) == (Mark.SKIP, Mark.WARN)
    assert finding.found.startswith("50% of 2 answers in 24 hours by an unknown author")


async def test_a_stamp_from_the_future_shows_whose_clock_is_ahead(kafka, settings):
    """The producer's here, since Kafka by default keeps what he says."""
    await mended(kafka, settings)
    ahead = time.time_ns() // 1_000_000 + 60_000
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        for stamp in (ahead, ahead - 59_000):
            await producer.send_and_wait(
                settings.events_topic, b"{}", key=KEYS[0], timestamp_ms=stamp
            )

    (clock,) = [f for f in await found_by(settings) if f.name == "kafka clock"]
    assert clock.mark is Mark.FAIL
    assert clock.found.startswith("a producer is ")


@pytest.mark.parametrize("which", [0, 1], ids=["worker", "alerts"])
async def test_a_group_is_seen_with_its_members_and_its_lag(kafka, settings, which):
    """None, then one that has all partitions and has not committed."""
    await mended(kafka, settings)
    readers = readers_of(settings)[which]
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        await producer.send_and_wait(readers.topic, b"{}", key=KEYS[0])
    checks = KafkaChecks(settings, 10)

    (nobody,) = await checks.group(readers)
    assert nobody.mark is Mark.WARN
    assert nobody.found == f"{readers.name} has no member; 1 record behind"

    async with AIOKafkaConsumer(
        readers.topic,
        bootstrap_servers=kafka,
        group_id=readers.name,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    ) as consumer:
        await consumer.getone()
        (behind,) = await checks.group(readers)
        await consumer.commit()
        (current,) = await checks.group(readers)

    assert behind.found.endswith("1 member, all 2 partitions, 1 record behind")
    assert (current.mark, current.found) == (
        Mark.OK,
        f"{readers.name}: 1 member, all 2 partitions, 0 records behind",
    )


# -- who we are to Kafka


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("secure")
    with Stack.start(folder, services=["kafka-secure"]) as stack:
        yield stack


def let_in(secure: Stack, prefix: str, **changed: object) -> Settings:
    kafka = secure.secure_kafka
    given = {
        "broker": kafka.listener("SASL_SSL"),
        "topic_prefix": prefix,
        "partitions": 2,
        "create_topics": False,
        "kafka_security_protocol": "SASL_SSL",
        "kafka_username": "worker",
        "kafka_password": password_of("worker"),
        "kafka_ca_file": kafka.file("ca.pem"),
    }
    return Settings(**given | changed)


async def test_the_commands_for_missing_rights_make_it_well(secure, prefix):
    """Hidden topics, then their settings and the group: a command for each right."""
    ours = let_in(secure, prefix)
    before = faults(await found_by(ours))
    assert before["rights"].mark is Mark.FAIL
    assert len(commands_of(before["rights"])) == 5
    await do(secure.broker, commands_of(before["rights"]))

    missing = await found_when(ours, lambda found: "topics" in faults(found))
    await do(secure.broker, commands_of(faults(missing)["topics"]))

    there = await found_when(
        ours, lambda found: "topic settings" in faults(found) and len(found) == 9
    )
    assert [f.name for f in there if f.mark is Mark.FAIL] == ["worker group"]
    assert faults(there)["topic settings"].mark is Mark.SKIP
    await do(secure.broker, commands_of(faults(there)["topic settings"]))
    workers, alerts = there[-2:]
    assert alerts.mark is Mark.SKIP
    await do(secure.broker, commands_of(workers) + commands_of(alerts))

    found = await found_when(
        ours,
        lambda found: not faults(found) and {f.mark for f in found[-2:]} == {Mark.WARN},
    )
    assert faults(found) == {}
    for group in found[-2:]:
        assert group.found.endswith("has no member; 0 records behind")


async def test_who_may_see_events_and_not_read_them(secure, prefix):
    """The right to read is the command; and aiokafka's own complaints are kept back."""
    intake = {"kafka_username": "intake", "kafka_password": password_of("intake")}
    ours = let_in(secure, prefix, **intake)
    admin = let_in(secure, prefix, **ADMIN)
    await mended(secure.broker, admin)
    write = Commands(ours.kafka).allow("topic", ours.events_topic, ["Write"])
    await do(secure.broker, [write])

    found = await found_when(ours, lambda found: "keys" in faults(found))
    finding = faults(found)["keys"]
    assert finding.found == f"this user may not read {ours.events_topic}"
    assert commands_of(finding) == [write.replace("Write", "Read")]

    ended = doctor(environment_of(ours))
    assert (ended.returncode, ended.stderr) == (1, "")


async def test_looking_creates_no_topic(secure, prefix):
    """On a broker that creates what is asked for by name."""
    await found_by(let_in(secure, prefix, **ADMIN))

    assert await topics_of(secure.broker, prefix) == []


REFUSALS = {
    "a wrong password": (
        {"kafka_password": "hush-9931"},
        "it does not know this user and password (SCRAM-SHA-512)",
        "REPLYCLOCK_KAFKA_USERNAME, _PASSWORD",
    ),
    "an authority that did not sign": (
        {"kafka_ca_file": "stranger.pem"},
        "its certificate is not trusted",
        "REPLYCLOCK_KAFKA_CA_FILE",
    ),
    "no TLS where it is wanted": (
        {"kafka_security_protocol": "SASL_PLAINTEXT", "kafka_ca_file": ""},
        "REPLYCLOCK_KAFKA_SECURITY_PROTOCOL",
        "nc -vz 127.0.0.1",
    ),
    "nobody there": ({"broker": "127.0.0.1:9"}, "no connection: ", "nc -vz 127.0.0.1"),
}


@pytest.mark.parametrize(
    ("changed", "said", "mend"), REFUSALS.values(), ids=REFUSALS.keys()
)
async def test_not_let_in(secure, prefix, changed, said, mend):
    """Each kind has its own words; the rest is skipped, and no password shown."""
    if changed.get("kafka_ca_file"):
        file = secure.secure_kafka.file(str(changed["kafka_ca_file"]))
        changed = {"kafka_ca_file": file}

    reach, *others = await found_by(let_in(secure, prefix, **changed))

    assert reach.mark is Mark.FAIL
    assert said in reach.found
    assert mend in " ".join(reach.remedy)
    assert {finding.mark for finding in others} == {Mark.SKIP}
    assert "hush" not in str(reach)
    assert password_of("worker") not in str(reach)


# -- the command


def test_the_whole_system_is_well(start_stack, tmp_path):
    """With all at work every line is ok, but for what cannot be known: exit 0.

    Frozen, Kafka is one line after some seconds, and exit 1.
    """
    stack: Stack = start_stack("kafka", "redis", "slack")
    system = System(stack)
    system.start("worker", "alerts")
    system.wait_ready("worker", "alerts")

    well = doctor(system.environment)
    assert (well.returncode, well.stderr) == (0, "")
    marks = [line.split()[0] for line in well.stdout.splitlines()]
    assert marks == ["ok"] * 7 + ["skip"] * 2 + ["ok"] * 7

    pid = stack.pid("kafka")
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    frozen = doctor(system.environment)
    assert time.monotonic() - began < 12
    assert (frozen.returncode, frozen.stderr) == (1, "")
    assert "FAIL  kafka           no connection: " in frozen.stdout


def environment_of(settings: Settings) -> dict[str, str]:
    access = settings.kafka
    given = {
        "BROKER": access.bootstrap,
        "TOPIC_PREFIX": settings.topic_prefix,
        "PARTITIONS": str(settings.partitions),
        "KAFKA_SECURITY_PROTOCOL": access.protocol,
        "KAFKA_USERNAME": access.username,
        "KAFKA_PASSWORD": access.password,
        "KAFKA_CA_FILE": access.ca_file,
    }
    return {f"REPLYCLOCK_{name}": value for name, value in given.items()}


def doctor(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stream.cli", "doctor"],
        env={**os.environ, **environment},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )


async def topics_of(broker: str, prefix: str) -> list[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    try:
        return [name for name in await admin.list_topics() if name.startswith(prefix)]
    finally:
        await admin.close()
