"""Starts counting workers, fills topics, reads back what the workers stored."""

import asyncio
import json
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import RecordsToDelete
from aiokafka.structs import ConsumerRecord, TopicPartition

from dev.wire import Wire
from stream.engine import ensure_topics
from stream.engine.admin import open_admin

PARTITIONS = 4
_SCRIPT = Path(__file__).with_name("counting_worker.py")
_ROOT = Path(__file__).parents[2]
_PATIENCE_S = 40.0


class Worker:
    """One process of `counting_worker.py`."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self.log = log
        self.told: list[dict[str, Any]] = []

    async def until(self, condition: Callable[[list[dict[str, Any]]], bool]) -> None:
        """Read what it tells until the condition on all of it holds."""
        async with asyncio.timeout(_PATIENCE_S):
            while not condition(self.told):
                if not await self._read():
                    raise AssertionError(f"worker ended:\n{self.log.read_text()}")

    async def end(self, number: signal.Signals | None = None) -> int:
        """Send the signal, read the rest, return the exit code."""
        if number is not None:
            self.process.send_signal(number)
        async with asyncio.timeout(_PATIENCE_S):
            while await self._read():
                pass
            return await self.process.wait()

    async def _read(self) -> bool:
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if line.endswith(b"\n"):  # a killed worker may leave half a line
            self.told.append(json.loads(line))
        return bool(line)

    def did(self, what: str) -> list[dict[str, Any]]:
        return [told for told in self.told if told["did"] == what]

    def handled(self) -> int:
        """How many records went through its handler, repeats included."""
        return sum(batch["last"] - batch["first"] + 1 for batch in self.did("batch"))


class Engine:
    """A prefix of topics on a broker, and the workers on it."""

    def __init__(self, broker: str, prefix: str, folder: Path) -> None:
        self.broker = broker
        self.prefix = prefix
        self.events = prefix + "events"
        self.folder = folder
        self.workers: list[Worker] = []
        self.sent: Counter[bytes] = Counter()

    async def start(
        self,
        broker: str | None = None,
        wire: Wire | None = None,
        **options: float | str,
    ) -> Worker:
        log = self.folder / f"worker-{len(self.workers)}.log"
        with log.open("wb") as errors:
            command = [sys.executable, str(_SCRIPT), broker or self.broker]
            command += [self.prefix, json.dumps(options)]
            process = await asyncio.create_subprocess_exec(
                *(wire.behind(command) if wire else command),
                cwd=_ROOT,
                env={"PYTHONPATH": str(_ROOT), "PYTHONUNBUFFERED": "1"},
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
            )
        worker = Worker(process, log)
        self.workers.append(worker)
        return worker

    async def create(self) -> None:
        names = (self.events, self.prefix + "answers")
        await ensure_topics(self.broker, dict.fromkeys(names, PARTITIONS))

    async def send(
        self, count: int, *, keys: int = 500, value: bytes = b"count"
    ) -> None:
        """`count` records, the same share for each partition."""
        producer = AIOKafkaProducer(bootstrap_servers=self.broker, linger_ms=5)
        await producer.start()
        try:
            for partition in range(PARTITIONS):
                batch = producer.create_batch()
                for number in range(count // PARTITIONS):
                    key = b"%d-%d" % (partition, number % keys)
                    self.sent[key] += 1
                    while batch.append(key=key, value=value, timestamp=None) is None:
                        await producer.send_batch(
                            batch, self.events, partition=partition
                        )
                        batch = producer.create_batch()
                await producer.send_batch(batch, self.events, partition=partition)
            await producer.flush()
        finally:
            await producer.stop()

    async def delete_before(self, offset: int) -> None:
        """What retention does: the events before `offset` are gone."""
        async with open_admin(self.broker) as admin:
            await admin.delete_records(
                {
                    TopicPartition(self.events, partition): RecordsToDelete(offset)
                    for partition in range(PARTITIONS)
                }
            )

    async def caught_up(self, worker: Worker) -> None:
        """Wait until a worker that owns all partitions has applied all events."""
        everything = self.sent.total()

        def done(told: list[dict[str, Any]]) -> bool:
            ticks = [entry for entry in told[-5:] if entry["did"] == "tick"]
            return any(
                tick["applied"] == tick["ends"]
                and sum(tick["ends"].values()) == everything
                for tick in ticks
            )

        await worker.until(done)

    async def stored(self) -> Counter[bytes]:
        """The counts that a restart would restore: the changelog, replayed."""
        state = await self.changelog()
        return Counter({key: json.loads(value)["n"] for key, value in state.items()})

    async def changelog(self) -> dict[bytes, bytes]:
        """The changelog's last value of each key."""
        topic = self.prefix + "app-counts-changelog"
        return {key: value for _, key, value in await self.read(topic)}

    async def read(self, topic: str) -> list[tuple[int, bytes, bytes]]:
        """All records (partition, key, value) of a topic."""
        return [(r.partition, r.key, r.value) for r in await self.records(topic)]

    async def records(self, topic: str) -> list[ConsumerRecord]:
        """All records of a topic."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.broker)
        await consumer.start()
        try:
            tps = [TopicPartition(topic, partition) for partition in range(PARTITIONS)]
            consumer.assign(tps)
            await consumer.seek_to_beginning(*tps)
            ends = await consumer.end_offsets(tps)
            found: list[ConsumerRecord] = []
            while any([await consumer.position(tp) < ends[tp] for tp in tps]):
                batches = await consumer.getmany(timeout_ms=200)
                for records in batches.values():
                    found += records
            return found
        finally:
            await consumer.stop()


@pytest.fixture
async def engine(kafka: str, prefix: str, tmp_path: Path) -> AsyncIterator[Engine]:
    """Topics of the test's own on the shared broker; workers end with the test."""
    started = Engine(kafka, prefix, tmp_path)
    yield started
    for worker in started.workers:
        if worker.process.returncode is None:
            worker.process.kill()
            await worker.end()
