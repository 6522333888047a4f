"""What a notice says that calls somebody else (semantics 4.4). Pure."""

from dataclasses import dataclass

from alerts.alert import Alert
from alerts.slack.mrkdwn import date, name
from alerts.slack.wording import after
from stream.sla.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Why this message is beside the alert's first one, and where that one is."""

    cause: Fact
    """The `escalated` that asks for it."""
    receiver: str
    link: str | None = None
    """Of the first message, where it is known and elsewhere."""
    in_thread: bool = False
    """It answers the first message, which says all the rest."""


def escalated(alert: Alert, call: Call) -> str:
    """The line of an escalation in a channel of its own."""
    when = date(call.cause.at, alert.breach.at)
    late = after(alert, call.cause)
    said = f"Escalated to *{name(call.receiver)}* {late} after the deadline, at {when}."
    return said if call.link is None else f"{said} <{call.link}|First message>"


def still_broken(alert: Alert, call: Call) -> str:
    """The sentence of an escalation in the first message's thread."""
    late = after(alert, call.cause)
    return f"The promise is still broken {late} after the deadline."
