"""List messages in Redis: which alerts each tells, and what of them is over.

    <root>:outlooks             by receiver, its outlook (`alerts.storms.outlook`)
    <root>:storm:<id>           version, ts, shown ... as of an alert, and
      cause, for, began         why, to whom, since when
      held                      the receiver is closed: not posted yet
      n:<queue>, o:<state>      how many joined of each, how many ended so
      taken                     how many of those who wait somebody has
      longest, ended, late      milliseconds
    <root>:storm:<id>:members   alert -> its state, whether somebody has it, ...
    <root>:storm:<id>:waiting   those who wait, by deadline

and `listed_in` at the entry of each notice that has no message of its own for it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import json
from redis.asyncio import Redis

from alerts.alert import Alert, AlertState
from alerts.entry import Entry
from alerts.fields import of, shown_of
from alerts.ledger import LIFE, Ledger
from alerts.notice import parts_of
from alerts.presses.press import Press
from alerts.storms import scripts
from alerts.storms.listing import (
    SHOWN,
    Cause,
    ListEntry,
    Listing,
    waited_of,
)
from alerts.storms.outlook import Outlook
from alerts.summary import Summary

_OUTLOOK = json.Decoder(Outlook)


@dataclass(frozen=True, slots=True)
class Kept:
    """An outlook, and the bytes that Redis has of it; a change names them."""

    raw: bytes
    outlook: Outlook

    @classmethod
    def of(cls, raw: bytes | None) -> "Kept":
        return cls(raw or b"", _OUTLOOK.decode(raw) if raw else Outlook())


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Alerts that a list is to tell."""

    key: str
    cause: Cause
    entries: Sequence[Entry]
    is_held: bool = False


