"""The timeline of a conversation: what was said, in order of event time.

Messages come late, twice, shuffled, and in pieces (a WhatsApp reply is seen as
sent, delivered and read, each with a little more knowledge). Merging is
commutative, associative and idempotent, so every order of arrival ends in the
same timeline, and so in the same verdicts (semantics 3.2).
"""

from bisect import bisect_right
from collections.abc import Iterable
from enum import IntEnum
from hashlib import blake2b

from msgspec import Struct

from stream.sla.events import (
    AuthorKind,
    DeliveryEvent,
    DeliveryState,
    Direction,
    Event,
    MergedEvent,
    MessageEvent,
    Nature,
    SpamEvent,
    Status,
    StatusEvent,
)
from stream.sla.facts import Reason

LONGEST = 200
"""Turns kept of one conversation; of a longer one the middle is thinned."""

_KEPT_HEAD, _KEPT_TAIL = 20, 100

_SILENT = frozenset({Nature.REACTION, Nature.EDIT, Nature.DELETION, Nature.NOTE})

# What is known for sure beats a guess: an echo without an app id is taken for an
# agent's, so a source that says "bot" knows better.
_AUTHORITY = {
    AuthorKind.UNKNOWN: 0,
    AuthorKind.CUSTOMER: 1,
    AuthorKind.AGENT: 2,
    AuthorKind.SYSTEM: 3,
    AuthorKind.BOT: 4,
}


class TurnKind(IntEnum):
    """In the order that decides at equal instants: a channel may say seconds."""

    CUSTOMER = 0
    OUTBOUND = 1
    FAILURE = 2
    END = 3


CUSTOMER, OUTBOUND, FAILURE, END = TurnKind
"""Bound once: in Python 3.11 `TurnKind.END` takes longer than all else in a loop."""


class Turn(Struct, frozen=True, array_like=True, gc=False):
    """One thing on the timeline. `ref` is the message's (or the event's) short id.

    A failure bears the `ref` of the message that failed. `reason` is an end's.
    """

    at: int
    kind: TurnKind
    ref: int
    author: AuthorKind | None = None
    nature: Nature | None = None
    by: str | None = None
    reason: Reason | None = None


def turn_of(event: Event) -> Turn | None:
    """What `event` puts on the timeline; None for what the clocks do not hear."""
    if isinstance(event, MessageEvent):
        return _message(event)
    match event:
        case DeliveryEvent(state=DeliveryState.FAILED):
            return Turn(event.at, FAILURE, _ref(event.message_id))
        case StatusEvent(status=Status.RESOLVED | Status.CLOSED):
            reason = Reason.CLOSED
        case SpamEvent():
            reason = Reason.SPAM
        case MergedEvent():
            reason = Reason.MERGED
        case _:
            return None
    return Turn(event.at, END, _ref(event.event_id), reason=reason)


def _message(event: MessageEvent) -> Turn | None:
    if event.nature in _SILENT:
        return None
    ref = _ref(event.message_id)
    if event.direction is Direction.INBOUND:
        return Turn(event.at, CUSTOMER, ref)
    author = event.author
    return Turn(event.at, OUTBOUND, ref, author.kind, event.nature, author.id)


def insert(turns: tuple[Turn, ...], new: Turn) -> tuple[Turn, ...]:
    """`turns` with `new` in its place; the very same tuple when it says nothing new."""
    for index, old in enumerate(turns):
        if old.ref == new.ref and old.kind == new.kind:
            merged = _merge(old, new)
            if merged == old:
                return turns
            turns = (*turns[:index], *turns[index + 1 :])
            new = merged
            break
    if not turns or _order(turns[-1]) <= _order(new):
        return (*turns, new)
    index = bisect_right(turns, _order(new), key=_order)
    return (*turns[:index], new, *turns[index:])


def thin(turns: tuple[Turn, ...], gap: int) -> tuple[Turn, ...]:
    """At most about `LONGEST` turns: the middle of a long matter decides nothing.

    No turn goes whose absence would look like `gap` ms of silence, and no end.
    """
    if len(turns) <= LONGEST:
        return turns
    head, tail = turns[:_KEPT_HEAD], turns[-_KEPT_TAIL:]
    kept = list(head)
    middle = turns[_KEPT_HEAD:-_KEPT_TAIL]
    for turn, after in zip(middle, (*middle[1:], tail[0]), strict=True):
        if turn.kind is END or after.at - kept[-1].at >= gap:
            kept.append(turn)
    return (*kept, *tail)


def failures(turns: Iterable[Turn]) -> frozenset[int]:
    """The refs of messages that did not reach the customer."""
    return frozenset([t.ref for t in turns if t.kind is FAILURE])


def _merge(old: Turn, new: Turn) -> Turn:
    if old.kind is CUSTOMER or old.author is None or new.author is None:
        return old if old.at <= new.at else new
    knower = max(
        old, new, key=lambda t: (_AUTHORITY[t.author or AuthorKind.UNKNOWN], t.by or "")
    )
    natures = {old.nature or Nature.PLAIN, new.nature or Nature.PLAIN}
    # A template is told by one status only, in its pricing: any word but "plain" holds.
    nature = max(natures - {Nature.PLAIN}, default=Nature.PLAIN)
    at = min(old.at, new.at)
    return Turn(at, old.kind, old.ref, knower.author, nature, knower.by)


def _order(turn: Turn) -> tuple[int, int, int]:
    return (turn.at, turn.kind, turn.ref)


def _ref(text: str) -> int:
    # 63 bits: within one conversation of 200 turns a clash is one in 10^14.
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 1
