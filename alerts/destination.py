"""Where a notice is, or belongs: the receiver, its channel, whose thread.

The alert's first message goes where its route leads, an escalation to the receiver that
its step names, and a breach after a warning where the breach's own route leads. In a
channel that has a message of the alert already, it is a reply in that one's thread:
never a second message of one alert in a channel (semantics 4.1).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.alert import Alert
from alerts.entry import Entry
from alerts.notice import BROKEN, parts_of
from alerts.routing import receiver_of, tells
from alerts.storms.listing import Listing
from stream.config import Alerts, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """`thread` is the `ts` of the message that it answers."""

    receiver: str
    channel: str
    mention: str | None
    thread: str | None = None
    is_told: bool = True
    """Whether a route wants it there."""


def destination_of(entry: Entry, alert: Alert, config: Alerts) -> Destination:
    """By where it was posted, or else by `config`, which is that of now."""
    wanted = None if entry.first is None else entry.cause and entry.cause.to
    name = entry.receiver or wanted or receiver_of(alert.ground, config.routes)
    if entry.channel is None and name not in config.receivers:
        # It was routed by a config that is no longer in force.
        name = receiver_of(alert.ground, config.routes)
    known = config.receivers.get(name)
    channel = entry.channel or config.receivers[name].slack.channel
    mention = None if known is None else known.slack.mention
    thread = entry.threads.get(channel)
    calls = mention is not None or thread is None
    return Destination(
        receiver=name,
        channel=channel,
        mention=mention,
        thread=thread,
        is_told=_is_told(entry, alert, config.routes, calls=calls),
    )


def destination_of_list(entry: Entry, listing: Listing, config: Alerts) -> Destination:
    """By where it was posted, or else by its receiver.

    By that of the last route where `config` has its receiver no more.
    """
    name = entry.receiver or listing.receiver
    if entry.channel is None and name not in config.receivers:
        name = config.routes[-1].to
    known = config.receivers.get(name)
    return Destination(
        receiver=name,
        channel=entry.channel or config.receivers[name].slack.channel,
        mention=None if known is None else known.slack.mention,
    )


def _is_told(
    entry: Entry, alert: Alert, routes: Iterable[Route], *, calls: bool
) -> bool:
    if entry.first is None:
        return tells("breach" if alert.is_broken else "warning", alert.ground, routes)
    if parts_of(entry.key)[1] == BROKEN:
        # The edit said it already; a reply is for calling somebody.
        return calls and tells("breach", alert.ground, routes)
    return tells("escalation", alert.ground, routes)
