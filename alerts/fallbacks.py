"""Fallbacks: who is told, too, while a receiver's sink refuses.

A fallback is one more notice of the alert, with a life like the others: when the sink
takes alerts again, both say how it ends.
"""

from collections.abc import Callable, Mapping, Sequence

import structlog

from alerts.lane import Waiting
from alerts.ledger import Ledger
from alerts.notice import fallback_key, instead_of
from alerts.storms.listing import is_list
from alerts.storms.lists import Lists
from stream.config.alerts import Receiver

log = structlog.get_logger(__name__)


class Fallbacks:
    """`counted` is told the receiver of each notice that goes elsewhere, too."""

    def __init__(
        self, ledger: Ledger, lists: Lists, counted: Callable[[str], None]
    ) -> None:
        self._ledger = ledger
        self._lists = lists
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
        seen, wanted = set(), []
        for waiting, ms in refused:
            known = receivers.get(waiting.receiver)
            fallback = None if known is None else known.fallback
            if fallback is None or instead_of(waiting.key) or ms < fallback.after:
                continue
            for alert in await self._alerts_of(waiting.key):
                key = fallback_key(alert, waiting.receiver)
                seen.add(key)
                if key in self._asked:
                    continue
                if await self._ledger.ask(key, now):
                    self._counted(waiting.receiver)
                    said = {"receiver": waiting.receiver, "to": fallback.to}
                    log.warning("a notice is told to the fallback", key=key, **said)
                wanted.append(key)
        self._asked = seen
        return wanted

    async def _alerts_of(self, key: str) -> Sequence[str]:
        """Of a list, those of it that wait: another sink may know no lists."""
        return await self._lists.covered(key) if is_list(key) else [key]
