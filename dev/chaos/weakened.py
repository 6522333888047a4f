"""Workers with one mend of the engine switched off: chaos must notice.

    python -m dev.chaos.weakened fence worker

Patched from outside, in this process only: the product has no such switch.
"""

import sys
from collections.abc import Callable
from typing import Any

from faust.tables.recovery import Recovery

from stream.cli import main
from stream.engine.recovery import BatchRecovery
from stream.worker import timers


def _replace(owner: Any, name: str, weakened: object) -> None:
    """Put it in the place of what must be there, else nothing would be weakened."""
    if name not in vars(owner):
        raise AttributeError(f"{owner.__name__} has no {name} of its own any more")
    setattr(owner, name, weakened)


def without_beginning() -> None:
    """Stores are emptied, and recovery goes on where an overtaken one had been."""

    async def on_rebalance(self: BatchRecovery, *args: Any, **options: Any) -> None:
        self.app.clear_stores()
        await Recovery.on_rebalance(self, *args, **options)

    _replace(BatchRecovery, "on_rebalance", on_rebalance)


def without_restore() -> None:
    """Streams do not wait for the tables: what Kafka has of them counts as read."""

    def need_recovery(_self: BatchRecovery) -> bool:
        return False

    _replace(Recovery, "need_recovery", need_recovery)


def without_fence() -> None:
    """Deadlines do not wait for the replies that Kafka has already."""
    fence = timers.Fence
    _replace(timers, "Fence", lambda until, _end: fence(until, 0))


MENDS: dict[str, Callable[[], None]] = {
    "beginning": without_beginning,
    "fence": without_fence,
    "restore": without_restore,
}
"""Each is needed alone. Behind most others stands a second line of defence, so chaos
stays green without them; they are switched off one by one in `tests/engine`."""


if __name__ == "__main__":
    MENDS[sys.argv.pop(1)]()
    main()
