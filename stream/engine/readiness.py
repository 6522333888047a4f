"""Readiness: a process does its job, or is a spare that nothing is left for.

    it owns partitions                 ready
    it owns none, others have all      ready: there are more processes than partitions
    it owns none, some are nobody's    not ready: the group should have given it some

The last comes of sharing out a topic that Kafka did not show, and looks from within
like the second. So Kafka is asked, and seldom: who owns something does not ask, and an
answer holds for some seconds, however many probes come.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from aiokafka.structs import TopicPartition

from stream.engine.app import EngineApp
from stream.engine.group import open_group
from stream.engine.guard import EngineError

log = structlog.get_logger(__name__)

HOLDS_S = 5.0
_ANSWERED_S = 3.0
"""Less than a probe waits (docker-compose.yml)."""


class Readiness:
    """Of one process: `ready` and `owned` as an `EngineApp` says them now.

    `is_spare` asks whether others have every partition; False when nobody can tell.
    """

    def __init__(
        self,
        ready: Callable[[], bool],
        owned: Callable[[], frozenset[int]],
        is_spare: Callable[[], Awaitable[bool]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ready = ready
        self._owned = owned
        self._is_spare = is_spare
        self._clock = clock
        self._asking = asyncio.Lock()
        self._asked: float | None = None
        self._spare = False

    async def look(self) -> bool:
        """Whether it does its job, or there is none left for it."""
        if not self._ready():
            return False
        if self._owned():
            return True
        async with self._asking:
            if self._asked is None or self._clock() - self._asked >= HOLDS_S:
                self._spare = await self._is_spare()
                self._asked = self._clock()
        # While Kafka was asked the group may have shared out anew.
        return self._ready() and (self._spare or bool(self._owned()))


def readiness_of(app: EngineApp, topic: str) -> Readiness:
    """Of an app whose batches are those of `topic`."""
    places = {TopicPartition(topic, number) for number in range(app.partitions)}

    async def is_spare() -> bool:
        try:
            async with open_group(app.access, app.conf.id, (), _ANSWERED_S) as look:
                group = await look()
        except EngineError as error:
            log.warning("not ready: no partitions of our own", reason=str(error))
            return False
        nobodys = places - group.held_beside(app.member_id)
        if nobodys:
            numbers = sorted(place.partition for place in nobodys)
            log.warning("not ready: we own nothing, nor does another", lacks=numbers)
        return not nobodys

    return Readiness(lambda: app.ready, app.owned, is_spare)
