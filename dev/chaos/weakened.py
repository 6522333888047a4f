"""Workers with one mend of the engine switched off: chaos must notice.

    python -m dev.chaos.weakened lease worker

Patched from outside, in this process only: the product has no such switch.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from faust.types import TP

from stream.cli import main
from stream.engine import changelog, lease
from stream.engine.consumer import BatchConsumer
from stream.engine.recovery import BatchRecovery


def _let_everything_through() -> None:
    """Without the order check, which would heal what the others break."""

    async def as_it_comes(
        _self: BatchConsumer, _tp: TP, batch: Sequence[Any]
    ) -> Sequence[Any]:
        return batch

    BatchConsumer._in_order = as_it_comes  # type: ignore[assignment,method-assign]  # noqa: SLF001


def without_recovery_order() -> None:
    """H1: partitions are resumed, and fetched from, before the queues are emptied."""
    _let_everything_through()

    async def stock(self: BatchRecovery, _generation_id: int = 0) -> None:
        app, consumer = self.app, self.app.consumer
        await app.on_rebalance_complete.send()
        self._set_recovery_ended()
        assignment = consumer.assignment()
        consumer.resume_flow()
        consumer.resume_partitions(
            {tp for tp in assignment if not self._is_changelog_tp(tp)}
        )
        await app._fetcher.maybe_start()  # noqa: SLF001
        if assignment:
            await asyncio.sleep(0.3)  # a slow OffsetFetch
            await consumer.perform_seek()
            await consumer.pause_changelogs()
            await app.restore_partitions(assignment)
        self.completed.set()
        app.flow_control.resume()
        self.tables.on_actives_ready()
        self.tables.on_standbys_ready()
        app.on_rebalance_end()

    BatchRecovery._hand_over = stock  # type: ignore[assignment,method-assign]  # noqa: SLF001


def without_lease() -> None:
    """A worker that was frozen writes on, over the state of its successor."""

    async def never_asked(_self: lease.Lease) -> None:
        pass

    lease.Lease.proven = never_asked  # type: ignore[assignment,method-assign]


def without_acknowledgement() -> None:
    """Writing returns before Kafka has the records: a kill loses what is committed."""
    written = changelog.BatchWriter._write  # noqa: SLF001
    under_way: set[asyncio.Task[None]] = set()

    async def hopeful(
        self: changelog.BatchWriter, partition: int, items: Iterable[Any]
    ) -> None:
        async def later() -> None:
            await asyncio.sleep(1)
            await written(self, partition, records)

        records = list(items)
        task = asyncio.create_task(later())
        under_way.add(task)
        task.add_done_callback(under_way.discard)

    changelog.BatchWriter._write = hopeful  # type: ignore[method-assign]  # noqa: SLF001


MENDS: dict[str, Callable[[], None]] = {
    "recovery-order": without_recovery_order,
    "lease": without_lease,
    "acknowledgement": without_acknowledgement,
}


if __name__ == "__main__":
    MENDS[sys.argv.pop(1)]()
    main()
