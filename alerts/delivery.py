"""One step of one alert: ask Slack, and write down what became of it."""

import time
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, assert_never

import structlog

from alerts.alert import OPEN, Alert, AlertState
from alerts.destination import Destination, destination_of
from alerts.entry import Entry, Rest, Step
from alerts.ledger import Ledger
from alerts.metrics import EDITED, FOUND, GONE, Metrics, kind_of
from alerts.notice import BROKEN
from alerts.posted import Posted
from alerts.slack.blocks import Message
from alerts.slack.calling import Call
from alerts.slack.client import Slack
from alerts.slack.failures import FOR_NOW, FailureReason, SlackFailure
from alerts.summary_post import tell_all
from stream.config import Alerts
from stream.sla.instants import MINUTE

log = structlog.get_logger(__name__)

LOOK_BACK = 5 * MINUTE
"""Look for a message from so long before its intent: Slack's clock is not ours."""
CERTAIN = MINUTE
"""So long after a post whose end we do not know is "not there" believed: Slack may do
late what it was asked."""
_SUMMARIES = "summaries"
"""The lease of whoever tells them."""


class Outcome(StrEnum):
    """What became of a step."""

    DONE = "done"
    NOT_OURS = "not_ours"
    UNCLEAR = "unclear"
    """A post may still come: look again later."""


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


class Write(Protocol):
    """Makes the message of a notice."""

    def __call__(
        self, alert: Alert, mention: str | None, *, call: Call | None
    ) -> Message: ...


