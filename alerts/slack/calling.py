"""What a notice says that calls somebody else, or calls after a warning. Pure."""

from dataclasses import dataclass

from alerts.alert import Alert
from alerts.presses.press import Press, PressKind
from alerts.slack.mrkdwn import date, mention_of, name
from alerts.slack.wording import after
from stream.sla.facts import Fact, FactKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Why this message is beside the alert's first one, and where that one is."""

    cause: Fact
    """The `escalated` that asks for it, or the breach after a warning."""
    receiver: str
    link: str | None = None
    """Of the first message, where it is known and elsewhere."""
    is_return: bool = False
    """Somebody had it, and the time for that is over."""
    returned: Press | None = None
    """By which it was theirs; None: somebody acted since."""
    instead_of: str | None = None
    """The receiver whose sink refuses, where this one is told in its place."""
    in_thread: bool = False
    """It answers a message of this alert, which says all the rest."""


def beside(alert: Alert, call: Call) -> str:
    """The line of a message that is in another channel than the first."""
    when = date(call.cause.at, alert.deadline)
    late = after(alert, call.cause)
    said = "Another receiver was warned of it."
    if call.instead_of is not None:
        said = f"Told here because *{name(call.instead_of)}* does not take alerts now."
    elif call.is_return:
        said = _back(alert, call.returned)
    elif call.cause.kind is FactKind.ESCALATED:
        to = name(call.receiver)
        said = f"Escalated to *{to}* {late} after the deadline, at {when}."
    return said if call.link is None else f"{said} <{call.link}|First message>"


def in_thread(alert: Alert, call: Call) -> str:
    """The sentence of a reply to another message of the alert."""
    if call.instead_of is not None:
        return f"{name(call.instead_of)} does not take alerts now."
    if call.is_return:
        return _back(alert, call.returned)
    if call.cause.kind is not FactKind.ESCALATED:
        return "The promise is broken."
    late = after(alert, call.cause)
    return f"The promise is still broken {late} after the deadline."


def _back(alert: Alert, returned: Press | None) -> str:
    if returned is None:
        return "It was back, and somebody acted since."
    did = "took" if returned.kind is PressKind.TAKE else "snoozed"
    when = date(returned.at, alert.deadline)
    return f"{mention_of(returned.by)} {did} it at {when}, and it is back."
