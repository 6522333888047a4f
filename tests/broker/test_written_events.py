"""The producers of `docs/events.md`, run as they are written there."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer

from dev.stack import Stack
from dev.system import System
from stream.kafka.partitions import partition_of
from tests.pages import blocks

pytestmark = pytest.mark.broker

EVENTS = "conversations.events"
DAY = blocks("events.md", "json")[0]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("written-events")
    with Stack.start(folder, services=["kafka"]) as stack:
        yield stack


@pytest.fixture
def system(stack: Stack, prefix: str) -> Iterator[System]:
    """The worker makes the topics."""
    system = System(stack, prefix=prefix)
    system.start("worker")
    system.wait_ready("worker")
    yield system
    for name in system.names:
        system.kill(name)


async def _records(
    broker: str, topic: str, count: int
) -> list[tuple[bytes, bytes, int, int]]:
    """Key, value, partition and the number of partitions of all that is there."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=broker, auto_offset_reset="earliest"
    )
    found: list[tuple[bytes, bytes, int, int]] = []
    async with consumer, asyncio.timeout(30):
        while len(found) < count:
            batches = await consumer.getmany(timeout_ms=500)
            of = len(consumer.partitions_for_topic(topic) or ())
            found += [
                (record.key, record.value, record.partition, of)
                for records in batches.values()
                for record in records
            ]
    return found


def _is_the_day(broker: str, topic: str) -> None:
    lines = DAY.splitlines()
    found = asyncio.run(_records(broker, topic, len(lines)))
    ids = [json.loads(line)["conversation_id"] for line in lines]
    assert [key.decode() for key, _, _, _ in found] == ids
    assert all(place == partition_of(key, of) for key, _, place, of in found)


def test_the_python_producer(system: System, prefix: str) -> None:
    """Each event under its conversation, in the partition that Kafka gives it."""
    [program] = blocks("events.md", "python")
    assert f'"{EVENTS}"' in program
    program = program.replace(EVENTS, prefix + EVENTS)
    broker = system.stack.broker
    subprocess.run(
        [sys.executable, "-c", program, broker],
        input=DAY.encode(),
        check=True,
        timeout=60,
    )
    _is_the_day(broker, prefix + EVENTS)


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here")
def test_the_curl_producer(system: System, prefix: str, tmp_path: Path) -> None:
    """It is answered for every event of the file."""
    [typed] = blocks("events.md", "sh")
    system.start("intake")
    system.wait_ready("intake")
    environment = os.environ | {
        "INTAKE": system.url("intake"),
        "TOKEN": system.environment["REPLYCLOCK_EVENTS_TOKEN"],
    }
    (tmp_path / "day.jsonl").write_text(DAY, "utf-8")
    done = subprocess.run(
        ["/bin/sh", "-c", typed],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        timeout=60,
    )
    answer = json.loads(done.stdout)
    assert (answer["accepted"], answer["refused"]) == (len(DAY.splitlines()), 0)
    _is_the_day(system.stack.broker, prefix + EVENTS)
