"""Stories: one conversation each, from the first word to its known end.

A story knows what is true of it (`ending`) because it was written that way, not
because our rules said so: the demo compares the two. Every instant near a deadline
keeps clear of it by more than a channel's delay, but for the story that answers at
the very deadline, which is a promise of its own (semantics 2.10).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any

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
    """A body: when it is sent, to which door, and how many events come of it."""

    at: int
    source: str
    body: Body
    events: int


POSTS = "events"
"""The door of those who post events themselves; the others are webhooks' sources."""


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
    name: str = ""
    """Of the customer, as the channel has it."""
    asked_as: str = ""
    """The name under which the customer wrote first."""
    _said: int = 0

    def __post_init__(self) -> None:
        self.name = self.name or str(15_550_000_000 + self.number)

    @property
    def deadline(self) -> int:
        return self.started_at + self.target

    def customer(self, at: int, sent_at: int | None = None) -> None:
        """The customer writes."""
        self.asked_as = self.asked_as or self.name
        whatsapp = self.source == "whatsapp"
        make = bodies.whatsapp_message if whatsapp else bodies.messenger_message
        body = make(self.account, self.name, self._message_id(), at)
        self._deliver(body, at, sent_at, events=1)

    def reply(
        self,
        at: int,
        sent_at: int | None = None,
        *,
        arrives: bool = True,
        is_tagged: bool = True,
    ) -> str:
        """A person answers; returns the message's id.

        Unless it `is_tagged`, nobody can tell it from a bot's.
        """
        message_id = self._message_id()
        if self.source == "whatsapp":
            tag = "agent:7" if is_tagged else None
            self._status(message_id, at, "sent", sent_at, callback=tag)
            if arrives:
                self._status(message_id, at, "delivered", sent_at, callback=tag)
        else:
            app = bodies.PAGE_INBOX if is_tagged else bodies.HELPDESK
            body = bodies.messenger_echo(
                self.account, self.name, message_id, at, app=app
            )
            self._deliver(body, at, sent_at, events=1)
            body = bodies.messenger_delivery(self.account, self.name, message_id, at)
            self._deliver(body, at, sent_at, events=1)
        return message_id

    def read(self, at: int) -> None:
        """The customer looks at the answer, which is no turn."""
        if self.source == "messenger":
            body = bodies.messenger_read(self.account, self.name, at)
            self._deliver(body, at, None, events=0)

    def bot(self, at: int) -> None:
        """A machine answers, which stops no clock: a template, or a bot's app."""
        message_id = self._message_id()
        if self.source == "whatsapp":
            self._status(message_id, at, "sent", None, category="marketing")
            return
        body = bodies.messenger_echo(
            self.account, self.name, message_id, at, metadata="bot:greeter"
        )
        self._deliver(body, at, None, events=1)

    def new_number(self, at: int, name: str) -> None:
        """The customer goes on under another one, `name` (WhatsApp only)."""
        body = bodies.whatsapp_new_number(
            self.account, self.name, self._message_id(), at, name
        )
        self._deliver(body, at, None, events=1)  # that the two are one
        self.name = name

    def post(self, message_id: str, at: int) -> None:
        """The helpdesk tells of the reply, too."""
        author = {"kind": "agent", "id": "7"}
        said = {"message_id": message_id, "direction": "outbound", "author": author}
        self._post("message", message_id, at, said)

    def tell(self, kind: str, at: int, **said: Any) -> None:
        """The helpdesk tells what no webhook does: an event of `kind`."""
        self._post(kind, self._message_id(), at, said)

    def _post(self, kind: str, event_id: str, at: int, said: dict[str, Any]) -> None:
        body = bodies.posted(
            kind, self.source, self.account, self.name, event_id, at, **said
        )
        when = at + self.random.randint(50, 300)
        self.deliveries.append(Delivery(when, POSTS, body, 1))

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
            self.name,
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
