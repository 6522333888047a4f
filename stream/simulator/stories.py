"""Stories: one conversation each, from the first word to its known end.

A story knows what is true of it (`ending`) because it was written that way, not
because our rules said so: the demo compares the two. Every instant near a deadline
keeps clear of it by more than a channel's delay, but for the story that answers at
the very deadline, which is a promise of its own (semantics 2.10).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from stream.simulator import bodies
from stream.simulator.bodies import Body

SECOND = 1000


class Ending(StrEnum):
    """What must come out of a story in the end."""

    MET = "met"
    ANSWERED_LATE = "answered_late"
    UNANSWERED = "unanswered"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook: when it is sent, to which hook, and how many events it holds."""

    at: int
    source: str
    body: Body
    events: int


@dataclass
class Story:
    """A conversation on one account; instants in milliseconds of wall time.

    `started_at` is the customer's first message; the deadline follows from the
    target. Deliveries may come long after what they tell.
    """

    random: Random
    source: str
    account: str
    number: int
    started_at: int
    target: int
    ending: Ending = Ending.MET
    deliveries: list[Delivery] = field(default_factory=list)
    _said: int = 0

    @property
    def deadline(self) -> int:
        return self.started_at + self.target

    def customer(self, at: int, sent_at: int | None = None) -> None:
        """The customer writes."""
        whatsapp = self.source == "whatsapp"
        make = bodies.whatsapp_message if whatsapp else bodies.messenger_message
        body = make(self.account, self._customer, self._message_id(), at)
        self._deliver(body, at, sent_at, events=1)

    def reply(
        self, at: int, sent_at: int | None = None, *, arrives: bool = True
    ) -> str:
        """A person answers; returns the message's id."""
        message_id = self._message_id()
        if self.source == "whatsapp":
            self._status(message_id, at, "sent", sent_at, callback="agent:7")
            if arrives:
                self._status(message_id, at, "delivered", sent_at, callback="agent:7")
        else:
            body = bodies.messenger_echo(self.account, self._customer, message_id, at)
            self._deliver(body, at, sent_at, events=1)
            body = bodies.messenger_delivery(
                self.account, self._customer, message_id, at
            )
            self._deliver(body, at, sent_at, events=1)
        return message_id

    def read(self, at: int) -> None:
        """The customer looks at the answer, which is no turn."""
        if self.source == "messenger":
            body = bodies.messenger_read(self.account, self._customer, at)
            self._deliver(body, at, None, events=0)

    def bot(self, at: int) -> None:
        """A machine answers, which stops no clock: a template, or a bot's app."""
        message_id = self._message_id()
        if self.source == "whatsapp":
            self._status(message_id, at, "sent", None, category="marketing")
            return
        body = bodies.messenger_echo(
            self.account, self._customer, message_id, at, metadata="bot:greeter"
        )
        self._deliver(body, at, None, events=1)

    def failure(self, message_id: str, at: int) -> None:
        """The reply did not reach the customer (WhatsApp only)."""
        self._status(message_id, at, "failed", None)

    def repeat_last(self) -> None:
        """Meta sends the newest webhook once more."""
        last = self.deliveries[-1]
        again = Delivery(last.at + 3 * SECOND, last.source, last.body, last.events)
        self.deliveries.append(again)

    def _status(
        self,
        message_id: str,
        at: int,
        status: str,
        sent_at: int | None,
        *,
        category: str = "service",
        callback: str | None = None,
    ) -> None:
        body = bodies.whatsapp_status(
            self.account,
            self._customer,
            message_id,
            at,
            status,
            category=category,
            callback=callback,
        )
        events = 1 if status == "failed" else 2
        self._deliver(body, at, sent_at, events=events)

    def _deliver(
        self, body: Body, at: int, sent_at: int | None, *, events: int
    ) -> None:
        when = at + self.random.randint(50, 300) if sent_at is None else sent_at
        self.deliveries.append(Delivery(when, self.source, body, events))

    def _message_id(self) -> str:
        self._said += 1
        prefix = "wamid.SIM" if self.source == "whatsapp" else "m_SIM"
        return f"{prefix}{self.started_at}_{self.number}_{self._said}"

    @property
    def _customer(self) -> str:
        return str(15_550_000_000 + self.number)
