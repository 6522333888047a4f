"""`alerts`: which receiver is told of what."""

from typing import Literal

from pydantic import Field

from stream.config.part import Duration, Part


class SlackReceiver(Part):
    channel: str = Field(pattern=r"^[CGD][A-Z0-9]+$", description="the channel's id")
    mention: str | None = Field(None, description="put before the text: `@here`")


class Receiver(Part):
    slack: SlackReceiver
    calendar: str | None = Field(
        None,
        description="when somebody reads it; what breaks while it is closed is one"
        " message when it opens, and nobody is warned meanwhile",
    )


Tell = Literal["warning", "breach", "escalation"]


class Route(Part):
    match: dict[Literal["queue", "channel", "policy", "account"], str] = Field(
        {}, description="all must hold; the last route has none and catches all"
    )
    to: str = Field(description="a receiver")
    tell: tuple[Tell, ...] | None = Field(
        None,
        min_length=1,
        description="of warning, breach, escalation; else the last two, and warnings"
        " of window",
    )

    def tells(self, what: Tell, *, of_window: bool = False) -> bool:
        """Whether a message is made of it; `of_window`: of that measure."""
        if self.tell is not None:
            return what in self.tell
        return of_window or what != "warning"


class Storm(Part):
    threshold: int = Field(5, ge=1, description="more breaches of one queue than this")
    window: Duration = Field(
        60_000, ge=1_000, description="within this become one message of the receiver"
    )


ShowCustomer = Literal["none", "last4", "name", "number"]
"""How much of a customer an alert says, of what intake has sealed."""


class Alerts(Part):
    show_customer: ShowCustomer = Field(
        "none",
        description="who it is: none, last4 (digits of the number), name (and last4),"
        " number (and name)",
    )
    storm: Storm = Field(Storm(), description="when many are told in one message")
    routes: tuple[Route, ...] = Field(min_length=1, description="first match wins")
    receivers: dict[str, Receiver] = Field(min_length=1)
