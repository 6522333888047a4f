"""What an event says beside itself, and who really spoke."""

from msgspec import UNSET

from stream.sla.events import (
    AttributesEvent,
    AuthorKind,
    Event,
    MessageEvent,
    Nature,
)


def said_of(event: Event) -> tuple[dict[str, str | None], frozenset[str] | None]:
    """Queue, priority and tier where it says them; tags where it says them."""
    said = {
        name: getattr(event, name)
        for name in ("queue", "assignee", "priority", "tier")
        if getattr(event, name) is not UNSET
    }
    if isinstance(event, AttributesEvent) and event.tags is not UNSET:
        return said, frozenset(event.tags)
    return said, None


def true_author(event: MessageEvent, events: list[Event]) -> tuple[AuthorKind, Nature]:
    """By the best source: any that knows the author beats one that does not."""
    for other in events:
        if (
            isinstance(other, MessageEvent)
            and other.message_id == event.message_id
            and other.author.kind is not AuthorKind.UNKNOWN
        ):
            return other.author.kind, other.nature
    return event.author.kind, event.nature


def is_customers(event: MessageEvent) -> bool:
    """Whether a customer said something: who speaks decides (2.15)."""
    is_word = event.nature in (Nature.PLAIN, Nature.CALL)
    return is_word and event.author.kind is AuthorKind.CUSTOMER