class Delivery:
    """Leases are named `owner`; `write` makes messages; `now` is wall time in ms."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        slack: Slack,
        config: Alerts,
        metrics: Metrics,
        write: Write,
        owner: str,
        lease_ms: int = 15_000,
        certain_ms: int = CERTAIN,
        now: Callable[[], int] = wall_ms,
    ) -> None:
        self._ledger = ledger
        self._slack = slack
        self._config = config
        self._metrics = metrics
        self._write = write
        self._owner = owner
        self._lease_ms = lease_ms
        self._certain_ms = certain_ms
        self.now = now
        self._posted = Posted(now())

    def take(self, config: Alerts) -> None:
        """Routes and receivers of alerts that are posted from now on."""
        self._config = config
        self._metrics.take(config.receivers)

    def destination(self, entry: Entry, alert: Alert) -> Destination:
        """Where the message is, or else where it belongs."""
        return destination_of(entry, alert, self._config)

    async def hold(self, key: str) -> bool:
        """Take the key's lease; False while another process works on it."""
        return await self._ledger.lease(key, self._owner, self._lease_ms)

    async def let_go(self, key: str) -> None:
        await self._ledger.release(key, self._owner)

    async def perform(self, step: Step, entry: Entry, alert: Alert) -> Outcome:
        """Do one step of a key that we hold.

        Raises `SlackFailure` and `redis.RedisError`; both leave the ledger true.
        """
        where = self.destination(entry, alert)
        call = await self._call(entry, where)
        if not await self._ledger.extend(entry.key, self._owner, self._lease_ms):
            return Outcome.NOT_OURS
        try:
            match step:
                case Step.POST:
                    return await self._post(entry, alert, where, call)
                case Step.LOOK_UP:
                    return await self._look_up(entry, alert, where)
                case Step.EDIT:
                    return await self._edit(entry, alert, where, call)
                case _:
                    assert_never(step)
        except SlackFailure as failure:
            self._metrics.failed(where.receiver, failure.reason)
            raise

    async def sum_up(self) -> None:
        """Tell what broke and was over when it was noticed, a message a receiver.

        Raises `SlackFailure` and `redis.RedisError`; what was not told stays.
        """
        due = await self._ledger.summaries.due(self.now())
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

    async def over(self, entry: Entry, alert: Alert, rest: Rest) -> None:
        """Count an alert that is over before it was posted."""
        receiver = self.destination(entry, alert).receiver
        if rest is Rest.STALE:
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

    async def _post(
        self, entry: Entry, alert: Alert, where: Destination, call: Call | None
    ) -> Outcome:
        cause = entry.cause or alert.ground
        # Asked in the same breath as the intent is written: answered meanwhile?
        begun_at = self.now()
        begun = await self._ledger.begin(
            entry,
            self._owner,
            receiver=where.receiver,
            channel=where.channel,
            now=begun_at,
            doubt=self._posted.doubt(cause.noticed_at),
            asks=BROKEN if alert.state is AlertState.WARNED else "",
        )
        if not begun:
            return Outcome.NOT_OURS
        if (known := self._posted.ts(entry.key, where.channel)) is not None:
            await self._ledger.record(
                *(entry, self._owner),
                ts=known,
                shown="",
                done=False,
                now=begun_at,
                asks=_asked(entry, alert),
            )
            log.warning("redis had lost that an alert was posted", key=entry.key)
            return Outcome.DONE
        message = self._write(alert, where.mention, call=call)
        revision = alert.revision
        try:
            ts = await self._slack.post(
                where.channel, message, entry.key, revision, where.thread
            )
        except SlackFailure as failure:
            if not failure.unclear:
                await self._ledger.forget_intent(entry.key, self._owner)
            raise
        self._posted.remember(entry.key, where.channel, ts)
        delay = self.now() - cause.at
        await self._ledger.record(
            entry, self._owner, ts=ts, shown=revision, done=True, now=begun_at
        )
        self._metrics.posted(where.receiver, kind_of(entry), delay)
        log.info("alert posted", receiver=where.receiver, key=entry.key, delay_ms=delay)
        return Outcome.DONE

    async def _look_up(self, entry: Entry, alert: Alert, where: Destination) -> Outcome:
        intent = entry.intent or entry.lost or self.now()
        try:
            found = await self._slack.find(
                where.channel, entry.key, _since(intent), where.thread
            )
        except SlackFailure as failure:
            if failure.reason in FOR_NOW:
                raise
            # When in doubt, send: a duplicate beats a missed alert (semantics 4.6).
            log.warning(
                "cannot look for a message, posting it again",
                channel=where.channel,
                detail=failure.detail,
            )
            found = None
        else:
            is_young = self.now() - intent < self._certain_ms
            if entry.intent is not None and found is None and is_young:
                return Outcome.UNCLEAR
        if found is None:
            await self._ledger.forget_intent(entry.key, self._owner, doubt=intent)
            return Outcome.DONE
        await self._ledger.record(
            *(entry, self._owner),
            ts=found.ts,
            shown=found.revision,
            done=False,
            now=intent,
            where=(where.receiver, where.channel),
            asks="" if entry.lost is None else _asked(entry, alert),
        )
        self._metrics.told(where.receiver, kind_of(entry), FOUND)
        log.info("alert found in the channel", receiver=where.receiver, key=entry.key)
        return Outcome.DONE

    async def _edit(
        self, entry: Entry, alert: Alert, where: Destination, call: Call | None
    ) -> Outcome:
        assert entry.ts is not None  # what makes it an edit
        message, revision = self._write(alert, where.mention, call=call), alert.revision
        result = EDITED
        try:
            await self._slack.edit(
                where.channel, entry.ts, message, entry.key, revision
            )
        except SlackFailure as failure:
            if failure.reason is not FailureReason.GONE:
                raise
            # Somebody deleted it: they know. Never a second message for one key.
            result = GONE
        if entry.doubt is not None:
            await self._put_right(entry, alert, where, message)
        now = self.now()
        await self._ledger.record(
            entry, self._owner, ts=entry.ts, shown=revision, done=True, now=now
        )
        self._metrics.told(where.receiver, alert.state, result)
        event = "alert edited" if result is EDITED else "alert is gone from the channel"
        log.info(event, receiver=where.receiver, key=entry.key, state=alert.state)
        return Outcome.DONE

    async def _put_right(
        self, entry: Entry, alert: Alert, where: Destination, message: Message
    ) -> None:
        """No message stays false: a second one of the key says the same (4.6)."""
        since, revision = _since(entry.doubt or 0), alert.revision
        found = self._slack.messages_of(where.channel, entry.key, since, where.thread)
        async for other in found:
            if other.ts != entry.ts:
                await self._slack.edit(
                    where.channel, other.ts, message, entry.key, revision
                )
                log.warning("a second message was put right", key=entry.key)
        if alert.state not in OPEN:
            await self._ledger.believe(entry.key)


def _asked(entry: Entry, alert: Alert) -> str:
    """What is wanted beside a message of which Redis forgot what it said first."""
    return BROKEN if entry.first is None and alert.is_forewarned else ""


def _since(intent: int) -> float:
    return (intent - LOOK_BACK) / 1000
