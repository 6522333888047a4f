"""A topic of ours is gone: the worker says so, and the runbook's way leads back."""

import asyncio
import time

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from click.testing import CliRunner, Result
from msgspec.structs import replace

from dev.system import System
from stream.cli import main
from stream.engine import ensure_topics
from stream.engine.admin import open_admin
from stream.kafka.access import KafkaAccess
from stream.kafka.topic_reader import reading
from stream.process.settings import Settings
from stream.records import encode_event
from stream.sla.events import Event, HeartbeatEvent
from stream.sla.facts import Fact, FactKind
from stream.sla.instants import SECOND, from_ms, to_ms
from stream.worker.epoch import Epoch
from tests.broker.test_transactional_source import asked, facts
from tests.timelines import reply

pytestmark = pytest.mark.broker

EVENTS = "conversations.events"
CHANGELOG = "replyclock-worker-conversations-changelog"
GROUP = "replyclock-worker"


async def write(broker: str, *events: Event, also: bytes | None = None) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker) as producer:
        for event in events:
            key = event.conversation_id.encode()
            await producer.send_and_wait(EVENTS, encode_event(event), key)
        if also is not None:
            await producer.send_and_wait(EVENTS, also, b"key")


def heartbeat() -> HeartbeatEvent:
    now = time.time_ns() // 1_000_000
    seen, name = asked("alive"), f"account:{asked('alive').account}"
    return HeartbeatEvent(
        v=1,
        event_id="alive",
        occurred_at=from_ms(now),
        conversation_id=name,
        channel=seen.channel,
        account=seen.account,
    )


async def lose(broker: str, topic: str) -> None:
    async with open_admin(broker) as admin:
        await admin.delete_topics([topic])
        while topic in {found["topic"] for found in await admin.describe_topics()}:  # noqa: ASYNC110 - Kafka sends no event
            await asyncio.sleep(0.1)


async def commits(broker: str) -> int:
    """How many records of the events topic the worker has committed."""
    async with reading(KafkaAccess.to(broker)) as reader:
        places = await reader.partitions(EVENTS)
    async with AIOKafkaConsumer(bootstrap_servers=broker, group_id=GROUP) as consumer:
        return sum([await consumer.committed(place) or 0 for place in places])


