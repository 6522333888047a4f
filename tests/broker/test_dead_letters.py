"""Dead letters on a real Kafka: the worker stops, and what was lost is given back."""

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Iterator

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.structs import TopicPartition
from click.testing import CliRunner, Result

from dev.demo.seen import read_topic
from dev.stack import Stack
from dev.system import System
from stream.cli import main
from stream.engine import ensure_topics
from stream.records import DeadLetter, decode_dead_letter, decode_fact, encode_event
from stream.sla.events import Channel
from stream.sla.facts import FactKind
from tests.timelines import customer

pytestmark = pytest.mark.broker

PARTITIONS = 4
EVENTS, FACTS, LETTERS = "conversations.events", "sla.facts", "sla.dead-letters"
KEY = b"c"
HOME = DefaultPartitioner()(KEY, list(range(PARTITIONS)), list(range(PARTITIONS)))
GOOD = encode_event(customer(0))
PERSONAL = ("Anna", "36301234567")
BAD = (
    b'{"v":1,"kind":"message","channel":"Anna","text":"call me",'
    b'"phone":36301234567,"36301234567":{"name":"Anna"}}'
)
WHY = f"Invalid enum value - at `$.channel`: one of {', '.join(Channel)}"
WRONG_KEY = "the key is not the conversation_id"
ONE = "\n1 dead letter, 0 of them resent\n"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("dead-letters")
    with Stack.start(folder, services=["kafka"]) as stack:
        yield stack


@pytest.fixture
def system(stack, prefix) -> Iterator[System]:
    """Our processes with topics of their own, the limit at fifty in a row."""
    system = System(stack, prefix=prefix)
    system.environment["REPLYCLOCK_DEAD_LETTERS_CONSECUTIVE"] = "50"
    topics = {prefix + name: PARTITIONS for name in (EVENTS, FACTS, LETTERS)}
    asyncio.run(ensure_topics(stack.broker, topics))
    yield system
    for name in system.names:
        system.kill(name)


def test_the_worker_stops_and_a_restart_adds_nothing(system, prefix):
    """Fifty unreadable records in a row: exit 1, one line, nothing committed.

    A restart ends the same way without another letter; with a higher limit it goes
    on, and the events behind the unreadable ones are applied.
    """
    put(system, prefix, [(KEY, HOME, BAD)] * 80 + [(KEY, HOME, GOOD)])

    for _ in range(2):
        system.start("worker")
        assert system.wait_ended("worker") == 1
        assert [letter.offset for letter in letters(system, prefix)] == [*range(50)]
        assert committed(system, prefix) == {}
        log = system.logs("worker")
        assert not any(word in log for word in PERSONAL)
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    (crash,) = [line for line in lines if line["event"] == "worker crashed"][-1:]
    assert crash["reason"].startswith(
        f"50 of the last 50 records of {prefix}{EVENTS}, partition {HOME}, cannot be"
        f" read (up to offset 49); the commonest reason, 100%: {WHY}."
    )

    system.environment["REPLYCLOCK_DEAD_LETTERS_CONSECUTIVE"] = "0"
    system.environment["REPLYCLOCK_DEAD_LETTERS_RATIO"] = "1"
    system.start("worker")
    wait_until(lambda: clocks(system, prefix) == 1)
    found = letters(system, prefix)
    assert sorted(letter.offset for letter in found) == [*range(80)]
    assert {letter.reason for letter in found} == {WHY}


