"""Notices of an example: what the ledger would know when the message is made. Pure."""

from alerts.alert import Alert
from alerts.destination import Destination
from alerts.entry import Entry
from alerts.notice import BROKEN, key_of, notice_of
from alerts.preview.kinds import Kind
from alerts.routing import receiver_of
from alerts.slack.calling import Call
from stream.config import Alerts
from stream.sla.facts import FactKind

_KEY, _TS = "example", "1772438400.000000"
_LINK = "https://example.slack.com/archives/{}/p" + _TS.replace(".", "")


def entry_of(kind: Kind, alert: Alert, config: Alerts) -> Entry:
    """The alert's first message, or what stands beside it, with no cause if nothing."""
    if not kind.calls:
        return Entry(key=_KEY, alert=alert)
    receiver = receiver_of(alert.ground, config, alert.ground.noticed_at)
    channel = config.receivers[receiver].place
    first = Entry(key=_KEY, alert=alert, channel=channel, ts=_TS)
    name: str | None = "none"
    if kind.turn is FactKind.ESCALATED:
        name = notice_of(alert.escalations[0])
    elif alert.is_forewarned:
        name = BROKEN
    return Entry(
        key=key_of(_KEY, name), alert=alert, first=first, threads={channel: _TS}
    )


def call_of(entry: Entry, where: Destination) -> Call:
    """As delivery says it; the workspace is made up."""
    assert entry.first is not None
    assert entry.cause is not None
    is_reply = where.thread is not None
    link = None if is_reply else _LINK.format(entry.first.channel)
    return Call(
        cause=entry.cause, receiver=where.receiver, in_thread=is_reply, link=link
    )
