"""The timeline of a conversation: what was said and done, in order of event time.

Messages come late, twice, shuffled, and in pieces (a WhatsApp reply is seen as
sent, delivered and read, each with a little more knowledge). Merging is
commutative, associative and idempotent, so every order of arrival ends in the
same timeline, and so in the same verdicts (semantics 3.2).
"""

from bisect import bisect_right
from collections.abc import Iterable
from enum import IntEnum
from hashlib import blake2b

from msgspec import UNSET, Struct
from msgspec.structs import replace

from stream.sla.events import (
    AttributesEvent,
    AuthorKind,
    DeliveryEvent,
    DeliveryState,
    Direction,
    Event,
    MergedEvent,
    MessageEvent,
    Nature,
    NoReplyNeededEvent,
    SpamEvent,
    Status,
    StatusEvent,
)
from stream.sla.facts import Reason
from stream.sla.instants import to_ms

_SILENT = frozenset({Nature.REACTION, Nature.EDIT, Nature.DELETION, Nature.NOTE})

_NOTHING = (UNSET, UNSET, UNSET, UNSET)
MOST_TAGS = 50
"""Of a conversation; a state holds them several times, and must stay small."""

_SAID = ("queue", "assignee", "priority", "tier")

# Bound once: in Python 3.11 naming a member of an enum takes 130 ns, ten times this.
_FAILED, _SENT = DeliveryState.FAILED, DeliveryState.SENT
_INBOUND, _CLOSED, _RESOLVED = Direction.INBOUND, Status.CLOSED, Status.RESOLVED
_BOT, _SYSTEM, _AUTOMATION = AuthorKind.BOT, AuthorKind.SYSTEM, Nature.AUTOMATION

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

    ATTRIBUTES = 0
    CUSTOMER = 1
    OUTBOUND = 2
    FAILURE = 3
    NO_REPLY_NEEDED = 4
    STATUS = 5
    END = 6
    DELIVERED = 7


(
    ATTRIBUTES,
    CUSTOMER,
    OUTBOUND,
    FAILURE,
    NO_REPLY_NEEDED,
    STATUS,
    END,
    DELIVERED,
) = TurnKind
_OPENING_STATUS = END + 1

Said = tuple[tuple[str, str | tuple[str, ...] | None], ...]
"""Attributes that an event names, with the values it gives them."""


class Turn(Struct, frozen=True, array_like=True, gc=False):
    """One thing on the timeline. `ref` is the message's (or the event's) short id.

    A failure and a delivery bear the `ref` of their message. `reason` is an end's.
    `reached`: somebody got the message, whatever failed (semantics 2.14).
    """

    at: int
    kind: TurnKind
    ref: int
    author: AuthorKind | None = None
    nature: Nature | None = None
    by: str | None = None
    reason: Reason | None = None
    status: Status | None = None
    said: Said | None = None
    reached: bool = False


def happened_at(event: Event) -> int:
    """Milliseconds; what claims to come from the future happened when it arrived."""
    occurred, received = event.occurred_at, event.received_at
    if received is not None and received < occurred:
        return to_ms(received)
    return to_ms(occurred)


def turn_of(event: Event) -> Turn | None:
    """What `event` puts on the timeline; None for what the clocks do not hear."""
    said = _said(event)
    if isinstance(event, MessageEvent):
        if event.nature not in _SILENT:
            return _message(event, said)
    elif isinstance(event, DeliveryEvent):
        if event.state is not _SENT:
            kind = FAILURE if event.state is _FAILED else DELIVERED
            return Turn(happened_at(event), kind, _ref(event.message_id), said=said)
    else:
        return _change(event, said)
    return None if said is None else _turn(event, ATTRIBUTES, said)


def _change(event: Event, said: Said | None) -> Turn | None:
    match event:
        case StatusEvent(status=status) if status is _CLOSED:
            return _turn(event, END, said, reason=Reason.CLOSED)
        case StatusEvent():
            return _turn(event, STATUS, said, status=event.status)
        case SpamEvent():
            return _turn(event, END, said, reason=Reason.SPAM)
        case MergedEvent(same_customer=False):
            return _turn(event, END, said, reason=Reason.MERGED)
        case NoReplyNeededEvent():
            return _turn(event, NO_REPLY_NEEDED, said)
        case _:
            return None if said is None else _turn(event, ATTRIBUTES, said)


def _turn(
    event: Event,
    kind: TurnKind,
    said: Said | None,
    *,
    reason: Reason | None = None,
    status: Status | None = None,
) -> Turn:
    return Turn(
        happened_at(event),
        kind,
        _ref(event.event_id),
        reason=reason,
        status=status,
        said=said,
    )


