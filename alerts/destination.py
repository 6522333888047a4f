"""Where a notice is, or belongs: the receiver, its channel, whose thread.

The alert's first message goes where its route leads, an escalation to the receiver that
its step names. In a channel that has the first message already, it is a reply in that
one's thread: never a second message of one alert in a channel (semantics 4.1).
"""

from dataclasses import dataclass

from alerts.alert import Alert
from alerts.entry import Entry
from alerts.routing import receiver_of
from stream.config import Alerts


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """`thread` is the `ts` of the message that it answers."""

    receiver: str
    channel: str
    mention: str | None
    thread: str | None = None


def destination_of(entry: Entry, alert: Alert, config: Alerts) -> Destination:
    """By where it was posted, or else by `config`, which is that of now."""
    wanted = None if entry.first is None else entry.cause and entry.cause.to
    name = entry.receiver or wanted or receiver_of(alert.breach, config.routes)
    if entry.channel is None and name not in config.receivers:
        # It was routed by a config that is no longer in force.
        name = receiver_of(alert.breach, config.routes)
    known = config.receivers.get(name)
    channel = entry.channel or config.receivers[name].slack.channel
    return Destination(
        receiver=name,
        channel=channel,
        mention=None if known is None else known.slack.mention,
        thread=_thread(entry.first, channel),
    )


def _thread(first: Entry | None, channel: str) -> str | None:
    return first.ts if first is not None and first.channel == channel else None
