"""One step of one alert: ask its sink, and write down what became of it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import assert_never

import structlog

from alerts.alert import Alert
from alerts.destination import Destination, destination_of, destination_of_list
from alerts.entry import Entry, Rest, Step
from alerts.failure import SinkFailure
from alerts.fallbacks import Fallbacks
from alerts.lane import Waiting
from alerts.ledger import Ledger, life_of
from alerts.lost_lists import LostLists
from alerts.metrics import Metrics
from alerts.notice import instead_of, is_return, parts_of, return_of
from alerts.outcome import Outcome
from alerts.posting import CERTAIN, LOOK_BACK, Posting
from alerts.repeating import AT_ONCE, repeat_all
from alerts.sinks.sink import Saying
from alerts.sinks.sinks import Sinks
from alerts.slack.calling import Call
from alerts.storms.listing import Listing
from alerts.storms.lists import Lists
from alerts.subject import Subject, Write, WriteList
from alerts.summary_post import tell_all
from stream.config import Alerts

log = structlog.get_logger(__name__)

_SUMMARIES, _REPEATS = "summaries", "repeats"
"""The leases of whoever tells them."""


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


class Delivery:
    """Leases are named `owner`; `write` makes messages; `now` is wall time in ms."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        sinks: Sinks,
        lists: Lists,
        config: Alerts,
        metrics: Metrics,
        write: Write,
        write_list: WriteList,
        owner: str,
        lease_ms: int = 15_000,
        certain_ms: int = CERTAIN,
        now: Callable[[], int] = wall_ms,
    ) -> None:
        self._ledger = ledger
        self._lists = lists
        self._sinks = sinks
        self._config = config
        self._metrics = metrics
        self._owner = owner
        self._lease_ms = lease_ms
        self.now = now
        self._fallbacks = Fallbacks(ledger, lists, metrics.fell_back)
        self._lost_lists = LostLists(sinks, lists)
        self._posting = Posting(
            ledger=ledger,
            sinks=sinks,
            metrics=metrics,
            write=write,
            write_list=write_list,
            owner=owner,
            certain_ms=certain_ms,
            now=now,
        )

    def take(self, config: Alerts) -> None:
        """Routes and receivers of alerts that are posted from now on."""
        self._config = config
        self._metrics.take(config.receivers)

    def destination(self, entry: Entry, alert: Subject) -> Destination:
        """Where the message is, or else where it belongs."""
        if isinstance(alert, Listing):
            return destination_of_list(entry, alert, self._config, self.now())
        return destination_of(entry, alert, self._config, self.now())

    async def hold(self, key: str) -> bool:
        """Take the key's lease; False while another process works on it."""
        return await self._ledger.leases.take(key, self._owner, self._lease_ms)

    async def let_go(self, key: str) -> None:
        await self._ledger.leases.release(key, self._owner)

    async def perform(self, step: Step, entry: Entry, alert: Subject) -> Outcome:
        """Do one step of a key that we hold.

        Raises `SinkFailure` and `redis.RedisError`; both leave the ledger true.
        """
        where = self.destination(entry, alert)
        call = await self._call(entry, where)
        if not await self._ledger.leases.extend(entry.key, self._owner, self._lease_ms):
            return Outcome.NOT_OURS
        try:
            match step:
                case Step.POST:
                    return await self._posting.post(entry, alert, where, call)
                case Step.LOOK_UP:
                    if entry.lost is not None:
                        place = where.channel, where.receiver
                        since = entry.lost - LOOK_BACK
                        await self._lost_lists.look(*place, since, self.now())
                    return await self._posting.look_up(entry, alert, where)
                case Step.EDIT:
                    return await self._posting.edit(entry, alert, where, call)
                case _:
                    assert_never(step)
        except SinkFailure as failure:
            self._metrics.failed(where.receiver, failure.reason)
            raise

    async def sum_up(self, is_open: Callable[[str], bool]) -> None:
        """Tell what broke and was over when it was noticed, a message a receiver.

        `is_open`: whether a receiver is there to read.

        Raises `SinkFailure` and `redis.RedisError`; what was not told stays.
        """
        found = await self._ledger.summaries.due(self.now())
        due = [summary for summary in found if is_open(summary.receiver)]
        if due and await self.hold(_SUMMARIES):
            try:
                await tell_all(
                    due,
                    summaries=self._ledger.summaries,
                    sinks=self._sinks,
                    receivers=self._config.receivers,
                    summed_up=self._metrics.summed_up,
                )
            finally:
                await self.let_go(_SUMMARIES)

    async def repeat(self) -> None:
        """Tell again what sinks forget; raises `redis.RedisError`."""
        now, repeats = self.now(), self._ledger.repeats
        if not await self.hold(_REPEATS):
            return
        try:
            due = await repeats.due(now)
            for begin in range(0, len(due), AT_ONCE):
                # Read just before it is told: what ends meanwhile is told otherwise.
                entries = await self._ledger.entries(due[begin : begin + AT_ONCE])
                ended = await repeat_all(
                    entries,
                    sinks=self._sinks,
                    say=self._say,
                    failed=self._metrics.failed,
                )
                await repeats.forget(ended, now)
        finally:
            await self.let_go(_REPEATS)

    async def look_at_redis(self) -> None:
        """Have edited what shows more than Redis knows; raises `redis.RedisError`."""
        await self._ledger.shown.look(self.now())

    async def fall_back(self, refused: Sequence[tuple[Waiting, float]]) -> list[str]:
        """Want what is refused for too long told elsewhere, too (`Fallbacks`)."""
        return await self._fallbacks.ask(refused, self._config.receivers, self.now())

    async def _say(self, entry: Entry, alert: Alert) -> Saying:
        where = self.destination(entry, alert)
        call = await self._call(entry, where)
        return self._posting.saying(entry, alert, where, call)

    async def pass_on(self, entry: Entry) -> None:
        """It is a line of another message: that one is to say it."""
        life, now = life_of(entry), self.now()
        await self._ledger.hosts.pass_on(entry, entry.revision(now), life, now)

    async def over(self, entry: Entry, alert: Subject, rest: Rest) -> None:
        """Count an alert that is over before it was posted."""
        receiver = self.destination(entry, alert).receiver
        if rest is Rest.STALE and isinstance(alert, Alert):
            await self._ledger.summaries.add(receiver, alert, self.now())
        self._metrics.told(receiver, alert.state, rest)
        log.info("alert not sent", receiver=receiver, key=entry.key, reason=rest)

    async def come_due(self) -> None:
        """Have looked at again what people kept back until now."""
        now = self.now()
        await self._ledger.presses.come_due(now)
        for queue, count in (await self._ledger.mutes.lift(now)).items():
            log.info("a mute is over", queue=queue, kept_back=count)

    async def show_standing(self) -> None:
        """Set the gauges of what Redis has now; the same in every process."""
        self._metrics.show(await self._ledger.backlog())
        self._metrics.presses.show_muted(await self._ledger.mutes.muted(self.now()))
        self._metrics.storms.show(await self._lists.open_now())

    async def look_again(self, entry: Entry) -> None:
        """Do so when the next of what people did with it ends."""
        at = entry.handling.changes_at(self.now())
        if at is not None:
            await self._ledger.presses.look_again(parts_of(entry.key)[0], at)

    async def keep_back(self, entry: Entry, alert: Alert, rest: Rest) -> None:
        """Remember a message that people do not want now, and count it once."""
        if rest is Rest.MUTED:
            await self._ledger.mutes.keep(alert.ground.queue, entry.key)
        if await self._ledger.presses.suppress(entry.key, rest):
            receiver = self.destination(entry, alert).receiver
            self._metrics.suppressed(receiver, rest, 1)
            log.info("alert kept back", key=entry.key, reason=rest)

    async def _call(self, entry: Entry, where: Destination) -> Call | None:
        """What a notice says that is not the first; the link to it where it is known.

        Before the lease is extended: it may take a call to Slack.
        """
        first, cause = entry.first, entry.cause
        if first is None or cause is None:
            return None
        notice, returned = parts_of(entry.key)[1], entry.handling.returned(self.now())
        if returned is not None and return_of(returned.name) != notice:
            returned = None
        call = Call(
            cause=cause,
            receiver=where.receiver,
            is_return=is_return(notice),
            returned=returned,
            instead_of=instead_of(entry.key),
            in_thread=where.thread is not None,
        )
        if call.in_thread or first.channel is None or first.ts is None:
            return call
        return replace(call, link=await self._sinks.link(first.channel, first.ts))
