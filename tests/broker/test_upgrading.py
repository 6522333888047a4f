"""What docs/upgrading.md promises of workers, tried on real Kafka."""

import asyncio
import shlex
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, islice

import msgspec
import pytest
from aiokafka import AIOKafkaProducer
from click.testing import CliRunner

from dev.system import System
from stream.cli import main
from stream.kafka.access import KafkaAccess
from stream.kafka.partitions import partition_of
from stream.kafka.topic_reader import reading
from stream.sla.events import Event
from stream.sla.instants import SECOND, to_ms
from stream.worker.table import VERSION
from tests.broker.administrator import do
from tests.broker.conftest import Scene
from tests.broker.test_state_that_does_not_fit import (
    CHANGELOG,
    EVENTS,
    begin_anew,
    begun_anew,
    breaches,
    later,
    stop_at,
    until_breached,
    write,
)
from tests.broker.test_transactional_source import PROMISE_S, asked
from tests.pages import page

pytestmark = pytest.mark.broker

ALIASES, FACTS = "conversations.aliases", "sla.facts"


@dataclass(frozen=True)
class Line:
    """A record as the page's files have it."""

    key: bytes
    value: bytes
    partition: int = 0


NAME = Line(b"whatsapp:1:a", b'{"v":1,"of":"whatsapp:1:b"}')


async def records(broker: str, topic: str) -> list[Line]:
    async with reading(KafkaAccess.to(broker)) as reader:
        parts = await reader.partitions(topic)
        return [Line(r.key, r.value, r.partition) async for r in reader.last(parts)]


async def put(broker: str, topic: str, found: Iterable[Line]) -> None:
    """As Kafka's own producer does: each key to the partition that murmur2 gives it."""
    async with AIOKafkaProducer(bootstrap_servers=broker) as producer:
        for record in found:
            await producer.send_and_wait(topic, record.value, record.key)


async def rewrite_states(broker: str, version: int) -> None:
    """Have the states of the changelog say that another version wrote them."""
    async with AIOKafkaProducer(bootstrap_servers=broker) as producer:
        for record in await records(broker, CHANGELOG):
            _, *rest = msgspec.msgpack.decode(record.value)
            value = msgspec.msgpack.encode([version, *rest])
            place = record.partition
            await producer.send_and_wait(CHANGELOG, value, record.key, place)


def deadline_of(event: Event) -> int:
    return to_ms(event.occurred_at) + PROMISE_S * SECOND


def crashed(system: System) -> str:
    """The line of a worker that ends by itself with exit status 1."""
    before = len(system.logs("worker"))
    system.start("worker")
    assert system.wait_ended("worker") == 1
    said = system.logs("worker")[before:]
    return next(line for line in said.splitlines() if "worker crashed" in line)


def test_a_worker_of_before_refuses_a_newer_state(scene):
    """It says whose state it is, tells nothing, and leaves all as it is.

    Made anew from the events, who waits is told at the deadline.
    """
    system = scene("worker").system
    broker = system.stack.broker
    waits = later("waits")
    asyncio.run(write(broker, waits))
    stop_at(system, 1)
    asyncio.run(rewrite_states(broker, VERSION + 1))
    states = asyncio.run(records(broker, CHANGELOG))

    said = f"state of version {VERSION + 1}; this worker reads up to {VERSION}"
    assert said in crashed(system)
    refused = begin_anew(system, "--yes")
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert asyncio.run(records(broker, CHANGELOG)) == states
    assert breaches(broker, "waits") == []
    begun_anew(system, "--rebuild")
    system.start("worker")
    system.wait_ready("worker")
    (waited,) = until_breached(broker, "waits")
    assert waited.at == deadline_of(waits)


def commands(script: str, option: str = "") -> list[str]:
    """Those of the page, in order."""
    lines = map(str.strip, page("upgrading.md").splitlines())
    return [each for each in lines if each.startswith(script) and option in each]


def topic_of(command: str) -> str:
    words = shlex.split(command)
    return words[words.index("--topic") + 1]


