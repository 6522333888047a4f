"""What the delivery side remembers, for `replyclock explain`. Nothing is changed.

The ledger keeps what it needs to edit a message, not a history: where the message is,
since when, and whether it says what is so now. When it was edited, how often, and what
it said in between is not in there.
"""

from collections.abc import Sequence

from redis.exceptions import RedisError

from alerts.alert import OPEN, Alert, alert_key, concerns_alerts
from alerts.connection import connect
from alerts.delivery import wall_ms
from alerts.destination import destination_of
from alerts.diagnosis import RedisAddress, judge_redis_failure
from alerts.entry import SUPPRESSED, Entry, Rest, Step, next_step
from alerts.ledger import Ledger
from alerts.notice import key_of, notice_of
from alerts.sinks.place import said_of
from stream.config import Config
from stream.explain.notice import Notice, NoticeKind, NoticesUnknownError
from stream.process.settings import Settings
from stream.records import UnreadableRecordError
from stream.sla.facts import Fact, FactKind

_ASKING = {FactKind.WARNED, FactKind.BREACHED, FactKind.ESCALATED}
"""For a message: for the first, or for one more."""
_NEVER_SENT: dict[Step | Rest, NoticeKind] = {
    Rest.OVER: NoticeKind.OVER,
    Rest.STALE: NoticeKind.STALE,
    Rest.LISTED: NoticeKind.LISTED,
}


async def recall(
    settings: Settings, config: Config, facts: Sequence[Fact]
) -> list[Notice]:
    """The entry point (`stream.explain.notice.Recall`).

    Redis is asked only when `facts` have a warning or a breach.
    """
    asking = {
        key_of(alert_key(fact), notice_of(fact)): fact
        for fact in facts
        if fact.kind in _ASKING and concerns_alerts(fact)
    }
    if not asking:
        return []
    try:
        async with connect(settings) as redis:
            ledger = Ledger(redis, settings.topic_prefix)
            entries = await ledger.entries(list(asking))
    except (RedisError, OSError) as error:
        said = judge_redis_failure(error, RedisAddress.of(settings.redis_url))
        raise NoticesUnknownError(f"redis: {said.found}") from error
    except UnreadableRecordError as error:
        raise NoticesUnknownError("the ledger is of another version") from error
    return [
        notice
        for entry in entries
        if entry.alert is not None or asking[entry.key].kind is not FactKind.WARNED
        for notice in notices_of(asking[entry.key], entry, config, wall_ms())
    ]


def notices_of(breach: Fact, entry: Entry, config: Config, now: int) -> list[Notice]:
    """What `entry` tells of the alert about `breach`; `config` is that of now."""
    alert, where = entry.alert, None
    if alert is not None:
        where = destination_of(entry, alert, config.alerts, now)
    is_told = where is None or where.is_told
    step = next_step(entry, config.stale_after, now=now, is_told=is_told)
    if alert is not None and entry.ts is not None:
        return _sent(breach, entry, alert, now)
    if step is Step.LOOK_UP:
        return [_notice(NoticeKind.UNCLEAR, breach, entry, at=entry.intent)]
    if step is Step.POST or step in SUPPRESSED:
        assert where is not None  # else there is nothing to post
        to = where.receiver, where.channel
        return [_notice(NoticeKind.WAITS, breach, entry, to=to)]
    return [_notice(_NEVER_SENT.get(step, NoticeKind.UNKNOWN), breach, entry)]


def _sent(breach: Fact, entry: Entry, alert: Alert, now: int) -> list[Notice]:
    posted = round(float(entry.ts or 0) * 1000)  # Slack names a message by its time
    sent = _notice(NoticeKind.SENT, breach, entry, at=posted)
    since = max(posted, alert.last.noticed_at)
    if entry.shown != entry.revision(now):
        kind = NoticeKind.EDIT_WAITS
    elif alert.state not in OPEN or (
        # Breached, or again, and that was not known when it was posted.
        len(alert.transitions) > 1 and alert.last.noticed_at > posted
    ):
        kind = NoticeKind.EDITED
    else:
        return [sent]
    return [sent, _notice(kind, breach, entry, at=since, says=alert.state)]


def _notice(
    kind: NoticeKind,
    breach: Fact,
    entry: Entry,
    *,
    at: int | None = None,
    to: tuple[str, str] | None = None,
    says: str | None = None,
) -> Notice:
    assert breach.measure is not None  # what makes it concern alerts
    assert breach.cycle is not None
    receiver, channel = to or (entry.receiver, entry.channel)
    return Notice(
        kind=kind,
        measure=breach.measure,
        cycle=breach.cycle,
        at=at,
        receiver=receiver,
        place=None if channel is None else said_of(channel),
        says=says,
    )
