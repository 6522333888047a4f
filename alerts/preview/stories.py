"""Stories: what made-up people say and do, as events. Pure; the rules judge them."""

from dataclasses import dataclass
from typing import Any

from stream.channels.contact import Contact, ContactKeys
from stream.records import encode_event
from stream.replay.replay import Replay
from stream.sla.events import (
    AttributesEvent,
    Author,
    AuthorKind,
    Channel,
    DeliveryEvent,
    DeliveryState,
    Direction,
    Event,
    MessageEvent,
    Status,
    StatusEvent,
)
from stream.sla.facts import Fact
from stream.sla.instants import SECOND, from_ms
from stream.sla.policy import Rules

CUSTOMER = Contact(name="Ana Example", number="12025550142")
"""The number is one of those that are kept for fiction."""
AGENT = "ben.example"
KEYS = ContactKeys([bytes(32)])
"""Of a customer who is nobody: no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a story plays, so that a policy applies; `at`: the first words, in ms."""

    channel: Channel
    account: str
    queue: str
    at: int
    priority: str | None = None
    tier: str | None = None
    tags: tuple[str, ...] = ()


class Story:
    """Events of one conversation; instants in milliseconds.

    `heard`: when an event reaches us, where that is later than it happened.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        assert KEYS.seal is not None  # there is a key
        self._contact = KEYS.seal(CUSTOMER, place.channel, place.account)
        self._events: list[Event] = []
        if place.tags:
            said = self._envelope(place.at - SECOND)
            self._events.append(AttributesEvent(**said, tags=place.tags))

    def asks(self, at: int) -> None:
        """The customer writes."""
        self._speaks(at, at, Direction.INBOUND, Author(kind=AuthorKind.CUSTOMER))

    def answers(self, at: int, heard: int = 0) -> None:
        """A person answers."""
        author = Author(kind=AuthorKind.AGENT, id=AGENT)
        self._speaks(at, heard, Direction.OUTBOUND, author)

    def fails(self, at: int) -> None:
        """What was said last did not reach the customer."""
        (*_, last) = (e for e in self._events if isinstance(e, MessageEvent))
        said = self._envelope(at)
        failed = DeliveryState.FAILED
        self._events.append(
            DeliveryEvent(**said, message_id=last.message_id, state=failed)
        )

    def closes(self, at: int, heard: int = 0) -> None:
        """Somebody closes the conversation."""
        said = self._envelope(at, heard)
        self._events.append(StatusEvent(**said, status=Status.CLOSED))

    @property
    def heard(self) -> int:
        """When its last event reaches us."""
        return max(event.arrived for event in self._events)

    def facts(self, rules: Rules, until: int) -> list[Fact]:
        """What the rules conclude of it by `until`."""
        replay = Replay(rules)
        ordered = sorted(self._events, key=lambda event: event.arrived)
        facts = [*replay.lines(map(encode_event, ordered)), *replay.run_until(until)]
        return [fact for fact in facts if isinstance(fact, Fact)]

    def _speaks(
        self, at: int, heard: int, direction: Direction, author: Author
    ) -> None:
        said = self._envelope(at, heard)
        name = f"message-{len(self._events)}"
        self._events.append(
            MessageEvent(**said, message_id=name, direction=direction, author=author)
        )

    def _envelope(self, at: int, heard: int = 0) -> dict[str, Any]:
        place = self._place
        held = {"priority": place.priority, "tier": place.tier}
        return {
            "v": 1,
            "event_id": f"event-{len(self._events)}",
            "occurred_at": from_ms(at),
            "received_at": from_ms(max(at, heard)),
            "conversation_id": f"{place.channel}:{place.account}:made-up",
            "channel": place.channel,
            "account": place.account,
            "queue": place.queue,
            "contact": self._contact,
            **{name: value for name, value in held.items() if value is not None},
        }
