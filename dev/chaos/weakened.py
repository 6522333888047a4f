"""Workers with one mend of the engine switched off: chaos must notice.

    python -m dev.chaos.weakened lease worker

Patched from outside, in this process only: the product has no such switch.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable
from typing import Any

from faust.tables.recovery import Recovery
from faust.types import TP

from stream.cli import main
from stream.engine import changelog, lease
from stream.engine.consumer import BatchConsumer
from stream.engine.recovery import BatchRecovery


def _replace(owner: type, name: str, weakened: object) -> None:
    """Put it in the place of what must be there, else nothing would be weakened."""
    if name not in vars(owner):
        raise AttributeError(f"{owner.__name__} has no {name} of its own any more")
    setattr(owner, name, weakened)


def without_seek() -> None:
    """H18, and the order check off: what was fetched and dropped is not read again."""

    async def stay(self: BatchConsumer) -> None:
        for tp in self.assignment():
            if not self._is_changelog_tp(tp):
                at = await self.position(tp) or 0
                self._next[TP(*tp)] = self.applied[TP(*tp)] = at

    _replace(BatchConsumer, "perform_seek", stay)


def without_beginning() -> None:
    """Stores are emptied, and recovery goes on where an overtaken one had been."""

    async def on_rebalance(self: BatchRecovery, *args: Any, **options: Any) -> None:
        self.app.clear_stores()
        await Recovery.on_rebalance(self, *args, **options)

    _replace(BatchRecovery, "on_rebalance", on_rebalance)


def without_lease() -> None:
    """A worker that was frozen writes on, over the state of its successor."""

    async def never_asked(_self: lease.Lease) -> None:
        pass

    _replace(lease.Lease, "proven", never_asked)


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

    _replace(changelog.BatchWriter, "_write", hopeful)


MENDS: dict[str, Callable[[], None]] = {
    "seek": without_seek,
    "beginning": without_beginning,
    "lease": without_lease,
    "acknowledgement": without_acknowledgement,
}


if __name__ == "__main__":
    MENDS[sys.argv.pop(1)]()
    main()
