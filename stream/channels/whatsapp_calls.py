"""WhatsApp calls -> messages of nature `call` (field `calls`, semantics 2.1, 2.5).

A customer's call is told when it is over, since only then it is known whether anybody
picked up. Picked up, it is two words at one instant: the customer's and the answer.
A call of the business is a word when the customer picks up; nobody hears one that only
rings.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from stream.channels.conversation import (
    CUSTOMER,
    UNKNOWN,
    Conversation,
    author_of_tag,
)
from stream.channels.fields import PartIgnoredError, instant, needed, word
from stream.sla.events import Direction, Event, Nature

CALL_IN_PROGRESS = "call_in_progress"
CALL_NOT_PICKED_UP = "call_not_picked_up"
UNKNOWN_CALL = "unknown_call"

_RINGING = frozenset({"connect", "RINGING"})
_OVER = frozenset({"terminate", "REJECTED"})


def read_customers_call(
    call: dict[str, Any], conversation: Conversation, contact: bytes | None
) -> Iterator[Event]:
    """Give the call, and that it was picked up. Raises `PartIgnoredError`."""
    wacid, picked_up = needed(call.get("id")), _picked_up_at(call)
    event = word(call.get("event"))
    if event not in _OVER:
        raise _ignored(event)
    yield conversation.message(
        wacid,
        message_id=wacid,
        at=picked_up or instant(call.get("timestamp")),
        direction=Direction.INBOUND,
        author=CUSTOMER,
        nature=Nature.CALL,
        contact=contact,
    )
    if picked_up is not None:
        yield _spoken(f"{wacid}:picked_up", "end", call, picked_up, conversation)


def read_own_call(call: dict[str, Any], conversation: Conversation) -> Iterator[Event]:
    """Give a call that was picked up, from its end. Raises `PartIgnoredError`."""
    wacid, picked_up = needed(call.get("id")), _picked_up_at(call)
    if picked_up is None:
        raise _ignored(word(call.get("event")))
    yield _spoken(wacid, "end", call, picked_up, conversation)


def read_call_status(
    status: dict[str, Any], conversation: Conversation
) -> Iterator[Event]:
    """Give a call that the customer just picked up. Raises `PartIgnoredError`."""
    wacid, said = needed(status.get("id")), word(status.get("status"))
    if said != "ACCEPTED":
        raise _ignored(said)
    at = instant(status.get("timestamp"))
    yield _spoken(wacid, "accepted", status, at, conversation)


def _spoken(
    name: str,
    told_by: str,
    call: dict[str, Any],
    at: datetime,
    conversation: Conversation,
) -> Event:
    """What somebody of the business said, in a call."""
    return conversation.message(
        f"{name}:{told_by}",
        message_id=name,
        at=at,
        direction=Direction.OUTBOUND,
        author=author_of_tag(call.get("biz_opaque_callback_data")) or UNKNOWN,
        nature=Nature.CALL,
    )


def _ignored(said: str) -> PartIgnoredError:
    if said in _RINGING:
        return PartIgnoredError(CALL_IN_PROGRESS)
    return PartIgnoredError(CALL_NOT_PICKED_UP if said in _OVER else UNKNOWN_CALL)


def _picked_up_at(call: dict[str, Any]) -> datetime | None:
    """When somebody answered; `None` where nobody did: such a call lasts no time."""
    lasted = call.get("duration")
    is_spoken = isinstance(lasted, (int, str)) and lasted not in {0, "", "0"}
    if word(call.get("status")) != "COMPLETED" or not is_spoken:
        return None
    return instant(call.get("start_time") or call.get("timestamp"))
