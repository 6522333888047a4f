"""Timelines: events and passing instants in, facts out."""

from stream.sla.conversation import apply, conclude
from stream.sla.events import (
    AssignmentEvent,
    AttributesEvent,
    Author,
    AuthorKind,
    Channel,
    DeliveryEvent,
    DeliveryState,
    Direction,
    Event,
    MessageEvent,
    Nature,
    Status,
    StatusEvent,
)
from stream.sla.facts import Fact
from stream.sla.instants import MINUTE, from_ms
from stream.sla.policy import Rules
from stream.sla.state import Conversation

START = 1_700_000_000_000

CONFIG = """
version: 1
queues: {sales: {accounts: ["whatsapp:1"]}}
policies:
  - {name: vip, match: {tier: vip}, targets: {first_reply: 2m}}
  - {name: all, targets: {first_reply: {within: 10m, warn_at: [50%, 80%]}}}
alerts: {routes: [{to: s}], receivers: {s: {slack: {channel: C1}}}}
"""


class Timeline:
    """One conversation on a fake clock; instants in minutes after the start."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.state: Conversation | None = None
        self.facts: list[Fact] = []

    def play(self, *steps: Event | float) -> "Timeline":
        """Events happen; a number lets every deadline up to it pass."""
        for step in steps:
            if isinstance(step, Event):
                self.state, facts, _ = apply("c", self.state, step, self.rules, step.at)
            else:
                assert self.state is not None
                until = at(step)
                self.state, facts = conclude(
                    "c", self.state, until, self.rules, until + 2000
                )
            self.facts += facts
        return self

    def reload(self, rules: Rules) -> None:
        """Take new rules into force, as a worker does."""
        self.rules = rules.after(self.rules)

    @property
    def told(self) -> list[str]:
        """The facts of the clock as `kind@minute`, with what they replace."""
        return [
            f"{f.kind}@{(f.at - START) / MINUTE:g}"
            + (f" for {f.replaces}" if f.replaces else "")
            for f in self.facts
            if f.measure is not None
        ]


def at(minute: float) -> int:
    return START + round(minute * MINUTE)


def customer(minute: float, name: str = "c1", **attributes: str) -> MessageEvent:
    return MessageEvent(
        **_envelope(minute, name, **attributes),
        message_id=name,
        direction=Direction.INBOUND,
        author=Author(kind=AuthorKind.CUSTOMER),
    )


def reply(
    minute: float,
    name: str = "r1",
    author: AuthorKind = AuthorKind.AGENT,
    nature: Nature = Nature.PLAIN,
    by: str | None = None,
) -> MessageEvent:
    return MessageEvent(
        **_envelope(minute, f"{name}{minute}"),
        message_id=name,
        direction=Direction.OUTBOUND,
        author=Author(kind=author, id=by),
        nature=nature,
    )


def failure(minute: float, name: str = "r1") -> DeliveryEvent:
    return DeliveryEvent(
        **_envelope(minute, f"f{name}"), message_id=name, state=DeliveryState.FAILED
    )


def assigned(minute: float, queue: str) -> AssignmentEvent:
    return AssignmentEvent(**_envelope(minute, f"a{minute}"), queue=queue)


def tags(minute: float, *names: str) -> AttributesEvent:
    return AttributesEvent(**_envelope(minute, f"t{minute}"), tags=names)


def closed(minute: float) -> StatusEvent:
    return StatusEvent(**_envelope(minute, f"x{minute}"), status=Status.CLOSED)


def status(minute: float, now: Status) -> StatusEvent:
    return StatusEvent(**_envelope(minute, f"s{minute}{now}"), status=now)


def _envelope(minute: float, event_id: str, **attributes: str) -> dict[str, object]:
    return {
        "v": 1,
        "event_id": event_id,
        "occurred_at": from_ms(at(minute)),
        "conversation_id": "c",
        "channel": Channel.WHATSAPP,
        "account": "1",
        **attributes,
    }
