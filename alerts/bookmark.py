"""Where reading goes on: where Redis stands, and not where Kafka's commit does.

    hand-over   ask Redis, begin there; what Kafka calls taken is read a second time
    a batch     names the place before it; Redis refuses when it is not there (any more)
    a second    look, for nothing may come: is Redis still where we are?

Redis is behind: the partitions are handed over again, and begin where it is.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Protocol

import structlog
from redis.exceptions import RedisError

from alerts.positions import Positions, Span

log = structlog.get_logger(__name__)


class Engine(Protocol):
    """What is asked of `stream.engine.EngineApp`."""

    def owned(self) -> frozenset[int]: ...

    def applied(self, partition: int) -> int | None: ...


class Bookmark:
    """Of one topic; `ends` asks Kafka for the ends of its partitions.

    `hand_over_again` has all of them given up and taken anew.
    """

    def __init__(
        self,
        positions: Positions,
        engine: Engine,
        ends: Callable[[Iterable[int]], Awaitable[Mapping[int, int]]],
        hand_over_again: Callable[[], Awaitable[None]],
    ) -> None:
        self._positions = positions
        self._engine = engine
        self._ends = ends
        self._hand_over_again = hand_over_again
        self._known: dict[int, int | None] = {}
        """What Redis said at the hand-over; empty: it did not answer, and whether the
        commit was right shows with the first batch."""
        self._taken: dict[int, int] = {}
        self._at: dict[int, int] = {}
        """Where Redis is to be; behind what is applied when offsets hold no record."""

    async def beginnings(self, committed: Mapping[int, int]) -> Mapping[int, int]:
        """Name the offset to begin at of each partition; none while Redis is away."""
        self._known = {}
        try:
            known = await self._positions.read(committed)
        except RedisError as error:
            log.warning("redis does not answer", error=type(error).__name__)
            return {}
        ends = await self._ends(committed)
        begin = {}
        for partition, done in committed.items():
            self._known[partition] = known.get(partition)
            self._taken[partition] = min(done, ends[partition])
            at = known.get(partition, 0)
            if at > ends[partition]:
                log.error(
                    "the topic of facts ends before what was read: is it another one?",
                    partition=partition,
                    read=at,
                    end=ends[partition],
                )
                at = 0
            elif at < done:
                log.warning(
                    "facts are read again, redis does not have them",
                    partition=partition,
                    begin=at,
                    taken=done,
                )
            begin[partition] = at
        return begin

    async def began(self, partitions: Iterable[int]) -> None:
        """Reading begins: Redis must know where, to refuse what would leave a hole."""
        self._at = {p: self._engine.applied(p) or 0 for p in partitions}
        try:
            for partition, known in self._known.items():
                at = self._at.get(partition, 0)
                if not await self._positions.begin(partition, known, at):
                    await self.go_back("redis is no longer where it was")
        except RedisError as error:
            log.warning("redis does not answer", error=type(error).__name__)

    def span(self, partition: int, last: int) -> Span:
        """Of the records in hand: all since the batch before, to the `last`."""
        return Span(
            partition=partition,
            begin=self._at.get(partition, 0),
            end=last + 1,
            taken=self._taken.get(partition, 0),
        )

    def took(self, span: Span) -> None:
        """Redis has it."""
        self._at[span.partition] = span.end

    async def look(self) -> None:
        """Go back when Redis has lost something, though nothing comes."""
        places = {p: self._at.get(p, 0) for p in self._engine.owned()}
        try:
            known = await self._positions.read(places)
        except RedisError:
            return  # said by whoever needs it
        if any(known.get(p, 0) < at for p, at in places.items()):
            await self.go_back("redis is behind what it took")

    async def go_back(self, reason: str) -> None:
        """Begin anew where Redis stands, as after a rebalance."""
        log.warning("facts will be read again", reason=reason)
        await self._hand_over_again()
