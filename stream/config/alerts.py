"""`alerts`: which receiver is told of what."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from stream.config.acting import MayAct, SlackUser
from stream.config.on_call import To
from stream.config.part import Duration, Part
from stream.config.sinks import (
    AlertmanagerReceiver,
    AppriseReceiver,
    Fallback,
    SinkName,
    SlackReceiver,
    WebhookReceiver,
)
from stream.config.time_of_day import TimeOfDay
from stream.sla.events import Channel
from stream.sla.hours import Calendar
from stream.sla.instants import MINUTE

SINKS = ("slack", "webhook", "alertmanager", "apprise")
Sink = SlackReceiver | WebhookReceiver | AlertmanagerReceiver | AppriseReceiver


class Receiver(Part):
    slack: SlackReceiver | None = None
    webhook: WebhookReceiver | None = None
    alertmanager: AlertmanagerReceiver | None = None
    apprise: AppriseReceiver | None = None
    fallback: Fallback | None = Field(
        None, description="who is told, too, while this one's sink refuses"
    )
    digest: TimeOfDay | None = Field(
        None,
        description='when it is told of yesterday, each day: `"08:45"`, by `timezone`',
    )
    calendar: str | None = Field(
        None,
        description="when somebody reads it (of slack); what breaks while it is closed"
        " is one message when it opens, and nobody is warned meanwhile",
    )

    @model_validator(mode="after")
    def _is_one(self) -> "Receiver":
        if len([*self._sinks()]) != 1:
            raise ValueError(f"takes exactly one of {', '.join(SINKS)}")
        if self.calendar is not None and self.slack is None:
            raise ValueError("calendar is of slack: others are told at once")
        return self

    @property
    def sink(self) -> Sink:
        (only,) = self._sinks()
        return only

    @property
    def place(self) -> str:
        """Where its notices are, as the ledger has it: a channel, or `webhook:DESK`."""
        return self.sink.place

    @property
    def mention(self) -> str | None:
        """Whom its messages call; only Slack calls somebody."""
        return None if self.slack is None else self.slack.mention

    def _sinks(self) -> Iterator[Sink]:
        for name in SINKS:
            if (sink := getattr(self, name)) is not None:
                yield sink


Tell = Literal["warning", "breach", "escalation"]


class Route(Part):
    match: dict[Literal["queue", "channel", "policy", "account"], str] = Field(
        {}, description="all must hold; the last route has none and catches all"
    )
    to: To
    tell: tuple[Tell, ...] | None = Field(
        None,
        min_length=1,
        description="of warning, breach, escalation; else the last two, and warnings"
        " of window",
    )

    @field_validator("match", mode="after")
    @classmethod
    def _account_alone(cls, match: dict[Any, str]) -> dict[Any, str]:
        """`account: "whatsapp:1065"` is a channel and an account (semantics 6.8)."""
        channel, _, account = match.get("account", "").partition(":")
        if not account or channel not in list(Channel):
            return match
        if match.get("channel", channel) != channel:
            raise ValueError(f"can never match: the account is one of {channel}")
        return {**match, "channel": channel, "account": account}

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


class Watchdog(Part):
    url_from: SinkName = Field(
        description="`SWITCH`: the file that REPLYCLOCK_SINK_SWITCH_FILE names holds"
        " the address"
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
    ack_expires: Duration = Field(
        30 * MINUTE,
        ge=1000,
        description="how long an alert is taken; it comes back if somebody still waits",
    )
    may_act: MayAct = Field(
        "everyone",
        description="who may take, snooze and mute: everyone in the channel, a user"
        " group (`S0…`), or users (`[U0ANA]`)",
    )
    people: dict[str, SlackUser] = Field(
        {}, description="who an agent of the helpdesk is in Slack: `agent-42: U0ANA`"
    )
    routes: tuple[Route, ...] = Field(min_length=1, description="first match wins")
    receivers: dict[str, Receiver] = Field(min_length=1)
    monitor: str | None = Field(
        None,
        description="the receiver (slack or webhook) that Alertmanager tells of queues"
        " and of ReplyClock itself; else the last route's",
    )
    watchdog: Watchdog | None = Field(
        None,
        description="a dead man's switch elsewhere, told each minute by Alertmanager;"
        " it calls you when it is not",
    )
    _calendars: Mapping[str, Calendar] = PrivateAttr({})

    def know(self, calendars: Mapping[str, Calendar]) -> None:
        """What routes decide by who is on call."""
        self._calendars = calendars

    @property
    def monitor_name(self) -> str:
        """The receiver of what Prometheus' rules find."""
        return self.monitor or self.routes[-1].to.then

    def receiver_on_call(self, route: Route, at: int) -> str:
        """The receiver that `route` leads to at the instant `at` (ms)."""
        to = route.to
        if to.calendar is None or to.otherwise is None:
            return to.then
        return to.then if self._calendars[to.calendar].is_open(at) else to.otherwise
