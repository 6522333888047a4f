"""Fallbacks: who is told, too, while a receiver's sink refuses.

A fallback is one more notice of the alert, with a life like the others: when the sink
takes alerts again, both say how it ends.
"""

from collections.abc import Callable, Mapping, Sequence

import structlog

from alerts.lane import Waiting
from alerts.ledger import Ledger
from alerts.notice import fallback_key, instead_of
from stream.config.alerts import Receiver

log = structlog.get_logger(__name__)


class Fallbacks:
    """`counted` is told the receiver of each notice that goes elsewhere, too."""

    def __init__(self, ledger: Ledger, counted: Callable[[str], None]) -> None:
        self._ledger = ledger
        self._counted = counted
        self._asked: set[str] = set()

    async def ask(
        self,
        refused: Sequence[tuple[Waiting, float]],
        receivers: Mapping[str, Receiver],
        now: int,
    ) -> list[str]:
        """Want the fallback of all that is refused for too long; returns its keys.

        `refused`: all that is, each with how long (ms). A fallback that is refused
        falls no further. Raises `redis.RedisError`.
        """
        self._asked &= {waiting.key for waiting, _ in refused}
        wanted = []
        for waiting, ms in refused:
            known = receivers.get(waiting.receiver)
            fallback = None if known is None else known.fallback
            is_new = waiting.key not in self._asked and not instead_of(waiting.key)
            if fallback is None or not is_new or ms < fallback.after:
                continue
            key = fallback_key(waiting.key, waiting.receiver)
            if await self._ledger.ask(key, now):
                self._counted(waiting.receiver)
                said = {"receiver": waiting.receiver, "to": fallback.to}
                log.warning("a notice is told to the fallback", key=key, **said)
            self._asked.add(waiting.key)
            wanted.append(key)
        return wanted
