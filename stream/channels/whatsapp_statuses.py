"""WhatsApp statuses: the only trace of a reply sent through the API.

Each of sent and delivered says that a message of the business exists since its time
at the latest. Order and completeness are not promised (channels.md 0.2), so both give
the message, and the rules keep the earliest. A `read` gives none: it may come days
later, and the message be older than the question, and than our watching (ADR 17).
"""

from collections.abc import Iterator
from typing import Any

from stream.channels.conversation import UNKNOWN, Conversation, author_of_tag
from stream.channels.fields import PartIgnoredError, identifier, instant, needed, word
from stream.sla.events import DeliveryState, Direction, Event, Nature

UNKNOWN_STATUS = "unknown_status"
FAILED_FOR_ONE = "failed_for_one_of_a_group"

_STATES = {
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "played": DeliveryState.READ,
    "failed": DeliveryState.FAILED,
}
# What a person may write freely. `referral_conversion` is the reply to an ad's
# click; every other category is the price of a template.
_FREE_FORM = frozenset({"service", "referral_conversion"})
_TELL_OF_IT = frozenset({DeliveryState.SENT, DeliveryState.DELIVERED})


def read_status(
    status: dict[str, Any], *, conversation: Conversation, participant: str | None
) -> Iterator[Event]:
    """Give the message that the status tells of, then its delivery.

    `participant` is the pseudonym of the group's member whom the status is about.
    """
    said = word(status.get("status"))
    if said not in _STATES:
        raise PartIgnoredError(UNKNOWN_STATUS)
    wamid = needed(status.get("id"))
    at = instant(status.get("timestamp"))
    name = f"{wamid}:{said}:{conversation.customer}"
    state = _STATES[said]
    if participant is not None:
        if state is DeliveryState.FAILED:
            # The others have it, and any of them answers for the group.
            raise PartIgnoredError(FAILED_FOR_ONE)
        name = f"{name}:{participant}"
    nature = _nature(status.get("pricing"))
    # Its price may stand in the last status alone: a template is no reply, whenever.
    is_read = state is DeliveryState.READ
    if state in _TELL_OF_IT or (is_read and nature is Nature.TEMPLATE):
        yield conversation.message(
            f"{name}:message",
            message_id=wamid,
            at=at,
            direction=Direction.OUTBOUND,
            author=author_of_tag(status.get("biz_opaque_callback_data")) or UNKNOWN,
            nature=nature,
        )
    yield conversation.delivery(
        name,
        message_id=wamid,
        at=at,
        state=state,
        reason=_error_code(status.get("errors")),
    )


def _nature(pricing: object) -> Nature:
    if not isinstance(pricing, dict):
        return Nature.PLAIN
    category = word(pricing.get("category")).removeprefix("group_")
    return Nature.PLAIN if category in {"", *_FREE_FORM} else Nature.TEMPLATE


def _error_code(errors: object) -> str | None:
    """Return the code that says why a reply never reached the customer."""
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict):
        return None
    try:
        return identifier(first.get("code"), longest=16)
    except PartIgnoredError:
        return None
