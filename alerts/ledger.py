"""The ledger in Redis: what each alert should look like, and what people see of it.

One hash an alert key:

    f:<fact>   "<noticed_at> <offset> <fact as JSON>"    wanted: folded when read
    version    counts changes of the wanted side
    receiver, channel, intent                            a post was begun
    ts, shown                                            ... and is in the channel

and one sorted set of the keys whose wanted and shown may differ (score: since when).
Every change is one script, so it is atomic, and doing it twice changes nothing.

    begin(intent) ──▶ Slack ──▶ record(ts)
                  ▲ a crash here leaves an intent without ts: look before posting

Redis must keep what it says it has: `appendonly yes`, `maxmemory-policy noeviction`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from alerts import scripts
from alerts.alert import OPENING, AlertState, Told, alert_key, fold
from alerts.entry import Entry
from alerts.summary import Summaries
from stream.records import UnreadableRecordError, decode_fact, encode_fact
from stream.sla.facts import Fact
from stream.sla.instants import HOUR

MEMORY = 7 * 24 * HOUR
"""Facts older than this are not news: the ledger may have forgotten them."""
_LIFE = 2 * MEMORY
"""An entry lives so long after its end: it outlives every repeat of a fact that is
young enough to be taken. While a breach is open it lives on: it may be answered weeks
later."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """Keys that wait for delivery, and since when the oldest does (milliseconds)."""

    count: int
    since: int | None


class Ledger:
    """All methods raise `redis.RedisError` and may then be repeated.

    `prefix` keeps installations apart that share a Redis. One slot of a cluster.
    """

    def __init__(self, redis: Redis, prefix: str = "") -> None:
        self._redis = redis
        self._root = f"{{{prefix}replyclock:alerts}}"
        self._differing = f"{self._root}:differing"
        self.summaries = Summaries(redis, self._root)
        """Of what is not told one by one."""
        register = redis.register_script
        self._want = register(scripts.WANT)
        self._settle = register(scripts.SETTLE)
        self._begin = register(scripts.BEGIN)
        self._forget_intent = register(scripts.FORGET_INTENT)
        self._record = register(scripts.RECORD)
        self._extend = register(scripts.EXTEND)
        self._release = register(scripts.RELEASE)

    async def want(self, facts: Sequence[tuple[Fact, int]]) -> set[str]:
        """Remember facts with their offsets, in one round trip.

        Returns the keys that changed: repeats change nothing.
        """
        keys = [alert_key(fact) for fact, _ in facts]
        async with self._redis.pipeline(transaction=False) as pipe:
            for key, (fact, offset) in zip(keys, facts, strict=True):
                told = Told.of(fact, offset)
                head = f"{told.noticed_at} {told.offset} ".encode()
                await self._want(
                    keys=[self._entry(key), self._differing],
                    args=[
                        key,
                        f"f:{told.identity}",
                        told.noticed_at,
                        told.offset,
                        head + encode_fact(fact),
                        int(fact.kind in OPENING),
                    ],
                    client=pipe,
                )
            changed = await pipe.execute()
        return {key for key, change in zip(keys, changed, strict=True) if change}

    async def entries(self, keys: Sequence[str]) -> list[Entry]:
        """Read entries, in the order of `keys`. A forgotten one has version 0."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.hgetall(self._entry(key))
            answers = await pipe.execute()
        return [_read(key, fields) for key, fields in zip(keys, answers, strict=True)]

    async def differing(self) -> list[str]:
        """Every key that waits for delivery, longest waiting first."""
        keys: list[Any] = await self._redis.zrange(self._differing, 0, -1)
        return [key.decode() for key in keys]

    async def backlog(self) -> Backlog:
        oldest: list[Any] = await self._redis.zrange(
            self._differing, 0, 0, withscores=True
        )
        count = await self._redis.zcard(self._differing)
        return Backlog(count, int(oldest[0][1]) if oldest else None)

    async def settle(self, entry: Entry) -> bool:
        """Take the key off the list; False when somebody did before.

        Also False, and it stays there, when the wanted side changed since the read.
        """
        return bool(
            await self._settle(
                keys=[self._entry(entry.key), self._differing],
                args=[entry.key, entry.version, _life(entry)],
            )
        )

    async def lease(self, key: str, owner: str, ms: int) -> bool:
        """Take `key` for `ms`; False while another owner has it."""
        return bool(await self._redis.set(self._lease(key), owner, nx=True, px=ms))

    async def extend(self, key: str, owner: str, ms: int) -> bool:
        """Keep `key` for `ms` from now; False when it is no longer ours."""
        return bool(await self._extend(keys=[self._lease(key)], args=[owner, ms]))

    async def release(self, key: str, owner: str) -> None:
        await self._release(keys=[self._lease(key)], args=[owner])

    async def begin(
        self, entry: Entry, owner: str, *, receiver: str, channel: str, now: int
    ) -> bool:
        """Write down that a post to `channel` is being made.

        False when the wanted side changed since the read, when the lease was lost or
        when the message is there already: do not post.
        """
        return bool(
            await self._begin(
                keys=[self._entry(entry.key), self._lease(entry.key)],
                args=[owner, entry.version, receiver, channel, now],
            )
        )

    async def forget_intent(
        self, key: str, owner: str, doubt: int | None = None
    ) -> None:
        """Note that the post did not happen; not when the lease was lost.

        `doubt`: since when (ms) a message may be there after all, whatever we saw.
        """
        said = "" if doubt is None else str(doubt)
        await self._forget_intent(
            keys=[self._entry(key), self._lease(key)], args=[owner, said]
        )

    async def record(
        self, entry: Entry, owner: str, *, ts: str, shown: str, done: bool, now: int
    ) -> None:
        """Write down what the channel shows now; `done`: nothing is left to do then.

        Where the lease was lost and another message is there, ours is in doubt.
        """
        life = _life(entry)
        await self._record(
            keys=[self._entry(entry.key), self._differing, self._lease(entry.key)],
            args=[entry.key, entry.version, ts, shown, int(done), life, owner, now],
        )

    async def believe(self, key: str) -> None:
        """No second message is in doubt any more."""
        await self._redis.hdel(self._entry(key), "doubt")

    def _entry(self, key: str) -> str:
        return f"{self._root}:{key}"

    def _lease(self, key: str) -> str:
        return f"{self._root}:lease:{key}"


def _read(key: str, fields: Mapping[bytes, bytes]) -> Entry:
    def text(name: bytes) -> str | None:
        value = fields.get(name)
        return None if value is None else value.decode()

    alert, fault = None, None
    try:
        alert = fold(_told(v for name, v in fields.items() if name.startswith(b"f:")))
    except (UnreadableRecordError, ValueError) as error:
        fault = str(error)
    return Entry(
        key=key,
        version=int(fields.get(b"version", 0)),
        alert=alert,
        receiver=text(b"receiver"),
        channel=text(b"channel"),
        intent=int(fields[b"intent"]) if b"intent" in fields else None,
        ts=text(b"ts"),
        shown=text(b"shown"),
        doubt=int(fields[b"doubt"]) if b"doubt" in fields else None,
        fault=fault,
    )


def _life(entry: Entry) -> int:
    """Milliseconds that an entry lives on; 0: for ever."""
    is_open = entry.alert is not None and entry.alert.state is AlertState.BREACHED
    return 0 if is_open else _LIFE


def _told(values: Iterable[bytes]) -> Iterable[Told]:
    for value in values:
        _, offset, fact = value.split(b" ", 2)
        yield Told.of(decode_fact(fact), int(offset))
