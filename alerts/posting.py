"""What a sink is asked for, step by step, and what is written down of it.

begin (an intent) ──▶ post ──▶ record (its ts)
▲ a crash here leaves an intent: look up before posting again
"""

from collections.abc import Callable

import structlog

from alerts.alert import Alert, AlertState
from alerts.destination import Destination
from alerts.entry import Entry, Rest
from alerts.failure import FOR_NOW, FailureReason, SinkFailure
from alerts.hosts import may_join
from alerts.ledger import Ledger
from alerts.metrics import EDITED, FOUND, GONE, Metrics, kind_of
from alerts.notice import BROKEN
from alerts.outcome import Outcome
from alerts.posted import Posted
from alerts.sinks.sink import Saying
from alerts.sinks.sinks import Sinks
from alerts.slack.buttons import Controls
from alerts.slack.calling import Call
from alerts.storms.listing import Cause, Listing
from alerts.subject import Subject, Write, WriteList
from stream.config.sinks import kind_of_place
from stream.sla.instants import MINUTE

log = structlog.get_logger(__name__)

LOOK_BACK = 5 * MINUTE
"""Look for a message from so long before its intent: Slack's clock is not ours."""
CERTAIN = MINUTE
"""So long after a post whose end we do not know is "not there" believed: Slack may do
late what it was asked."""


