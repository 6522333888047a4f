"""Workers with one mend of the engine switched off: chaos must notice.

    python -m dev.chaos.weakened lease worker

Patched from outside, in this process only: the product has no such switch.
"""

import sys
from collections.abc import Callable
from typing import Any

from faust.tables.recovery import Recovery
from faust.types import TP

from stream import timers
from stream.cli import main
from stream.engine import transport
from stream.engine.consumer import BatchConsumer
from stream.engine.recovery import BatchRecovery


def _replace(owner: Any, name: str, weakened: object) -> None:
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


def without_return() -> None:
    """Changelog records that a rebalance threw away are not read again."""

    async def seek_back(_self: BatchRecovery, _dropped: object) -> None:
        pass

    _replace(BatchRecovery, "seek_back", seek_back)


def without_restore() -> None:
    """Streams do not wait for the tables: what Kafka has of them counts as read."""

    def need_recovery(_self: BatchRecovery) -> bool:
        return False

    BatchRecovery.need_recovery = need_recovery  # type: ignore[method-assign]


def without_lease() -> None:
    """A worker that was frozen or cut off writes over the state of its successor."""
    _replace(transport, "write_under", lambda _lease, _client: None)


def without_fence() -> None:
    """Deadlines do not wait for the replies that Kafka has already."""
    fence = timers.Fence
    _replace(timers, "Fence", lambda until, _end: fence(until, 0))


MENDS: dict[str, Callable[[], None]] = {
    "seek": without_seek,
    "beginning": without_beginning,
    "return": without_return,
    "restore": without_restore,
    "lease": without_lease,
    "fence": without_fence,
}


if __name__ == "__main__":
    MENDS[sys.argv.pop(1)]()
    main()
