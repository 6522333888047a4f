"""What is due: notices and lists as they are now, each with its next step."""

from collections.abc import Iterable, Sequence

from alerts.alert import Alert
from alerts.delivery import Delivery
from alerts.entry import Entry, Rest, Step, next_step
from alerts.ledger import Ledger
from alerts.storms.gathering import Gathering
from alerts.storms.listing import is_list
from alerts.storms.listing import next_step as next_step_of_list
from alerts.storms.lists import Lists
from alerts.subject import Subject
from stream.config import Config
from stream.config.sinks import kind_of_place

_Found = tuple[Entry, Subject | None, Step | Rest]


class Due:
    """All methods raise `redis.RedisError`; `stale_after` in milliseconds."""

    def __init__(
        self,
        ledger: Ledger,
        lists: Lists,
        gathering: Gathering,
        delivery: Delivery,
        stale_after: int,
    ) -> None:
        self._ledger = ledger
        self._lists = lists
        self._gathering = gathering
        self._delivery = delivery
        self._stale_after = stale_after
        self._turned_at = delivery.now()

    def take(self, config: Config) -> None:
        """What is stale, storms and hours, from now on."""
        self._stale_after = config.stale_after
        self._gathering.take(config)

    async def turn(self) -> None:
        """What time alone changes: to be called now and then."""
        now = self._delivery.now()
        await self._gathering.turn(now)
        self._turned_at = now

    def is_open(self, receiver: str) -> bool:
        """Whether a receiver was there to read at the last turn.

        Not now: at the opening its list is first to take what it counts.
        """
        return self._gathering.is_open(receiver, self._turned_at)

    async def of(self, keys: Sequence[str]) -> list[_Found]:
        """Each key with its next step; not what has just joined a list."""
        notices = await self._ledger.entries([key for key in keys if not is_list(key)])
        for entry in notices:
            await self._delivery.look_again(entry)
        await self._ledger.waiting.place(notices)
        found: list[_Found] = [(e, e.alert, self._next_step(e)) for e in notices]
        taken = await self._gather(found)
        for key in filter(is_list, keys):
            entry = await self._lists.read(key)
            found.append((entry, entry.listing, next_step_of_list(entry)))
        return [each for each in found if each[0].key not in taken]

    def _next_step(self, entry: Entry) -> Step | Rest:
        told = entry.alert and self._delivery.destination(entry, entry.alert).is_told
        stale_after, now = self._stale_after, self._delivery.now()
        return next_step(entry, stale_after, now=now, is_told=told is not False)

    async def _gather(self, found: Iterable[_Found]) -> set[str]:
        posts = [
            (entry, self._delivery.destination(entry, subject).receiver)
            for entry, subject, step in found
            if step is Step.POST
            and isinstance(subject, Alert)
            and entry.doubt is None  # it may have a message, which no list would end
            # Elsewhere nothing is edited, so each is told by itself (ADR 24).
            and kind_of_place(self._delivery.destination(entry, subject).channel)
            == "slack"
        ]
        return await self._gathering.gather(posts, self._delivery.now())
