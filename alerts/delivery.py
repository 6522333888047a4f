"""One step of one alert: ask Slack, and write down what became of it."""

import time
from collections.abc import Callable
from typing import assert_never

import structlog

from alerts.alert import Alert
from alerts.destination import Destination, destination_of, destination_of_list
from alerts.entry import Entry, Rest, Step
from alerts.ledger import Ledger, life_of
from alerts.lost_lists import LostLists
from alerts.metrics import Metrics
from alerts.posting import (
    CERTAIN,
    LOOK_BACK,
    Outcome,
    Posting,
    Subject,
    Write,
    WriteList,
)
from alerts.slack.calling import Call
from alerts.slack.client import Slack
from alerts.slack.failures import SlackFailure
from alerts.storms.listing import Listing
from alerts.storms.lists import Lists
from alerts.summary_post import tell_all
from stream.config import Alerts

log = structlog.get_logger(__name__)

_SUMMARIES = "summaries"
"""The lease of whoever tells them."""


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


class Delivery:
    """Leases are named `owner`; `write` makes messages; `now` is wall time in ms."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        slack: Slack,
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
        self._slack = slack
        self._config = config
        self._metrics = metrics
        self._owner = owner
        self._lease_ms = lease_ms
        self.now = now
        self._lost_lists = LostLists(slack, lists)
        self._posting = Posting(
            ledger=ledger,
            slack=slack,
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
            return destination_of_list(entry, alert, self._config)
        return destination_of(entry, alert, self._config)

    async def hold(self, key: str) -> bool:
        """Take the key's lease; False while another process works on it."""
        return await self._ledger.leases.take(key, self._owner, self._lease_ms)

    async def let_go(self, key: str) -> None:
        await self._ledger.leases.release(key, self._owner)

    async def perform(self, step: Step, entry: Entry, alert: Subject) -> Outcome:
        """Do one step of a key that we hold.

        Raises `SlackFailure` and `redis.RedisError`; both leave the ledger true.
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
        except SlackFailure as failure:
            self._metrics.failed(where.receiver, failure.reason)
            raise

    async def sum_up(self, is_open: Callable[[str], bool]) -> None:
        """Tell what broke and was over when it was noticed, a message a receiver.

        `is_open`: whether a receiver is there to read.

        Raises `SlackFailure` and `redis.RedisError`; what was not told stays.
        """
        found = await self._ledger.summaries.due(self.now())
        due = [summary for summary in found if is_open(summary.receiver)]
        if due and await self.hold(_SUMMARIES):
            try:
                await tell_all(
                    due,
                    summaries=self._ledger.summaries,
                    slack=self._slack,
                    receivers=self._config.receivers,
                    summed_up=self._metrics.summed_up,
                )
            finally:
                await self.let_go(_SUMMARIES)

    async def pass_on(self, entry: Entry) -> None:
        """It is a line of another message: that one is to say it."""
        life, now = life_of(entry), self.now()
        await self._ledger.hosts.pass_on(entry, entry.revision, life, now)

    async def over(self, entry: Entry, alert: Subject, rest: Rest) -> None:
        """Count an alert that is over before it was posted."""
        receiver = self.destination(entry, alert).receiver
        if rest is Rest.STALE and isinstance(alert, Alert):
            await self._ledger.summaries.add(receiver, alert, self.now())
        self._metrics.told(receiver, alert.state, rest)
        log.info("alert not sent", receiver=receiver, key=entry.key, reason=rest)

    async def _call(self, entry: Entry, where: Destination) -> Call | None:
        """What a notice says that is not the first; the link to it where it is known.

        Before the lease is extended: it may take a call to Slack.
        """
        first, cause = entry.first, entry.cause
        if first is None or cause is None:
            return None
        if where.thread is not None:
            return Call(cause=cause, receiver=where.receiver, in_thread=True)
        link = None
        if first.channel is not None and first.ts is not None:
            link = await self._slack.link(first.channel, first.ts)
        return Call(cause=cause, receiver=where.receiver, link=link)