class Posting:
    """One step of a key that `owner` holds; `write` makes messages, `now` is ms.

    All steps raise `SinkFailure` and `redis.RedisError`; both leave the ledger true.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        sinks: Sinks,
        metrics: Metrics,
        write: Write,
        write_list: WriteList,
        owner: str,
        certain_ms: int,
        now: Callable[[], int],
    ) -> None:
        self._ledger = ledger
        self._sinks = sinks
        self._metrics = metrics
        self._write = write
        self._write_list = write_list
        self._owner = owner
        self._certain_ms = certain_ms
        self._now = now
        self._posted = Posted(now())

    async def post(
        self, entry: Entry, alert: Subject, where: Destination, call: Call | None
    ) -> Outcome:
        if await self._joins(entry, alert, where):
            return Outcome.UNASKED
        noticed_at, since = _news(entry, alert)
        # Asked in the same breath as the intent is written: answered meanwhile?
        begun_at = self._now()
        begun = await self._ledger.begin(
            entry,
            self._owner,
            receiver=where.receiver,
            channel=where.channel,
            now=begun_at,
            doubt=self._posted.doubt(noticed_at),
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
            return Outcome.UNASKED
        saying = self.saying(entry, alert, where, call)
        try:
            await self._will_be_repeated(entry, where)
            ts = await self._sinks.of(where.channel).post(where, saying)
        except SinkFailure as failure:
            if not failure.unclear:
                await self._ledger.forget_intent(entry.key, self._owner)
            raise
        self._posted.remember(entry.key, where.channel, ts)
        if entry.first is None and isinstance(alert, Alert):
            await self._ledger.hosts.remember(entry.key, alert.ground)
        # What people kept back is not late by us.
        is_late = since is not None and entry.suppressed is None
        delay = self._now() - since if is_late and since is not None else None
        await self._ledger.record(
            *(entry, self._owner),
            ts=ts,
            shown=saying.revision,
            done=entry.is_surely_one,
            now=begun_at,
            righted=entry.is_surely_one,
        )
        self._metrics.posted(where.receiver, _kind(entry, alert), delay)
        log.info("alert posted", receiver=where.receiver, key=entry.key, delay_ms=delay)
        return Outcome.DONE

    async def _joins(self, entry: Entry, alert: Subject, where: Destination) -> bool:
        """Whether it became a line of an open message of its conversation."""
        if isinstance(alert, Listing) or not may_join(entry, alert):
            return False
        if kind_of_place(where.channel) != "slack":
            return False
        key = await self._ledger.hosts.candidate(alert.ground)
        if key is None:
            return False
        [host] = await self._ledger.entries([key])
        if not host.is_open or host.host or host.channel != where.channel:
            return False
        now = self._now()
        if not await self._ledger.hosts.join(entry, self._owner, host, now):
            return False
        self._metrics.told(where.receiver, kind_of(entry), Rest.JOINED)
        log.info("alert is a line of another", key=entry.key, host=host.key)
        return True

    async def look_up(
        self, entry: Entry, alert: Subject, where: Destination
    ) -> Outcome:
        # It is not to be posted, and may be there: then it must say how it is.
        is_only_in_doubt = entry.intent is None and entry.lost is None
        intent = entry.intent or entry.lost or entry.doubt or self._now()
        sink = self._sinks.of(where.channel)
        try:
            found = await sink.find(where, entry.key, _since(intent))
        except SinkFailure as failure:
            if failure.reason in FOR_NOW:
                raise
            said = {"channel": where.channel, "detail": failure.detail}
            if is_only_in_doubt:
                log.warning("cannot look for a message", **said)
                return Outcome.UNREAD
            # When in doubt, send: a duplicate beats a missed alert (semantics 4.6).
            log.warning("cannot look for a message, posting it again", **said)
            found, is_unseen = None, True
        else:
            is_unseen = False
            is_young = self._now() - intent < self._certain_ms and not sink.cannot_look
            if entry.lost is None and found is None and is_young:
                return Outcome.UNCLEAR
        if found is None:
            if is_only_in_doubt:
                await self._ledger.believe(entry.key)
            else:
                await self._ledger.forget_intent(
                    entry.key, self._owner, doubt=intent, unseen=is_unseen
                )
            # Who can be read may refuse messages all the same: no success of theirs.
            return Outcome.UNASKED
        await self._ledger.record(
            *(entry, self._owner),
            ts=found.ts,
            shown=found.revision,
            done=False,
            now=intent,
            where=(where.receiver, where.channel),
            asks="" if entry.lost is None else _asked(entry, alert),
            righted=entry.is_surely_one,
        )
        if entry.first is None and isinstance(alert, Alert):
            await self._ledger.hosts.remember(entry.key, alert.ground)
        self._metrics.told(where.receiver, _kind(entry, alert), FOUND)
        log.info("alert found in the channel", receiver=where.receiver, key=entry.key)
        return Outcome.UNASKED if sink.cannot_look else Outcome.DONE

    async def edit(
        self, entry: Entry, alert: Subject, where: Destination, call: Call | None
    ) -> Outcome:
        assert entry.ts is not None  # what makes it an edit
        saying = self.saying(entry, alert, where, call)
        sink, result = self._sinks.of(where.channel), EDITED
        try:
            await self._will_be_repeated(entry, where)
            await sink.edit(where, entry.ts, saying)
        except SinkFailure as failure:
            if failure.reason is not FailureReason.GONE:
                raise
            # Somebody deleted it: they know. Never a second message for one key.
            result = GONE
        if entry.doubt is not None:
            # No message stays false: a second one of the key says the same (4.6).
            try:
                await sink.put_right(where, entry.ts, saying, _since(entry.doubt))
            except SinkFailure as failure:
                if failure.reason in FOR_NOW:
                    raise
                said = {"channel": where.channel, "detail": failure.detail}
                log.warning("cannot look for a second message", **said)
                return Outcome.UNREAD
            if not saying.is_open:
                await self._ledger.believe(entry.key)
        now = self._now()
        await self._ledger.record(
            *(entry, self._owner),
            ts=entry.ts,
            shown=saying.revision,
            done=True,
            now=now,
            righted=True,
        )
        self._metrics.told(where.receiver, alert.state, result)
        event = "alert edited" if result is EDITED else "alert is gone from the channel"
        log.info(event, receiver=where.receiver, key=entry.key, state=alert.state)
        return Outcome.DONE

    def saying(
        self, entry: Entry, subject: Subject, where: Destination, call: Call | None
    ) -> Saying:
        """What is said of the notice, or of the list, now."""
        now = self._now()
        about: Alert | None = None
        if isinstance(subject, Listing):
            message = self._write_list(subject, where.mention)
        else:
            about, *others = entry.promises
            message = self._write(
                about,
                where.mention,
                call=call,
                controls=Controls(key=entry.key, handling=entry.handling, now=now),
                others=others,
            )
        return Saying(
            key=entry.key,
            receiver=where.receiver,
            subject=about,
            message=message,
            revision=entry.revision(now),
            is_open=entry.is_open,
            call=call,
        )

    async def _will_be_repeated(self, entry: Entry, where: Destination) -> None:
        """Before it is told: what is told and not repeated ends by itself, untrue."""
        if kind_of_place(where.channel) == "alertmanager":
            await self._ledger.repeats.add(entry.key, self._now())


def _news(entry: Entry, subject: Subject) -> tuple[int, int | None]:
    """When what a post tells was noticed, and since when it is to be told.

    None of what was held back on purpose.
    """
    if isinstance(subject, Listing):
        held = subject.cause in {Cause.OPENING, Cause.UNMUTED}
        return subject.began, None if held else subject.began
    cause = entry.cause or subject.ground
    return cause.noticed_at, cause.at


def _kind(entry: Entry, subject: Subject) -> str:
    """The label `kind` of what is posted."""
    return subject.state if isinstance(subject, Listing) else kind_of(entry)


def _asked(entry: Entry, alert: Subject) -> str:
    """What is wanted beside a message of which Redis forgot what it said first."""
    return BROKEN if entry.first is None and alert.is_forewarned else ""


def _since(intent: int) -> float:
    return (intent - LOOK_BACK) / 1000
