"""Events: what happened at a source, in the words of `contract.md` section 3.

One struct a kind, told apart on the wire by `kind`. Unknown fields are ignored
by the codec (`stream.records`); unknown kinds and wrong types are refused.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from stream.sla.instants import to_ms

Name = Annotated[str, Meta(min_length=1, max_length=512)]
Sealed = Annotated[bytes, Meta(min_length=1, max_length=2048)]
Instant = Annotated[datetime, Meta(tz=True)]


class Channel(StrEnum):
    WHATSAPP = "whatsapp"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    WEBCHAT = "webchat"
    EMAIL = "email"
    SMS = "sms"
    TELEGRAM = "telegram"
    OTHER = "other"


class AuthorKind(StrEnum):
    """Who speaks. `unknown`: the source cannot tell an agent from a bot."""

    CUSTOMER = "customer"
    AGENT = "agent"
    BOT = "bot"
    SYSTEM = "system"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Nature(StrEnum):
    """What sort of message it is; only `plain` is a turn by default."""

    PLAIN = "plain"
    TEMPLATE = "template"
    CAMPAIGN = "campaign"
    AUTOMATION = "automation"
    CALL = "call"
    REACTION = "reaction"
    EDIT = "edit"
    DELETION = "deletion"
    NOTE = "note"


class DeliveryState(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class Status(StrEnum):
    OPEN = "open"
    PENDING = "pending"
    WAITING_ON_CUSTOMER = "waiting_on_customer"
    ON_HOLD = "on_hold"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Scale(StrEnum):
    CSAT = "csat"
    NPS = "nps"
    CES = "ces"
    EMOTION = "emotion"


class Author(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    kind: AuthorKind
    id: Name | None = None


class _Event(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", gc=False
):
    """What every kind carries. `conversation_id` is the Kafka key.

    Who has the work (`queue`, `assignee`, `priority`, `tier`): null clears it, left out
    says nothing (semantics 6.5). `contact`: who the customer is, sealed (ADR 16).
    """

    v: Literal[1]
    event_id: Name
    occurred_at: Instant
    received_at: Instant | None = None
    conversation_id: Name
    channel: Channel
    account: Name
    customer: Name | None = None
    queue: Name | UnsetType | None = UNSET
    assignee: Name | UnsetType | None = UNSET
    priority: Name | UnsetType | None = UNSET
    tier: Name | UnsetType | None = UNSET
    link: Name | None = None
    contact: Sealed | None = None

    @property
    def at(self) -> int:
        """When it happened at the source, in milliseconds."""
        return to_ms(self.occurred_at)

    @property
    def arrived(self) -> int:
        """When intake had it; the moment it happened where nobody wrote that."""
        return to_ms(self.received_at or self.occurred_at)


class MessageEvent(_Event, frozen=True, kw_only=True, gc=False, tag="message"):
    message_id: Name
    direction: Direction
    author: Author
    nature: Nature = Nature.PLAIN
    text: str | None = None


class DeliveryEvent(_Event, frozen=True, kw_only=True, gc=False, tag="delivery"):
    message_id: Name
    state: DeliveryState
    reason: str | None = None


class StatusEvent(_Event, frozen=True, kw_only=True, gc=False, tag="status"):
    status: Status


class AssignmentEvent(_Event, frozen=True, kw_only=True, gc=False, tag="assignment"):
    """Who has the work from now on."""


class AttributesEvent(_Event, frozen=True, kw_only=True, gc=False, tag="attributes"):
    tags: tuple[str, ...] | UnsetType = UNSET


class NoReplyNeededEvent(
    _Event, frozen=True, kw_only=True, gc=False, tag="no_reply_needed"
):
    """The customer's last words want no answer (semantics 2.6)."""


class MergedEvent(_Event, frozen=True, kw_only=True, gc=False, tag="merged"):
    """It goes on in the conversation `into`.

    `same_customer`: it was one all the time, under another name of the customer; then
    what was said moves there, and what was told of it here is taken back (ADR 14).
    """

    into: Name
    same_customer: bool = False


class JoinedEvent(_Event, frozen=True, kw_only=True, tag="joined"):
    """What was said in a conversation that was merged into this one (ADR 14).

    `turns`: its timeline, as the state keeps it. `hops`: how often it moved.
    `link_at`, `contact_at`: event times (ms) of what it brings of these.
    """

    turns: tuple[Any, ...]
    hops: int = 1
    link_at: int = 0
    contact_at: int = 0


class SpamEvent(_Event, frozen=True, kw_only=True, gc=False, tag="spam"):
    pass


class SurveyEvent(_Event, frozen=True, kw_only=True, gc=False, tag="survey"):
    scale: Scale
    score: float
    touchpoint: str | None = None


class PurchaseEvent(_Event, frozen=True, kw_only=True, gc=False, tag="purchase"):
    amount: float | None = None
    currency: str | None = None


class HeartbeatEvent(_Event, frozen=True, kw_only=True, gc=False, tag="heartbeat"):
    """The source is alive; `conversation_id` is `account:<account>`."""


Event = (
    MessageEvent
    | DeliveryEvent
    | StatusEvent
    | AssignmentEvent
    | AttributesEvent
    | NoReplyNeededEvent
    | MergedEvent
    | JoinedEvent
    | SpamEvent
    | SurveyEvent
    | PurchaseEvent
    | HeartbeatEvent
)
