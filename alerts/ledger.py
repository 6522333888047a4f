"""The ledger in Redis: what each alert should look like, and what people see of it.

One hash an alert key:

    f:<fact>   "<noticed_at> <offset> <fact as JSON>"    wanted: folded when read
    p:<press>  what somebody did with it                 ... likewise (alerts.presses)
    version    counts changes of the wanted side
    partition  of the topic, where its facts are
    lost       its facts were read again after Redis had lost them: look before posting
    receiver, channel, intent                            a post was begun
    ts, shown                                            ... and is in the channel
    <notice>:asked                                       another message is wanted, too
    <notice>:intent, <notice>:ts ...                     ... and its fields

one sorted set of the notices (`alerts.notice`) whose wanted and shown may differ
(score: since when), one of those that are told again (`alerts.repeats`), and how far
the topic was read (`alerts.positions`).
Every change is one script, so it is atomic, and doing it twice changes nothing.

    begin(intent) ──▶ Slack ──▶ record(ts)
                  ▲ a crash here leaves an intent without ts: look before posting

Redis must keep what it says it has: `appendonly yes`, `maxmemory-policy noeviction`.
"""

from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis

from alerts import scripts
from alerts.alert import OPENING, Told, alert_key
from alerts.backlog import Backlog, backlog_of
from alerts.entry import Entry
from alerts.fields import entry_of, guests_of, of
from alerts.hosts import Hosts
from alerts.lease import Leases
from alerts.notice import key_of, notice_of, parts_of
from alerts.positions import BEHIND, LostError, Positions, Span
from alerts.presses.book import PressBook
from alerts.presses.mutes import Mutes
from alerts.repeats import Repeats
from alerts.replies import Replies
from alerts.shown import Shown
from alerts.summary import Summaries
from alerts.waiting import WaitingIndex
from stream.records import encode_fact
from stream.sla.facts import Fact
from stream.sla.instants import HOUR

MEMORY = 7 * 24 * HOUR
"""Facts older than this are not news: the ledger may have forgotten them."""
LIFE = 2 * MEMORY
"""An entry lives so long after its end: it outlives every repeat of a fact that is
young enough to be taken. While a breach is open it lives on: it may be answered weeks
later."""