def doctors_commands(system: System) -> list[str]:
    """What creates the topics that are missing."""
    own = {"REPLYCLOCK_CREATE_TOPICS": "false"}
    said = CliRunner(env=system.environment | own).invoke(main, ["doctor"]).stdout
    lines = map(str.strip, said.splitlines())
    return [each for each in lines if each.startswith("kafka-topics.sh")]


def posted(scene: Scene, least: int) -> list[str]:
    """The timestamps of the messages, when there are so many."""
    deadline = time.monotonic() + 60
    while len(found := scene.slack.messages("C0SALES")) < least:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return [message["ts"] for message in found]


def keys(before: int, after: int) -> Iterator[str]:
    """Conversations in this partition of four, and then in that one of eight."""
    for name in map("conversation-{}".format, count()):
        places = [partition_of(name.encode(), number) for number in (4, 8)]
        if places == [before, after]:
            yield name


def test_another_number_of_partitions(scene):
    """As the page has it: who waited waits on, and nothing is posted twice.

    Those who wait stay in partition 1, from which others go: where alerts had read it
    up to says nothing of the new one. Kafka's console programs are clients here.
    """
    scene = scene("worker", "alerts")
    system, broker = scene.system, scene.system.stack.broker
    (first,) = map(asked, islice(keys(1, 5), 1))
    asyncio.run(write(broker, first))
    before = until_breached(broker, first.conversation_id)
    messages = posted(scene, 1)
    waiting = [later(name) for name in islice(keys(1, 1), 8)]
    asyncio.run(write(broker, *waiting))
    asyncio.run(put(broker, ALIASES, [NAME]))
    stop_at(system, 9)
    assert system.terminate("alerts") == 0

    taken = [topic_of(command) for command in commands("kafka-console-consumer.sh")]
    files = {topic: asyncio.run(records(broker, topic)) for topic in taken}
    asyncio.run(do(broker, commands("kafka-topics.sh", "--delete")))
    system.environment["REPLYCLOCK_PARTITIONS"] = "8"
    asyncio.run(do(broker, until_missing(system, 5)))
    for topic in map(topic_of, commands("kafka-console-producer.sh")):
        asyncio.run(put(broker, topic, files[topic]))
    system.start("worker")
    system.wait_ready("worker")
    for event in waiting:
        (waited,) = until_breached(broker, event.conversation_id)
        assert waited.at == deadline_of(event)
    begun_anew(system, "--alerts")
    system.start("alerts")
    system.wait_ready("alerts")

    assert posted(scene, 1 + len(waiting))[:1] == messages
    assert len(posted(scene, 0)) == 1 + len(waiting)
    again = breaches(broker, first.conversation_id)
    assert [fact.fact_id for fact in again] == [fact.fact_id for fact in before]
    for topic in (EVENTS, ALIASES, FACTS):
        found = asyncio.run(records(broker, topic))
        assert found
        assert all(each.partition == partition_of(each.key, 8) for each in found)


def until_missing(system: System, least: int) -> list[str]:
    """The doctor's commands when Kafka has forgotten so many topics."""
    deadline = time.monotonic() + 20
    while len(found := doctors_commands(system)) < least:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return found


def test_kafkas_folder_is_copied_and_put_back(scene):
    """Stopped, copied and put back whole: the worker goes on where it was then."""
    system = scene("worker").system
    stack = system.stack
    folder, copy = stack.folder / "kafka" / "data", stack.folder / "copy"
    waits = later("waits")
    asyncio.run(write(stack.broker, asked("first"), waits))
    (breach,) = until_breached(stack.broker, "first")
    stop_at(system, 2)
    stack.kill("kafka")
    shutil.copytree(folder, copy)
    stack.restart("kafka")
    asyncio.run(write(stack.broker, asked("after the copy")))
    stack.kill("kafka")
    shutil.rmtree(folder)
    shutil.copytree(copy, folder)
    stack.restart("kafka")
    system.start("worker")
    system.wait_ready("worker")

    (waited,) = until_breached(stack.broker, "waits")
    assert waited.at == deadline_of(waits)
    assert breaches(stack.broker, "first") == [breach]
    events = asyncio.run(records(stack.broker, EVENTS))
    assert {event.key for event in events} == {b"first", b"waits"}  # and no later one
