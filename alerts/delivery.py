"""One step of one alert: ask Slack, and write down what became of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

import structlog

from alerts.alert import Alert, AlertState
from alerts.entry import Entry, Step
from alerts.ledger import Ledger
from alerts.metrics import EDITED, FOUND, GONE, Metrics
from alerts.routing import receiver_of
from alerts.slack.blocks import message_of
from alerts.slack.client import Slack
from alerts.slack.failures import FOR_NOW, FailureReason, SlackFailure
from stream.config import Alerts
from stream.sla.instants import MINUTE

log = structlog.get_logger(__name__)

LOOK_BACK = 5 * MINUTE
"""Look for a message from so long before its intent: Slack's clock is not ours."""


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    receiver: str
    channel: str
    mention: str | None


class Delivery:
    """Owner of leases named `owner`; `now` is wall time in milliseconds."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        slack: Slack,
        config: Alerts,
        metrics: Metrics,
        owner: str,
        lease_ms: int = 15_000,
        now: Callable[[], int] = wall_ms,
    ) -> None:
        self._ledger = ledger
        self._slack = slack
        self._config = config
        self._metrics = metrics
        self._owner = owner
        self._lease_ms = lease_ms
        self._now = now

    def take(self, config: Alerts) -> None:
        """Routes and receivers of alerts that are posted from now on."""
        self._config = config
        self._metrics.take(config.receivers)

    def destination(self, entry: Entry, alert: Alert) -> Destination:
        """Where the message is, or else where it belongs."""
        name = entry.receiver or receiver_of(alert.breach, self._config.routes)
        if entry.channel is None and name not in self._config.receivers:
            # It was routed by a config that is no longer in force.
            name = receiver_of(alert.breach, self._config.routes)
        known = self._config.receivers.get(name)
        if entry.channel is not None:
            mention = known.slack.mention if known else None
            return Destination(receiver=name, channel=entry.channel, mention=mention)
        slack = self._config.receivers[name].slack
        return Destination(receiver=name, channel=slack.channel, mention=slack.mention)

    async def hold(self, key: str) -> bool:
        """Take the key's lease; False while another process works on it."""
        return await self._ledger.lease(key, self._owner, self._lease_ms)

    async def let_go(self, key: str) -> None:
        await self._ledger.release(key, self._owner)

    async def perform(self, step: Step, entry: Entry, alert: Alert) -> bool:
        """Do one step of a key that we hold; False when it was not ours to do.

        Raises `SlackFailure` and `redis.RedisError`; both leave the ledger true.
        """
        where = self.destination(entry, alert)
        if not await self._ledger.extend(entry.key, self._owner, self._lease_ms):
            return False
        try:
            match step:
                case Step.POST:
                    return await self._post(entry, alert, where)
                case Step.LOOK_UP:
                    await self._look_up(entry, where)
                case Step.EDIT:
                    await self._edit(entry, alert, where)
                case _:
                    assert_never(step)
        except SlackFailure as failure:
            self._metrics.failed(where.receiver, failure.reason)
            raise
        return True

    async def _post(self, entry: Entry, alert: Alert, where: Destination) -> bool:
        # Asked in the same breath as the intent is written: answered meanwhile?
        begun = await self._ledger.begin(
            entry,
            self._owner,
            receiver=where.receiver,
            channel=where.channel,
            now=self._now(),
        )
        if not begun:
            return False
        message = message_of(alert, where.mention)
        revision = alert.revision
        try:
            ts = await self._slack.post(where.channel, message, entry.key, revision)
        except SlackFailure as failure:
            if not failure.unclear:
                await self._ledger.forget_intent(entry.key)
            raise
        delay = self._now() - alert.breach.at
        await self._ledger.record(entry, ts=ts, shown=revision, done=True)
        self._metrics.posted(where.receiver, delay)
        log.info("alert posted", receiver=where.receiver, key=entry.key, delay_ms=delay)
        return True

    async def _look_up(self, entry: Entry, where: Destination) -> None:
        since = ((entry.intent or self._now()) - LOOK_BACK) / 1000
        try:
            found = await self._slack.find(where.channel, entry.key, since)
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
        if found is None:
            await self._ledger.forget_intent(entry.key)
            return
        await self._ledger.record(entry, ts=found.ts, shown=found.revision, done=False)
        self._metrics.told(where.receiver, AlertState.BREACHED, FOUND)
        log.info("alert found in the channel", receiver=where.receiver, key=entry.key)

    async def _edit(self, entry: Entry, alert: Alert, where: Destination) -> None:
        assert entry.ts is not None  # what makes it an edit
        message, revision = message_of(alert, where.mention), alert.revision
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
        await self._ledger.record(entry, ts=entry.ts, shown=revision, done=True)
        self._metrics.told(where.receiver, alert.state, result)
        log.info(
            "alert edited" if result is EDITED else "alert is gone from the channel",
            receiver=where.receiver,
            key=entry.key,
            state=alert.state,
        )