class Ledger:
    """All methods raise `redis.RedisError` and may then be repeated.

    `prefix` keeps installations apart that share a Redis. One slot of a cluster.
    """

    def __init__(self, redis: Redis, prefix: str = "") -> None:
        self._redis = redis
        self.root = f"{{{prefix}replyclock:alerts}}"
        self.differing_key = f"{self.root}:differing"
        self.leases = Leases(redis, self.root)
        """Who works on which key."""
        self.hosts = Hosts(redis, self.root, self.leases, LIFE)
        """Which alert is a line of which message."""
        self.summaries = Summaries(redis, self.root)
        """Of what is not told one by one."""
        self.positions = Positions(redis, self.root)
        """How far the topic was read."""
        self.presses = PressBook(redis, self.root, self.differing_key)
        """What people did with the alerts."""
        self.mutes = Mutes(redis, self.root, self.differing_key)
        """Queues of which nothing is told now."""
        self.repeats = Repeats(redis, self.root)
        """What is told again while it is so."""
        self.waiting = WaitingIndex(redis, self.root)
        """Who waits, by queue."""
        self.replies = Replies(redis, self.root)
        """When somebody last replied, by queue."""
        self.shown = Shown(redis, self.root, self.differing_key)
        """What Redis may forget that messages say."""
        register = redis.register_script
        self._want = register(scripts.WANT)
        self._advance = register(scripts.ADVANCE)
        self._settle = register(scripts.SETTLE)
        self._begin = register(scripts.BEGIN)
        self._forget_intent = register(scripts.FORGET_INTENT)
        self._record = register(scripts.RECORD)
        self._ask = register(scripts.ASK)

    async def want(
        self, facts: Sequence[tuple[Fact, int]], span: Span | None = None
    ) -> set[str]:
        """Remember facts with their offsets, in one round trip.

        Returns the keys that changed: repeats change nothing, and what an end changes
        for the notices beside the first, `differing` tells. `span`: the piece of the
        topic that holds them and what concerns no alert; it is remembered as read.

        Raises:
            LostError: Redis has lost what lies before the span, and takes none of it.
        """
        keys = [alert_key(fact) for fact, _ in facts]
        partition, begin = ("", 0) if span is None else (span.partition, span.begin)
        async with self._redis.pipeline(transaction=False) as pipe:
            for key, (fact, offset) in zip(keys, facts, strict=True):
                is_again = span is not None and offset < span.taken
                told = Told.of(fact, offset)
                head = f"{told.noticed_at} {told.offset} ".encode()
                await self._want(
                    keys=[self._entry(key), self.differing_key, self.positions.key],
                    args=[
                        key,
                        f"f:{told.identity}",
                        told.noticed_at,
                        told.offset,
                        head + encode_fact(fact),
                        int(fact.kind in OPENING),
                        partition,
                        begin,
                        int(is_again),
                        notice_of(fact) or "",
                    ],
                    client=pipe,
                )
                begin = offset + 1
            if span is not None:
                await self._advance(
                    keys=[self.positions.key],
                    args=[span.partition, begin, span.end],
                    client=pipe,
                )
            await self.replies.hear((fact for fact, _ in facts), pipe)
            answers = await pipe.execute()
        if BEHIND in answers:
            raise LostError
        return {
            key_of(key, notice)
            for key, (fact, _), answer in zip(keys, facts, answers, strict=False)
            if answer
            for notice in {None, notice_of(fact)}
        }

    async def open(self, key: str) -> None:
        """Have an entry for a message that is about no alert, such as a digest."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hsetnx(self._entry(key), "version", 1)
            pipe.pexpire(self._entry(key), LIFE)
            await pipe.execute()

    async def entries(self, keys: Sequence[str]) -> list[Entry]:
        """Read entries, in the order of `keys`. A forgotten one has version 0."""
        answers = await self._read(keys)
        hosted = [key for fields in answers for key in guests_of(fields)]
        guests = dict(zip(hosted, await self._read(hosted), strict=True))
        mutes = await self.mutes.all()
        return [
            entry_of(key, fields, [guests[each] for each in guests_of(fields)], mutes)
            for key, fields in zip(keys, answers, strict=True)
        ]

    async def _read(self, keys: Sequence[str]) -> list[dict[bytes, bytes]]:
        if not keys:
            return []
        async with self._redis.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.hgetall(self._entry(key))
            return list(await pipe.execute())

    async def differing(self) -> list[str]:
        """Every key that waits for delivery, longest waiting first."""
        keys: list[Any] = await self._redis.zrange(self.differing_key, 0, -1)
        return [key.decode() for key in keys]

    async def backlog(self) -> Backlog:
        return await backlog_of(self._redis, self.differing_key)

    async def settle(self, entry: Entry) -> bool:
        """Take the key off the list; False when somebody did before.

        Also False, and it stays there, when the wanted side changed since the read.
        """
        return bool(
            await self._settle(
                keys=[self._entry(entry.key), self.differing_key],
                args=[entry.key, entry.version, life_of(entry)],
            )
        )

    async def begin(
        self,
        entry: Entry,
        owner: str,
        *,
        receiver: str,
        channel: str,
        now: int,
        doubt: int | None = None,
        asks: str = "",
    ) -> bool:
        """Write down that a post to `channel` is being made.

        False when the wanted side changed since the read, when the lease was lost or
        when the message is there already: do not post. `doubt`: since when (ms) another
        message may be there of which the ledger does not know. `asks`: the notice that
        will be wanted beside this one.
        """
        said = "" if doubt is None else str(doubt)
        return bool(
            await self._begin(
                keys=[self._entry(entry.key), self.leases.name(entry.key)],
                args=[
                    *(of(entry.key), owner, entry.version),
                    *(receiver, channel, now, said, asks),
                ],
            )
        )

    async def ask(self, key: str, now: int) -> bool:
        """Want the notice `key`, beside the first; False when it was wanted before."""
        return bool(
            await self._ask(
                keys=[self._entry(key), self.differing_key], args=[key, of(key), now]
            )
        )

    async def forget_intent(
        self, key: str, owner: str, doubt: int | None = None, *, unseen: bool = False
    ) -> None:
        """Note that the post did not happen; not when the lease was lost.

        `doubt`: since when (ms) a message may be there after all, whatever we saw;
        `unseen`: nobody could look.
        """
        said = "" if doubt is None else str(doubt)
        await self._forget_intent(
            keys=[self._entry(key), self.leases.name(key)],
            args=[of(key), owner, said, int(unseen)],
        )

    async def record(
        self,
        entry: Entry,
        owner: str,
        *,
        ts: str,
        shown: str,
        done: bool,
        now: int,
        where: tuple[str, str] = ("", ""),
        asks: str = "",
        righted: bool = False,
    ) -> None:
        """Write down what the channel shows now; `done`: nothing is left to do then.

        Where the lease was lost and another message is there, ours is in doubt.
        `where`: receiver and channel, for an entry that has forgotten them; `asks`: a
        notice that Redis may have forgotten as well; `righted`: a second message, if
        there is one, shows the same.
        """
        life = life_of(entry)
        self.shown.remember(entry.key, shown, now)
        await self._record(
            keys=[
                self._entry(entry.key),
                self.differing_key,
                self.leases.name(entry.key),
            ],
            args=[
                *(entry.key, entry.version, ts, shown, int(done), life, owner, now),
                *where,
                of(entry.key),
                asks,
                int(righted),
            ],
        )

    async def believe(self, key: str) -> None:
        """No second message is in doubt any more."""
        await self._redis.hdel(self._entry(key), of(key) + "doubt")

    def _entry(self, key: str) -> str:
        return f"{self.root}:{parts_of(key)[0]}"


def life_of(entry: Entry) -> int:
    """Milliseconds that an entry lives on; 0: for ever."""
    return 0 if entry.is_open else LIFE