def begin_anew(system: System, *words: str) -> Result:
    """Run `replyclock begin-anew`; what it raises beside its exit fails the test."""
    runner = CliRunner(env=system.environment)
    result = runner.invoke(main, ["begin-anew", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def begun_anew(system: System, *words: str) -> str:
    """What it says; Kafka forgets a process that crashed after a session timeout."""
    deadline = time.monotonic() + 20
    while (result := begin_anew(system, "--yes", *words)).exit_code:
        assert "has members: stop" in result.stderr
        assert time.monotonic() < deadline
        time.sleep(0.5)
    return result.stdout


def interrupt(system: System) -> None:
    """Begin anew, and die when the first state was read."""

    class DiedError(Exception):
        pass

    def die(_: int) -> None:
        raise DiedError

    async def begin() -> None:
        settings = Settings(broker=system.stack.broker)
        async with reading(settings.kafka) as reader:
            await Epoch(settings, reader, rebuild=True).begin(die)

    with pytest.raises(DiedError):
        asyncio.run(begin())


def later(key: str) -> Event:
    """A customer whose promise breaks when the worker has been stopped and refused."""
    event = asked(key)
    return replace(event, occurred_at=from_ms(to_ms(event.occurred_at) + 25 * SECOND))


def reply_to(event: Event) -> Event:
    """Ten seconds later, so in time."""
    at = from_ms(to_ms(event.occurred_at) + 10 * SECOND)
    key = event.conversation_id
    said = reply(0)
    return replace(
        said,
        event_id=f"reply-{key}",
        message_id=f"reply-{key}",
        conversation_id=key,
        account=event.account,
        occurred_at=at,
    )


def total(said: str, column: str) -> int:
    """The sum of a column of what the command shows."""
    names, *rows = [line.split("  ") for line in said.splitlines() if "  " in line]
    return sum(int(row.split()[names.index(column)]) for row in map("  ".join, rows))


def told_of(broker: str, key: str) -> list[FactKind]:
    found = asyncio.run(facts(broker))
    return [fact.kind for fact in found if fact.conversation_id == key]


def breaches(broker: str, key: str) -> list[Fact]:
    return [
        fact
        for fact in asyncio.run(facts(broker))
        if fact.conversation_id == key and fact.kind is FactKind.BREACHED
    ]


def until_breached(broker: str, key: str) -> list[Fact]:
    deadline = time.monotonic() + 60
    while not (told := breaches(broker, key)):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return told


def stop_at(system: System, committed: int) -> None:
    deadline = time.monotonic() + 30
    while asyncio.run(commits(system.stack.broker)) < committed:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert system.terminate("worker") == 0


def refused(system: System) -> str:
    before = len(system.logs("worker"))
    system.start("worker")
    assert system.wait_ended("worker") == 1
    (line,) = [
        line
        for line in system.logs("worker")[before:].splitlines()
        if "worker crashed" in line
    ]
    assert "State that does not fit" in line
    return line


def test_a_changelog_that_is_gone(scene):
    """Refused; made again from the events a breach is told in time, under its id."""
    system = scene("worker").system
    broker = system.stack.broker
    asyncio.run(write(broker, asked("first")))
    (breach,) = until_breached(broker, "first")
    asyncio.run(write(broker, later("waits")))
    stop_at(system, 2)
    asyncio.run(lose(broker, CHANGELOG))

    line = refused(system)
    assert f"{CHANGELOG} [" in line
    assert "replyclock begin-anew (" in line
    assert breaches(broker, "waits") == []
    begun_anew(system, "--rebuild")
    system.start("worker")
    system.wait_ready("worker")
    (waited,) = until_breached(broker, "waits")
    assert waited.noticed_at - waited.at < 10 * SECOND
    assert {fact.fact_id for fact in breaches(broker, "first")} == {breach.fact_id}


def test_an_events_topic_made_anew(scene):
    """Refused, where a reply would be thrown away as old and a breach be told.

    Begun anew, the reply counts, and who waits is not forgotten with the events.
    """
    system = scene("worker").system
    broker = system.stack.broker
    first = asked("first")
    before = [asked(f"before-{number}") for number in range(18)]
    asyncio.run(write(broker, first, *before))
    waits, answered = later("waits"), later("answered")
    asyncio.run(write(broker, waits, answered))
    until_breached(broker, "first")
    in_use = begin_anew(system, "--yes")
    assert in_use.exit_code == 1
    assert in_use.stderr.startswith(f"the group {GROUP} has members: stop")
    stop_at(system, 21)
    asyncio.run(lose(broker, EVENTS))
    count = int(system.environment.get("REPLYCLOCK_PARTITIONS", "4"))
    asyncio.run(ensure_topics(broker, {EVENTS: count}))

    line = refused(system)
    assert f"{EVENTS} [" in line
    assert "replyclock begin-anew (" in line
    asyncio.run(write(broker, reply_to(answered), first, waits))
    said = begun_anew(system)
    assert "conversations are kept" in said
    assert total(said, "conversations") == 21
    system.start("worker")
    system.wait_ready("worker")
    (waited,) = until_breached(broker, "waits")
    assert waited.noticed_at - waited.at < 10 * SECOND
    assert FactKind.MET in told_of(broker, "answered")
    assert breaches(broker, "answered") == []
    for kind in (FactKind.CLOCK_STARTED, FactKind.BREACHED):
        assert told_of(broker, "first").count(kind) == 1


def test_what_was_begun_anew_and_not_ended(scene):
    """No worker starts in between; doing it again ends it."""
    system = scene("worker").system
    broker = system.stack.broker
    waits = later("waits")
    asyncio.run(write(broker, waits))
    stop_at(system, 1)
    tried = begin_anew(system, "--dry-run", "--rebuild")
    assert "forgotten, and made again" in tried.stdout
    assert total(tried.stdout, "conversations") == 1
    interrupt(system)

    assert "what was begun did not end: do it again: replyclock" in refused(system)
    assert "closed" in begun_anew(system, "--rebuild")
    system.start("worker")
    system.wait_ready("worker")
    assert until_breached(broker, "waits")
    # As of a conversation that nobody knew, and not as of one that was kept.
    assert told_of(broker, "waits").count(FactKind.CLOCK_STARTED) == 2
    started = {
        fact.fact_id
        for fact in asyncio.run(facts(broker))
        if fact.kind is FactKind.CLOCK_STARTED
    }
    assert len(started) == 1


def test_only_heartbeats_and_what_nobody_can_read(scene):
    """They leave no state: the worker starts again, and again."""
    system = scene("worker").system
    broker = system.stack.broker
    asyncio.run(write(broker, heartbeat(), also=b"{"))
    stop_at(system, 2)
    for _ in range(2):
        system.start("worker")
        system.wait_ready("worker")
        assert system.terminate("worker") == 0