def test_what_was_dead_is_listed_shown_and_resent(system, prefix):
    """An event under a wrong key is found, looked at, and starts its clock at last."""
    empty = command(system, "list")
    assert (empty.exit_code, empty.stdout) == (0, "no dead letters\n")
    assert command(system, "resend", "--all").stdout == "nothing to resend\n"

    away = (HOME + 1) % PARTITIONS
    put(system, prefix, [(b"x", away, BAD), (b"x", away, GOOD), (KEY, HOME, BAD)])
    system.start("worker")
    wait_until(lambda: len(letters(system, prefix)) == 3)
    events = f"{prefix}{EVENTS}"

    listed = command(system, "list")
    assert f"  {events} {away}:1  {WRONG_KEY}\n" in listed.stdout
    assert listed.stdout.endswith(
        f"\n3 dead letters, 0 of them resent\n       2  {WHY}\n       1  {WRONG_KEY}\n"
    )
    assert ONE in command(system, "list", "--reason", "KEY").stdout
    chosen = command(system, "list", "--reason", "KEY", "--format", "json")
    (letter,) = json.loads(chosen.stdout)["letters"]
    assert (letter["partition"], letter["offset"]) == (away, 1)
    later = command(system, "list", "--since", "2100-01-01T00:00:00Z")
    assert later.stdout == "none of 3 dead letters\n"
    few = command(system, "list", "--limit", "1")
    assert few.stdout.count(events) == 1
    assert "2 earlier ones are left out" in few.stderr

    shown = command(system, "show", f"{HOME}:0")
    assert f"reason: {WHY}\n" in shown.stdout
    assert '"kind": "message"' in shown.stdout
    assert '"channel": "<4 characters>"' in shown.stdout
    for result in (listed, chosen, shown):
        assert not any(word in result.stdout + result.stderr for word in PERSONAL)
    raw = command(system, "show", f"{HOME}:0", "--raw")
    assert raw.stdout.endswith(BAD.decode() + "\n")
    assert "personal data" in raw.stderr
    assert command(system, "show", f"{HOME}:7").exit_code == 1

    tried = command(system, "resend", "--all", "--dry-run")
    assert (tried.exit_code, tried.stdout) == (1, "1 of 3 records would be resent\n")
    assert clocks(system, prefix) == 0
    done = command(system, "resend", "--all", "--reason", "key", "--yes")
    assert (done.exit_code, done.stdout) == (0, "1 of 1 records resent\n")
    wait_until(lambda: clocks(system, prefix) == 1)

    assert command(system, "resend", "--all").exit_code == 2  # --yes is missing
    again = command(system, "resend", "--all", "--yes")
    assert (again.exit_code, again.stdout) == (1, "0 of 2 records resent\n")
    assert f"{HOME}:0 cannot be read: {WHY}\n" in again.stderr
    twice = command(system, "resend", f"{away}:1")
    assert (twice.exit_code, twice.stdout) == (0, "nothing to resend\n")
    assert f"{away}:1 was resent before\n" in twice.stderr
    assert values(system, prefix + EVENTS).count(GOOD) == 2
    assert "1 of them resent" in command(system, "list").stdout
    assert command(system, "resend", "3:99").exit_code == 1

    forget(system, TopicPartition(events, away), before=1)
    assert "no longer in the topic" in command(system, "show", f"{away}:0").stdout
    gone = command(system, "resend", f"{away}:0", "--yes")
    assert (gone.exit_code, gone.stdout) == (1, "0 of 1 records resent\n")


def test_topics_that_are_not_there_are_one_line(system):
    """Another prefix than the worker's: exit 1, and the setting to look at."""
    system.environment["REPLYCLOCK_TOPIC_PREFIX"] = "other."
    result = command(system, "list")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: other.sla.dead-letters is missing in Kafka")
    assert len(result.stderr.splitlines()) == 1


# -- what the tests do


def command(system: System, *words: str) -> Result:
    """Run `replyclock dead-letters`; what it raises beside its exit fails the test."""
    runner = CliRunner(env=system.environment)
    result = runner.invoke(main, ["dead-letters", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def put(
    system: System, prefix: str, records: Iterable[tuple[bytes, int, bytes]]
) -> None:
    async def send() -> None:
        async with AIOKafkaProducer(bootstrap_servers=system.stack.broker) as producer:
            for key, partition, value in records:
                await producer.send(prefix + EVENTS, value, key, partition)

    asyncio.run(send())


def values(system: System, topic: str) -> list[bytes]:
    found = asyncio.run(read_topic(system.stack.broker, topic))
    return [value for partition in found for value in partition]


def letters(system: System, prefix: str) -> list[DeadLetter]:
    return [decode_dead_letter(value) for value in values(system, prefix + LETTERS)]


def clocks(system: System, prefix: str) -> int:
    facts = map(decode_fact, values(system, prefix + FACTS))
    return sum(fact.kind is FactKind.CLOCK_STARTED for fact in facts)


def committed(system: System, prefix: str) -> dict[int, int]:
    """Where the workers' group stands, by partition of the events."""

    async def ask() -> dict[int, int]:
        admin = AIOKafkaAdminClient(bootstrap_servers=system.stack.broker)
        await admin.start()
        try:
            group = f"{prefix}replyclock-worker"
            found = await admin.list_consumer_group_offsets(group)
        finally:
            await admin.close()
        return {
            place.partition: meta.offset
            for place, meta in found.items()
            if place.topic == prefix + EVENTS and meta.offset > 0
        }

    return asyncio.run(ask())


def forget(system: System, place: TopicPartition, *, before: int) -> None:
    """Do what retention would."""

    async def delete() -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=system.stack.broker)
        await admin.start()
        try:
            await admin.delete_records({place: RecordsToDelete(before_offset=before)})
        finally:
            await admin.close()

    asyncio.run(delete())


def wait_until(holds: Callable[[], bool], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)
