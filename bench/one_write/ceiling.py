"""The count on aiokafka alone: what Python can do with this client, and no framework.

    python -m bench.one_write.ceiling BROKER PREFIX

`getmany`, a dict for each partition, record batches for the changelog, a commit every
half second after all of them were acknowledged. No recovery, no rebalance, no order
check, no lease: nobody should run it.
"""

import sys
import time

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import TopicPartition

from bench.one_write.sides import CEILING, COUNTS, EVENTS, READY
from bench.workload import PARTITIONS
from stream.engine.changelog import BatchWriter

_COMMIT_S = 0.5


async def run(broker: str, prefix: str) -> None:
    """Until it is killed."""
    consumer = AIOKafkaConsumer(
        prefix + EVENTS,
        bootstrap_servers=broker,
        group_id=prefix + CEILING,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=broker, acks="all", linger_ms=5, max_batch_size=256 * 1024
    )

    async def crash(error: BaseException) -> None:
        sys.exit(f"changelog: {error!r}")

    topic = f"{prefix}{CEILING}-{COUNTS}"
    changelog = BatchWriter(topic, producer=lambda: producer, crash=crash)
    counts: list[dict[bytes, int]] = [{} for _ in range(PARTITIONS)]
    await consumer.start()
    await producer.start()
    print(READY, flush=True)
    committed = time.monotonic()
    done: dict[TopicPartition, int] = {}
    while True:
        batches = await consumer.getmany(timeout_ms=100, max_records=2000)
        for tp, records in batches.items():
            known = counts[tp.partition]
            items = []
            for record in records:
                key = record.key
                known[key] = now = known.get(key, 0) + 1
                items.append((key, now.to_bytes(8)))
            await changelog.write(tp.partition, items)
            done[tp] = records[-1].offset + 1
        if done and time.monotonic() - committed > _COMMIT_S:
            await consumer.commit(done)
            committed = time.monotonic()


if __name__ == "__main__":
    uvloop.run(run(*sys.argv[1:]))