class Lists:
    """All methods raise `redis.RedisError` and may then be repeated."""

    def __init__(self, redis: Redis, ledger: Ledger) -> None:
        self._redis = redis
        self._ledger = ledger
        self._outlooks = f"{ledger.root}:outlooks"
        self._join = redis.register_script(scripts.JOIN)
        self._mark = redis.register_script(scripts.MARK)
        self._adopt = redis.register_script(scripts.ADOPT)
        self._turn = redis.register_script(scripts.TURN)
        self._absorb = redis.register_script(scripts.ABSORB)

    async def outlooks(self) -> dict[str, Kept]:
        """By receiver."""
        found: Any = await self._redis.hgetall(self._outlooks)
        return {name.decode(): Kept.of(raw) for name, raw in found.items()}

    async def open_now(self) -> Counter[Cause]:
        """How many lists are open, by cause.

        Of each receiver that of closed hours, and the last storm's while it grows or
        somebody in it waits.
        """
        found: Counter[Cause] = Counter()
        for outlook in [kept.outlook for kept in (await self.outlooks()).values()]:
            found[Cause.OPENING] += outlook.closed is not None
            key = outlook.storm
            if key is not None and (outlook.is_growing(key) or await self.waits(key)):
                found[await self.cause(key) or Cause.STORM] += 1
        return found

    async def outlook(self, receiver: str) -> Kept:
        raw: Any = await self._redis.hget(self._outlooks, receiver)
        return Kept.of(raw)

    async def join(
        self,
        receiver: str,
        before: Kept,
        after: Outlook,
        now: int,
        joining: Joining,
    ) -> set[str] | None:
        """Have the list tell them; returns the keys that it tells from now on.

        None: the receiver's outlook is no longer as it was `before`. A key that is not
        returned changed since it was read, or is being posted.
        """
        args: list[Any] = [receiver, before.raw, json.encode(after)]
        args += [joining.key, joining.cause, int(joining.is_held), now]
        for entry in joining.entries:
            alert = entry.alert
            assert alert is not None  # it was to be posted
            args += [entry.key, of(entry.key), entry.version, alert.ground.queue]
            args += [alert.deadline, alert.lateness]
        keys = [*self._of_list(joining.key), *map(self._entry, joining.entries)]
        answer: Any = await self._join(
            keys=[self._outlooks, self._ledger.differing_key, *keys], args=args
        )
        return None if answer == -1 else {key.decode() for key in answer}

    async def adopt(
        self,
        key: str,
        *,
        receiver: str,
        channel: str,
        ts: str,
        shown: str,
        now: int,
    ) -> bool:
        """Take a message of which nothing is known; False where something is."""
        return bool(
            await self._adopt(
                keys=[self._list(key), self._ledger.differing_key],
                args=[key, Cause.LOST, now, receiver, channel, ts, shown],
            )
        )

    async def mark(self, entry: Entry, alert: Alert, now: int) -> None:
        """Note in its list what became of an alert, and settle it."""
        assert entry.listed_in is not None  # what makes it one of a list
        waits = alert.is_open
        late = 0 if waits else alert.last.at - alert.deadline
        args: list[Any] = [entry.key, of(entry.key), entry.version, entry.listed_in]
        args += [alert.state, int(waits), alert.deadline, late, alert.last.at, now]
        taken = entry.handling.taken
        is_taken = waits and taken is not None and taken.holds(now)
        more = f"{len(alert.escalations)} {entry.handling.revision(now)}"
        args += [0 if waits else LIFE, int(is_taken), more]
        await self._mark(
            keys=[
                self._entry(entry),
                self._ledger.differing_key,
                *self._of_list(entry.listed_in),
            ],
            args=args,
        )

    async def turn(self, receiver: str, before: Kept, after: Outlook, now: int) -> bool:
        """Keep an outlook; lists that take nothing any more say so, or are due."""
        was = before.outlook
        known = {key for key in (was.storm, was.closed) if key is not None}
        ended = [k for k in known if was.is_growing(k) and not after.is_growing(k)]
        return bool(
            await self._turn(
                keys=[
                    self._outlooks,
                    self._ledger.differing_key,
                    *(self._list(key) for key in ended),
                ],
                args=[receiver, before.raw, json.encode(after), now, *ended],
            )
        )

    async def read(self, key: str) -> ListEntry:
        """The list as it is, and its message."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hgetall(self._list(key))
            pipe.zcard(self._list(key) + ":waiting")
            pipe.zrange(self._list(key) + ":waiting", 0, SHOWN - 1)
            fields, waiting, overdue = await pipe.execute()
        if not fields:
            return ListEntry(key=key)
        receiver, shown = fields[b"for"].decode(), shown_of(fields, "")
        outlook = (await self.outlook(receiver)).outlook
        entries = await self._ledger.entries([name.decode() for name in overdue])
        listing = Listing(
            key=key,
            version=int(fields[b"version"]),
            cause=Cause(fields[b"cause"].decode()),
            receiver=receiver,
            began=int(fields[b"began"]),
            is_held=b"held" in fields,
            is_growing=outlook.is_growing(key),
            queues=_counted(fields, "n:"),
            waiting=waiting,
            over={AlertState(k): n for k, n in _counted(fields, "o:").items()},
            longest=int(fields.get(b"longest", 0)),
            ended=int(fields[b"ended"]) if b"ended" in fields else None,
            late=int(fields.get(b"late", 0)),
            overdue=[e.alert for e in entries if e.alert is not None],
            taken=_taken(entries),
            taken_count=int(fields.get(b"taken", 0)),
            last_replies=await self._ledger.replies.last(),
            waited=waited_of(shown["shown"]),
        )
        return ListEntry(key=key, version=listing.version, listing=listing, **shown)

    async def covered(self, key: str) -> list[str]:
        """Keys of the alerts in the list that wait, the most overdue first."""
        found: Any = await self._redis.zrange(self._list(key) + ":waiting", 0, -1)
        return [name.decode() for name in found]

    async def waits(self, key: str) -> bool:
        """Whether somebody in the list waits."""
        return bool(await self._redis.exists(self._list(key) + ":waiting"))

    async def cause(self, key: str) -> Cause | None:
        raw: Any = await self._redis.hget(self._list(key), "cause")
        return None if raw is None else Cause(raw.decode())

    async def absorb(self, key: str, summary: Summary, now: int) -> None:
        """Have the list tell what was to be summed up, and forget that."""
        counts: list[Any] = [
            *(part for state, n in summary.over.items() for part in (f"o:{state}", n)),
            *(
                part
                for queue, n in summary.queues.items()
                for part in (f"n:{queue}", n)
            ),
        ]
        await self._absorb(
            keys=[
                self._list(key),
                self._ledger.differing_key,
                *self._ledger.summaries.names(summary.receiver),
            ],
            args=[key, summary.receiver, summary.longest, now, *counts],
        )

    def _of_list(self, key: str) -> list[str]:
        name = self._list(key)
        return [name, f"{name}:members", f"{name}:waiting"]

    def _list(self, key: str) -> str:
        return f"{self._ledger.root}:{key}"

    def _entry(self, entry: Entry) -> str:
        return f"{self._ledger.root}:{parts_of(entry.key)[0]}"


def _counted(fields: Mapping[bytes, bytes], prefix: str) -> dict[str, int]:
    return {
        name.decode().removeprefix(prefix): int(count)
        for name, count in fields.items()
        if name.startswith(prefix.encode()) and count != b"0"
    }


def _taken(entries: Sequence[Entry]) -> Press | None:
    """The last by which one of them was taken."""
    presses = [each.handling.taken for each in entries if each.handling.taken]
    return max(presses, key=lambda press: press.order, default=None)
