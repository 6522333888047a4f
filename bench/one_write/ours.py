"""The count on our engine.

python -m bench.one_write.ours BROKER PREFIX
"""

import sys
from collections.abc import Sequence

from aiokafka.structs import ConsumerRecord

from bench.one_write.sides import EVENTS, OURS, READY
from bench.workload import PARTITIONS
from stream.engine import EngineApp, run_worker
from stream.process.logs import set_up_logs


def main() -> int:
    """Run until SIGTERM."""
    set_up_logs("warning", "json")
    broker, prefix = sys.argv[1:]
    app = EngineApp(prefix + OURS, broker=broker, partitions=PARTITIONS)
    table = app.state_table("counts")

    @app.batches(prefix + EVENTS)
    async def count(partition: int, records: Sequence[ConsumerRecord]) -> None:
        known = table.store.partition(partition)
        counts: dict[bytes, int] = {}
        items = []
        for record in records:
            key = record.key
            if (now := counts.get(key)) is None:
                now = int.from_bytes(known.get(key, b""))
            counts[key] = now = now + 1
            items.append((key, now.to_bytes(8)))
        await table.write(partition, items)

    @app.on_restored
    def restored(_partitions: frozenset[int]) -> None:
        print(READY, flush=True)

    return run_worker(app, topics={prefix + EVENTS: PARTITIONS})


if __name__ == "__main__":
    sys.exit(main())
