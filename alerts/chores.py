"""What is done beside the lanes: sums are told; what sinks or Redis forget, again."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import structlog
from redis.exceptions import RedisError

from alerts.delivery import Delivery
from alerts.failure import SinkFailure

log = structlog.get_logger(__name__)


class Chores:
    """Again and again, every `seconds`; a sum that is refused waits `operator` ms.

    `may_post` as the deliverer's.
    """

    def __init__(
        self,
        delivery: Delivery,
        seconds: float,
        operator: int,
        may_post: Callable[[int | None, float], bool],
    ) -> None:
        self._delivery = delivery
        self._seconds = seconds
        self._operator = operator
        self._may_post = may_post
        self._sums_from = 0.0
        self._stopped = asyncio.Event()

    def every(
        self, is_open: Callable[[str], bool]
    ) -> Iterator[Coroutine[Any, Any, None]]:
        """To be run, each until `stop()`; `is_open`: whether a receiver reads."""
        yield self._again(lambda: self._sum_up(is_open))
        yield self._again(self._delivery.repeat)
        yield self._again(self._delivery.look_at_redis)

    def stop(self) -> None:
        self._stopped.set()

    async def _again(self, work: Callable[[], Awaitable[None]]) -> None:
        """It may wait for a sink, and nobody for it."""
        while not self._stopped.is_set():
            try:
                await work()
            except RedisError:
                pass  # the next look at the ledger says so
            except Exception:
                # One alert that we cannot make words of must not end the others.
                log.exception("work beside the lanes failed")
            await wait(self._stopped, self._seconds)

    async def _sum_up(self, is_open: Callable[[str], bool]) -> None:
        if monotonic_ms() < self._sums_from or not self._may_post(None, 0):
            return
        try:
            await self._delivery.sum_up(is_open)
        except SinkFailure as failure:
            self._sums_from = monotonic_ms() + self._operator
            said = {"reason": failure.reason, "detail": failure.detail}
            log.warning("a summary is refused, it waits", **said)


def monotonic_ms() -> float:
    return asyncio.get_running_loop().time() * 1000


async def wait(event: asyncio.Event, seconds: float) -> None:
    # Not wait_for: in Python 3.11 it loses a cancel that comes with the event.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
