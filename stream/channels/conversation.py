"""The conversation that a part of a body belongs to, and its events."""

from dataclasses import dataclass
from datetime import datetime

from stream.sla.events import (
    AssignmentEvent,
    Author,
    AuthorKind,
    Channel,
    DeliveryEvent,
    DeliveryState,
    Direction,
    MessageEvent,
    Nature,
)

CUSTOMER = Author(kind=AuthorKind.CUSTOMER)
AGENT = Author(kind=AuthorKind.AGENT)
BOT = Author(kind=AuthorKind.BOT)
UNKNOWN = Author(kind=AuthorKind.UNKNOWN)

_LONGEST_AUTHOR_ID = 128


def author_of_tag(tag: object) -> Author | None:
    """Who sent it, as the sender wrote beside the message: `agent:42`, `bot:faq`.

    WhatsApp gives it back as `biz_opaque_callback_data`, Messenger as `metadata`.
    `None` for any other text: people keep other things there.
    """
    if not isinstance(tag, str):
        return None
    kind, colon, name = tag.partition(":")
    if not colon or kind not in {AuthorKind.AGENT, AuthorKind.BOT}:
        return None
    fit = len(name) <= _LONGEST_AUTHOR_ID and name.isprintable()
    return Author(kind=AuthorKind(kind), id=name if name and fit else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The thread between one customer, here a pseudonym, and one account.

    An event's `name` is the same for every retry and its own within the account.
    """

    channel: Channel
    account: str
    customer: str
    received_at: datetime

    @property
    def id(self) -> str:
        return f"{self.channel}:{self.account}:{self.customer}"

    def message(
        self,
        name: str,
        *,
        message_id: str,
        at: datetime,
        direction: Direction,
        author: Author,
        nature: Nature = Nature.PLAIN,
        contact: bytes | None = None,
    ) -> MessageEvent:
        return MessageEvent(
            v=1,
            event_id=f"{self.channel}:{self.account}:{name}",
            occurred_at=at,
            received_at=self.received_at,
            conversation_id=self.id,
            channel=self.channel,
            account=self.account,
            customer=self.customer,
            contact=contact,
            message_id=message_id,
            direction=direction,
            author=author,
            nature=nature,
        )

    def delivery(
        self,
        name: str,
        *,
        message_id: str,
        at: datetime,
        state: DeliveryState,
        reason: str | None = None,
    ) -> DeliveryEvent:
        return DeliveryEvent(
            v=1,
            event_id=f"{self.channel}:{self.account}:{name}",
            occurred_at=at,
            received_at=self.received_at,
            conversation_id=self.id,
            channel=self.channel,
            account=self.account,
            customer=self.customer,
            message_id=message_id,
            state=state,
            reason=reason,
        )

    def assignment(
        self, name: str, *, at: datetime, assignee: str | None
    ) -> AssignmentEvent:
        return AssignmentEvent(
            v=1,
            event_id=f"{self.channel}:{self.account}:{name}",
            occurred_at=at,
            received_at=self.received_at,
            conversation_id=self.id,
            channel=self.channel,
            account=self.account,
            customer=self.customer,
            assignee=assignee,
        )
