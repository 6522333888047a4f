"""Where a notice is, or belongs: the receiver, its channel, whose thread.

The alert's first message goes where its route leads, an escalation to the receiver that
its step names, and a breach after a warning where the breach's own route leads. In a
channel that has a message of the alert already, it is a reply in that one's thread:
never a second message of one alert in a channel (semantics 4.1).
"""

from dataclasses import dataclass

from alerts.alert import Alert
from alerts.entry import Entry
from alerts.notice import BROKEN, instead_of, is_return, parts_of
from alerts.routing import receiver_of, tells
from alerts.storms.listing import Listing
from stream.config import Alerts
from stream.config.alerts import Receiver
from stream.config.sinks import ASSIGNEE, kind_of_place


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """`thread` is the `ts` of the message that it answers."""

    receiver: str
    channel: str
    mention: str | None
    thread: str | None = None
    is_told: bool = True
    """Whether a route wants it there."""


def destination_of(entry: Entry, alert: Alert, config: Alerts, now: int) -> Destination:
    """By where it was posted, or else by `config` and who is on call at `now`."""
    first, channel = entry.first, entry.channel
    wanted = None if first is None else entry.cause and entry.cause.to
    if (refusing := instead_of(entry.key)) is not None:
        wanted = _fallback_of(refusing, config)
    if first is not None and is_return(parts_of(entry.key)[1]):
        # Who was told is called again, there.
        wanted, channel = first.receiver, channel or first.channel
    name = entry.receiver or wanted or receiver_of(alert.ground, config, now)
    if channel is None and name not in config.receivers:
        # It was routed by a config that is no longer in force.
        name = receiver_of(alert.ground, config, now)
    known = config.receivers.get(name)
    channel = channel or config.receivers[name].place
    mention = None if known is None else whom(alert, known, config)
    # What cannot edit has not said by its first message what came of it.
    is_one_way = kind_of_place(channel) == "apprise"
    thread = None if is_one_way else entry.threads.get(channel)
    calls = mention is not None or thread is None
    return Destination(
        receiver=name,
        channel=channel,
        mention=mention,
        thread=thread,
        is_told=_is_told(entry, alert, config, calls=calls),
    )


def destination_of_list(
    entry: Entry, listing: Listing, config: Alerts, now: int
) -> Destination:
    """By where it was posted, or else by its receiver.

    By that of the last route where `config` has its receiver no more.
    """
    name = entry.receiver or listing.receiver
    if entry.channel is None and name not in config.receivers:
        name = config.receiver_on_call(config.routes[-1], now)
    known = config.receivers.get(name)
    mention = None if known is None else known.mention
    return Destination(
        receiver=name,
        channel=entry.channel or config.receivers[name].place,
        # Nobody in particular has the work of many.
        mention=None if mention == ASSIGNEE else mention,
    )


def whom(alert: Alert, receiver: Receiver, config: Alerts) -> str | None:
    """Whom a message to `receiver` calls."""
    mention = receiver.mention
    if mention != ASSIGNEE:
        return mention
    return config.people.get(alert.ground.assignee or "")


def _fallback_of(receiver: str, config: Alerts) -> str | None:
    known = config.receivers.get(receiver)
    return None if known is None or known.fallback is None else known.fallback.to


def _is_told(entry: Entry, alert: Alert, config: Alerts, *, calls: bool) -> bool:
    name, routes = parts_of(entry.key)[1], config.routes
    if is_return(name):
        return True  # somebody had it: it was told
    if name is None:
        return tells("breach" if alert.is_broken else "warning", alert.ground, routes)
    if name == BROKEN:
        # The edit said it already; a reply is for calling somebody.
        return calls and tells("breach", alert.ground, routes)
    if (refusing := instead_of(entry.key)) is not None:
        return _fallback_of(refusing, config) is not None
    return tells("escalation", alert.ground, routes)
