"""What is told of a conversation: events, with their way to us."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from stream.company.demand import Matter, around
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
    NoReplyNeededEvent,
    Status,
    StatusEvent,
)
from stream.sla.instants import from_ms

_ON_THE_WAY, _SPREAD = 400, 2.0
"""From when something happens until we have it: median in ms, spread (chosen)."""

CUSTOMER = Author(kind=AuthorKind.CUSTOMER)
BOT = Author(kind=AuthorKind.BOT, id="greeter")

AnyEvent = TypeVar("AnyEvent", bound=Event)


@dataclass
class Book:
    """Everything that was told, in whatever order; `events` is in that of arrival."""

    random: Random
    _told: list[tuple[int, int, Event]] = field(default_factory=list)

    def add(self, arrived: int, event: Event) -> None:
        self._told.append((arrived, len(self._told), event))

    def events(self, end: int) -> Iterator[Event]:
        """Those that arrived before `end`."""
        for arrived, _, event in sorted(self._told, key=lambda told: told[:2]):
            if arrived < end:
                yield event


@dataclass
class Thread:
    """The conversation of a matter: what is told of it comes in order."""

    book: Book
    name: str
    matter: Matter
    _told: int = 0
    _messages: int = 0
    _arrived: int = 0

    def customer(self, at: int, known: int) -> None:
        """The customer writes; the company can know it from `known` on."""
        self._arrived = max(self._arrived, known)
        if not self._told:
            self._attributes(at - 1)  # known as the wait begins, so that rules match
        self._message(at, Direction.INBOUND, CUSTOMER)

    def bot(self, at: int) -> None:
        self._message(at, Direction.OUTBOUND, BOT)

    def reply(self, agent: str, at: int) -> str:
        """An agent answers; returns the message's id."""
        author = Author(kind=AuthorKind.AGENT, id=agent)
        return self._message(at, Direction.OUTBOUND, author)

    def failed(self, message_id: str, at: int) -> None:
        """The answer did not arrive."""
        self._tell(DeliveryEvent, at, message_id=message_id, state=DeliveryState.FAILED)

    def assigned(self, agent: str | None, at: int) -> None:
        self._tell(AssignmentEvent, at, assignee=agent)

    def handed_over(self, at: int) -> None:
        """The bot hands it to the queue."""
        self._tell(AssignmentEvent, at, queue=self.matter.queue)

    def status(self, status: Status, at: int) -> None:
        self._tell(StatusEvent, at, status=status)

    def no_reply_needed(self, at: int) -> None:
        self._tell(NoReplyNeededEvent, at)

    def _attributes(self, at: int) -> None:
        """Whose customer it is, and what it is about."""
        tier, tags = self.matter.tier, self.matter.tags
        said: dict[str, Any] = {"tier": tier} if tier else {}
        if tags:
            said["tags"] = tags
        if said:
            self._tell(AttributesEvent, at, **said)

    def _message(self, at: int, direction: Direction, author: Author) -> str:
        self._messages += 1
        message_id = f"{self.name}-m{self._messages}"
        self._tell(
            MessageEvent, at, message_id=message_id, direction=direction, author=author
        )
        return message_id

    def _tell(self, kind: type[AnyEvent], at: int, **said: Any) -> None:
        self._told += 1
        delay = around(_ON_THE_WAY, _SPREAD, self.book.random)
        self._arrived = max(self._arrived, at + delay)
        event = kind(
            v=1,
            event_id=f"{self.name}-{self._told}",
            occurred_at=from_ms(at),
            received_at=from_ms(self._arrived),
            conversation_id=self.name,
            channel=Channel(self.matter.channel),
            account=self.matter.account,
            customer=self.name,
            **said,
        )
        self.book.add(self._arrived, event)
