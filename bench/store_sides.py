"""What `bench.stores` measures; every function runs in a new process.

Seconds are of the wall, memory is megabytes that the process grew by. A figure's name
says both what it is and of which store, so that a report needs nothing else.
"""

import asyncio
import gc
import os
import random
import time
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import uvloop
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition
from prometheus_client import CollectorRegistry

from bench.workload import PARTITIONS
from dev.places import CONFIG
from stream.config import load_config
from stream.engine.store import Item, PartitionStore
from stream.worker.book import Book
from stream.worker.metrics import WorkerMetrics
from stream.worker.waiting import Waiting

Figures = dict[str, float]

_AT_ONCE = 2000
"""Records of a batch, as the worker's consumer has it."""
_KEYS = 200_000
_VALUE = 250
_SEED = 7


class Store(Protocol):
    """What a state table asks of its store."""

    def get(self, partition: int, key: bytes) -> bytes | None: ...

    def apply(self, partition: int, items: Iterable[Item]) -> None: ...

    def items(self, partition: int) -> Iterable[tuple[bytes, bytes]]: ...

    def close(self) -> None: ...


class DictStore(PartitionStore):
    """The product's."""

    def items(self, partition: int) -> Iterable[tuple[bytes, bytes]]:
        return self.partition(partition).items()

    def close(self) -> None:
        """Nothing to close."""


class NoStore(DictStore):
    """Forgets at once: what reading alone takes."""

    def apply(self, partition: int, items: Iterable[Item]) -> None:  # noqa: ARG002
        for _ in items:
            pass


class RocksStore:
    """A RocksDB for each partition, since a partition moves with all it has.

    `wal`: whether what was applied outlives a kill of the process. `sync`: also a
    crash of the machine.
    """

    def __init__(self, folder: Path, *, wal: bool, sync: bool = False) -> None:
        self._rocks = rocks = import_module("rocksdict")
        options = rocks.Options(raw_mode=True)
        options.create_if_missing(True)  # noqa: FBT003
        options.set_write_buffer_size(64 << 20)
        self._partitions = [
            rocks.Rdict(str(folder / str(number)), options=options)
            for number in range(PARTITIONS)
        ]
        self._how = rocks.WriteOptions()
        self._how.disable_wal = not wal
        self._how.sync = sync

    def get(self, partition: int, key: bytes) -> bytes | None:
        found: bytes | None = self._partitions[partition].get(key)
        return found

    def apply(self, partition: int, items: Iterable[Item]) -> None:
        batch = self._rocks.WriteBatch(raw_mode=True)
        for key, value in items:
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        self._partitions[partition].write(batch, self._how)

    def items(self, partition: int) -> Iterable[tuple[bytes, bytes]]:
        found: Iterable[tuple[bytes, bytes]] = self._partitions[partition].items()
        return found

    def close(self) -> None:
        for partition in self._partitions:
            partition.flush()
            partition.close()


def measure_restore(kind: str, broker: str, topic: str, folder: Path) -> Figures:
    """Read the whole changelog into an empty store; leave it in `folder`."""
    folder.mkdir(exist_ok=True)
    store: Store
    match kind:
        case "none":
            store = NoStore()
        case "dict":
            store = DictStore()
        case _:
            store = RocksStore(folder, wal=False)  # fast: Kafka has it all
    before = _memory()
    began = time.perf_counter()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_read(store, broker, topic))
    found = {f"s: changelog into {kind}": time.perf_counter() - began}
    found[f"MB: after reading into {kind}"] = _memory() - before
    if kind == "dict":
        found |= _derive(kind, store, before)
    began = time.perf_counter()
    store.close()
    if kind == "rocks":
        found["s: and the last flush, rocks"] = time.perf_counter() - began
    return found


def measure_reopen(folder: Path) -> Figures:
    """A restart that finds its store: open it, look at every value."""
    before = _memory()
    began = time.perf_counter()
    store = RocksStore(folder, wal=True)
    found = {"s: open rocks": time.perf_counter() - began}
    began = time.perf_counter()
    for partition in range(PARTITIONS):
        for _ in store.items(partition):
            pass
    found["s: look at every value of rocks"] = time.perf_counter() - began
    found |= _derive("rocks", store, before)
    store.close()
    return found


def measure_events(kind: str, folder: Path, events: int) -> Figures:
    """Microseconds an event for a get of each and one write for each batch."""
    folder.mkdir()
    store: Store = DictStore()
    if kind != "dict":
        store = RocksStore(folder, wal=True, sync=kind == "rocks synced")
    keys = [b"whatsapp:15551230001:%020x" % number for number in range(_KEYS)]
    value = random.Random(_SEED).randbytes(_VALUE)  # noqa: S311 - no secret
    for at in range(0, _KEYS, _AT_ONCE):
        some = keys[at : at + _AT_ONCE]
        store.apply(at // _AT_ONCE % PARTITIONS, [(key, value) for key in some])
    batches = _batches(keys, events)
    began = time.perf_counter()
    for partition, batch in batches:
        for key in batch:
            store.get(partition, key)
        store.apply(partition, [(key, value) for key in batch])
    each = (time.perf_counter() - began) / events * 1e6
    store.close()
    return {f"us: an event's get and put, {kind}": each}


def _batches(keys: Sequence[bytes], events: int) -> list[tuple[int, list[bytes]]]:
    """Keys of batches, each of the partition that its keys are in."""
    chance = random.Random(_SEED)  # noqa: S311 - no secret
    places: list[list[bytes]] = [[] for _ in range(PARTITIONS)]
    for number, key in enumerate(keys):
        places[number // _AT_ONCE % PARTITIONS].append(key)
    return [
        (number % PARTITIONS, chance.choices(places[number % PARTITIONS], k=_AT_ONCE))
        for number in range(events // _AT_ONCE)
    ]


async def _read(store: Store, broker: str, topic: str) -> None:
    """As the worker does it (`BatchRecovery.load`): a fetch, one `apply` for each."""
    consumer = AIOKafkaConsumer(bootstrap_servers=broker, fetch_max_wait_ms=200)
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        left = sum((await consumer.end_offsets(places)).values())
        while left > 0:
            batches: dict[TopicPartition, list[Any]] = await consumer.getmany(
                timeout_ms=200, max_records=_AT_ONCE
            )
            for place, records in batches.items():
                store.apply(place.partition, [(r.key, r.value) for r in records])
                left -= len(records)
    finally:
        await consumer.stop()


def _derive(kind: str, store: Store, before: float) -> Figures:
    """What the worker rebuilds from every state (`Book.restore`)."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)  # as the worker has it
    config = load_config(CONFIG)

    async def nothing(*_: object) -> None:
        raise AssertionError("a restore writes nothing")

    book = Book(
        rules=config.rules(),
        read=store.get,
        write_facts=nothing,
        write_states=nothing,
        send_on=nothing,
        metrics=WorkerMetrics(config, CollectorRegistry()),
        waiting=Waiting(),
    )

    async def restore() -> None:
        for partition in range(PARTITIONS):
            await book.restore(partition, store.items(partition))

    began = time.perf_counter()
    asyncio.run(restore())
    seconds = time.perf_counter() - began
    return {  # the book is alive here, and counted
        f"s: deadlines and gauges from {kind}": seconds,
        f"MB: with deadlines and gauges, {kind}": _memory() - before,
    }


def _memory() -> float:
    """Resident megabytes of this process."""
    pages = Path("/proc/self/statm").read_text("utf-8").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6
