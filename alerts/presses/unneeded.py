"""*No reply needed*, told to the rules: it is they who end the wait (semantics 2.6)."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Protocol

from alerts.presses.press import Press
from stream.sla.ends import WAITS
from stream.sla.events import Event, NoReplyNeededEvent
from stream.sla.facts import Fact
from stream.sla.instants import from_ms


class Events(Protocol):
    """Writes to `conversations.events` (`stream.kafka.events_topic`)."""

    async def append(self, events: Sequence[Event]) -> None:
        """Return when they are kept. Raises `KafkaAwayError`."""
        ...


def is_ended_by_it(fact: Fact) -> bool:
    """Whether the promise of `fact` is one of an answer: a resolution is not."""
    return fact.measure in WAITS


def no_reply_needed(press: Press, fact: Fact) -> NoReplyNeededEvent:
    """The event; `fact` is one of the wait's.

    The same bytes at every repetition, and for each promise of the conversation.
    """
    said = f"{press.press_id}\n{fact.conversation_id}".encode()
    return NoReplyNeededEvent(
        v=1,
        event_id=f"press:{blake2b(said, digest_size=16).hexdigest()}",
        occurred_at=from_ms(press.at),
        received_at=from_ms(press.at),
        conversation_id=fact.conversation_id,
        channel=fact.channel,
        account=fact.account,
    )