def _message(event: MessageEvent, said: Said | None) -> Turn | None:
    at = happened_at(event)
    author = event.author
    if event.direction is _INBOUND:
        speaker = author.kind
        if speaker is _BOT or speaker is _SYSTEM or event.nature is _AUTOMATION:
            # Out of office, a bot: nobody waits for an answer (semantics 2.15).
            return None if said is None else _turn(event, ATTRIBUTES, said)
        return Turn(at, CUSTOMER, _ref(event.message_id), said=said)
    ref = _ref(event.message_id)
    return Turn(at, OUTBOUND, ref, author.kind, event.nature, author.id, said=said)


def _said(event: Event) -> Said | None:
    """What the event says of who has the work; null says: nobody, none (6.5)."""
    values = (event.queue, event.assignee, event.priority, event.tier)
    if values == _NOTHING and not isinstance(event, AttributesEvent):
        return None  # nearly always
    said: list[tuple[str, str | tuple[str, ...] | None]] = [
        (name, value)
        for name, value in zip(_SAID, values, strict=True)
        if value is not UNSET
    ]
    if isinstance(event, AttributesEvent) and event.tags is not UNSET:
        said.append(("tags", tuple(sorted(event.tags)[:MOST_TAGS])))
    return tuple(said) or None


def insert(turns: tuple[Turn, ...], new: Turn) -> tuple[Turn, ...]:
    """`turns` with `new` in its place; the very same tuple when it says nothing new."""
    ref, kind = new.ref, new.kind
    for old in turns:
        if old.ref != ref:
            continue
        if old.kind is kind:
            merged = _merge(old, new)
            if merged == old:
                return turns
            turns = tuple([turn for turn in turns if turn is not old])
            new = merged
        elif old.kind is DELIVERED or kind is DELIVERED:
            turns, new = _with_receipt(turns, old, new)
            if new is old:
                return turns
    if not turns or turns[-1].at < new.at or _order(turns[-1]) <= _order(new):
        return (*turns, new)
    index = bisect_right(turns, _order(new), key=_order)
    return (*turns[:index], new, *turns[index:])


def _with_receipt(
    turns: tuple[Turn, ...], old: Turn, new: Turn
) -> tuple[tuple[Turn, ...], Turn]:
    """A message and its receipt: the message bears it, which is half as much to keep.

    What is still to be put in; `old` where nothing is.
    """
    if old.kind is OUTBOUND:
        if not old.reached:
            known = replace(old, reached=True)
            turns = tuple([known if turn is old else turn for turn in turns])
        return turns, old if new.said is None else new
    if new.kind is OUTBOUND:
        new = replace(new, reached=True)
        if old.said is None:
            turns = tuple([turn for turn in turns if turn is not old])
    return turns, new


def failures(turns: Iterable[Turn]) -> frozenset[int]:
    """The refs of messages that did not reach the customer: delivered beats failed."""
    failed = [t.ref for t in turns if t.kind is FAILURE]
    if not failed:
        return _NONE  # nearly always
    reached = [t.ref for t in turns if t.reached or t.kind is DELIVERED]
    return frozenset(failed).difference(reached)


_NONE: frozenset[int] = frozenset()


def _merge(old: Turn, new: Turn) -> Turn:
    if old.kind is DELIVERED:
        return max(old, new, key=lambda t: (t.said is not None, -t.at, repr(t.said)))
    if old.kind is not OUTBOUND or old.author is None or new.author is None:
        return min(old, new, key=lambda t: (t.at, repr(t.said)))
    knower = max(
        old, new, key=lambda t: (_AUTHORITY[t.author or AuthorKind.UNKNOWN], t.by or "")
    )
    natures = {old.nature or Nature.PLAIN, new.nature or Nature.PLAIN}
    # A template is told by one status only, in its pricing: any word but "plain" holds.
    nature = max(natures - {Nature.PLAIN}, default=Nature.PLAIN)
    at = min(old.at, new.at)
    said = max(old.said, new.said, key=repr)
    return Turn(
        at,
        OUTBOUND,
        old.ref,
        knower.author,
        nature,
        knower.by,
        said=said,
        reached=old.reached or new.reached,
    )


def _order(turn: Turn) -> tuple[int, int, int]:
    """At one instant answers come before ends, and what closes before what opens."""
    kind = int(turn.kind)
    if kind == STATUS and turn.status is not _RESOLVED:
        kind = _OPENING_STATUS  # semantics 6.3
    return (turn.at, kind, turn.ref)


def _ref(text: str) -> int:
    # 63 bits: within one conversation of 200 turns a clash is one in 10^14.
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 1
