"""The state behind a key: what is remembered of a conversation."""

from msgspec import Struct

from stream.sla.clock import Clock
from stream.sla.events import Channel
from stream.sla.policy import Rules
from stream.sla.timeline import Turn


class Told(Struct, frozen=True, array_like=True, gc=False):
    """A session as the world was last told of it."""

    opened_at: int
    clocks: tuple[Clock, ...]
    ended_at: int | None = None


class Conversation(Struct, frozen=True, array_like=True, gc=False):
    """What is remembered of a conversation. Instants in milliseconds.

    Attributes:
        attributes: name -> (event time, value); the latest by event time holds.
        turns: the timeline, oldest first.
        told: what was published of each session on the timeline.
        settled: deadlines and silences up to this instant have been concluded.
        floor: what happened at or before it is forgotten; later news of it is late.
    """

    channel: Channel
    account: str
    attributes: dict[str, tuple[int, str | None]]
    turns: tuple[Turn, ...] = ()
    told: tuple[Told, ...] = ()
    settled: int = 0
    floor: int = 0


def attribute(state: Conversation, name: str) -> str | None:
    known = state.attributes.get(name)
    return None if known is None else known[1]


def queue_of(state: Conversation, rules: Rules) -> str:
    """Whose work it is now; by the account where no event says."""
    return attribute(state, "queue") or rules.queue_of(state.channel, state.account)
