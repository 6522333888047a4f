"""What happens at one instant: in which order, and what has none."""

from stream.sla.events import (
    Direction,
    Event,
    MessageEvent,
    NoReplyNeededEvent,
    Status,
    StatusEvent,
)
from tests.oracle.words import said_of


class UnclearError(Exception):
    """The rules leave open what follows."""


def rank(event: Event) -> int:
    """Attributes, customer, outbound, what closes, what opens (decision 3, 6.3)."""
    if isinstance(event, MessageEvent):
        return 1 if event.direction is Direction.INBOUND else 2
    if isinstance(event, NoReplyNeededEvent):
        return 3
    if isinstance(event, StatusEvent):
        return {Status.RESOLVED: 4, Status.CLOSED: 5}.get(event.status, 6)
    return 5 if event.__struct_config__.tag in ("spam", "merged") else 0


def refuse_what_is_unclear(events: list[Event]) -> None:
    """Two statuses, two ends or two attributes at one instant have no order."""
    for place in (0, 5, 6):
        if sum(rank(event) == place for event in events) > 1:
            raise UnclearError("two of a kind at one instant")
    if len(events) > 1 and any(any(said_of(event)) for event in events if rank(event)):
        # Known: what a message says beside itself is heard with it, not before all.
        raise UnclearError("a message with attributes, and something else")
