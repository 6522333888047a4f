"""Conversations: the state behind a key, and the one function that changes it.

`apply` takes an event, `conclude` an instant that has passed; both put what they
learned on the timeline's side, derive the sessions anew, and return the difference
from what was told before as facts. So the final state depends on what happened and
not on the order in which the news arrived (semantics 3.2).
"""

from enum import StrEnum

from msgspec import UNSET
from msgspec.structs import replace

from stream.sla.events import AssignmentEvent, DeliveryEvent, Event
from stream.sla.facts import Fact, Reason
from stream.sla.instants import HOUR
from stream.sla.policy import Rules
from stream.sla.session import sessions_of
from stream.sla.state import Conversation
from stream.sla.teller import Teller
from stream.sla.timeline import (
    CUSTOMER,
    OUTBOUND,
    Turn,
    failures,
    insert,
    thin,
    turn_of,
)

_ATTRIBUTES = ("queue", "assignee", "priority", "tier", "link")


KEPT = 7 * 24 * HOUR
"""How long an ended session is remembered: Meta retries a webhook for so long."""


class Applied(StrEnum):
    """What became of an event."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    TOO_LATE = "too_late"


APPLIED, DUPLICATE, TOO_LATE = Applied


def apply(
    key: str, state: Conversation | None, event: Event, rules: Rules, now: int
) -> tuple[Conversation, list[Fact], Applied]:
    """`state` with `event` in it, and what follows. `now` only dates the facts."""
    if state is None:
        state = Conversation(event.channel, event.account, {})
    attributes = _latest(state.attributes, event)
    turn = turn_of(event)
    if turn is None:
        if attributes is state.attributes:
            return state, [], APPLIED
        changed = replace(state, attributes=attributes)
        return *_tell(key, changed, rules, now, (event.at, Reason.REPLY)), APPLIED
    if turn.at <= state.floor:
        return state, [], TOO_LATE
    turns = insert(state.turns, turn)
    if turns is state.turns:
        return state, [], DUPLICATE
    changed = replace(
        state, attributes=attributes, turns=thin(turns, rules.session_gap)
    )
    is_new = len(turns) > len(state.turns) and attributes is state.attributes
    if is_new and _goes_on(state, turn, rules.session_gap):
        return changed, [], APPLIED
    failed = isinstance(event, DeliveryEvent)
    reason = Reason.DELIVERY_FAILED if failed else Reason.RECLASSIFIED
    return *_tell(key, changed, rules, now, (turn.at, reason)), APPLIED


def conclude(
    key: str, state: Conversation, until: int, rules: Rules, now: int
) -> tuple[Conversation | None, list[Fact]]:
    """`state` once every deadline, warning point and silence up to `until` passed.

    The caller has made sure that nothing before `until` is still on its way
    (semantics 3.3). None: nothing is left that a clock could need.
    """
    if _forget_at(state, rules) <= until:
        return None, []
    changed = replace(state, settled=max(state.settled, until))
    return _tell(key, changed, rules, now, (until, Reason.LAPSED))


def due_at(state: Conversation, rules: Rules) -> int:
    """The next instant at which this conversation has something to conclude."""
    due = _heard_at(state) + rules.session_gap
    # Only the newest session can be open, and with an end every clock is over.
    if not state.told or state.told[-1].ended_at is not None:
        return due + KEPT
    for clock in state.told[-1].clocks:
        at = clock.due
        if at is not None and at < due:
            due = at
    return due


def _goes_on(state: Conversation, turn: Turn, gap: int) -> bool:
    """Whether `turn` only carries an open session on, so that nothing is to tell.

    Half of all messages do: more from a customer who waits, or anything said after
    the reply. Deriving it all anew would find the same, and cost the most.
    """
    if not state.told or state.told[-1].ended_at is not None:
        return False
    last = state.turns[-1]
    if turn.at < last.at or turn.at - last.at >= gap:
        return False
    if failures(state.turns):
        return False  # `last` may be a word that the customer never saw
    if turn.kind is CUSTOMER:
        return True
    if turn.kind is not OUTBOUND:
        return False
    return None not in [clock.over_at for clock in state.told[-1].clocks]


def _tell(
    key: str, state: Conversation, rules: Rules, now: int, cause: tuple[int, Reason]
) -> tuple[Conversation, list[Fact]]:
    """Derive the sessions, and say what differs from what was told."""
    teller = Teller(key, state, rules, now)
    sessions = sessions_of(state.turns, rules.session_gap, state.settled)
    told = {before.opened_at: before for before in state.told}
    known = [told.pop(session.opened_at, None) for session in sessions]
    for never_was in told.values():
        teller.withdraw(never_was, (cause[0], Reason.SUPERSEDED))
    told_now = tuple(
        [
            teller.tell(session, before, cause)
            for session, before in zip(sessions, known, strict=True)
        ]
    )
    return _prune(replace(state, told=told_now)), teller.facts


def _names_none(event: Event) -> bool:
    # Nearly every event; asked attribute by attribute it costs as much as a rule.
    return (
        event.queue is None
        and event.assignee is None
        and event.priority is None
        and event.tier is None
        and event.link is None
        and not isinstance(event, AssignmentEvent)
    )


def _latest(
    attributes: dict[str, tuple[int, str | None]], event: Event
) -> dict[str, tuple[int, str | None]]:
    """`attributes` with what `event` says; the same dict when it says nothing new."""
    if _names_none(event):
        return attributes
    new = attributes
    for name in _ATTRIBUTES:
        value = getattr(event, name)
        says = value is not None or (
            name == "assignee" and isinstance(event, AssignmentEvent)
        )
        if not says or value is UNSET:
            continue
        known = new.get(name)
        # At equal instants the greater value holds, whichever came first.
        if known is None or (known[0], known[1] or "") < (event.at, value or ""):
            new = {**new, name: (event.at, value)}
    return new


def _prune(state: Conversation) -> Conversation:
    """Without the sessions that ended longer than `KEPT` before the newest word."""
    horizon = _heard_at(state) - KEPT
    floor = state.floor
    for told in state.told[:-1]:
        if told.ended_at is not None and told.ended_at < horizon:
            floor = max(floor, told.ended_at)
    if floor == state.floor:
        return state
    return replace(
        state,
        floor=floor,
        turns=tuple(turn for turn in state.turns if turn.at > floor),
        told=tuple(told for told in state.told if told.opened_at > floor),
    )


def _heard_at(state: Conversation) -> int:
    """The last thing known of the conversation; attributes may come before words."""
    if state.turns:
        return state.turns[-1].at
    return max((at for at, _ in state.attributes.values()), default=0)


def _forget_at(state: Conversation, rules: Rules) -> int:
    return _heard_at(state) + rules.session_gap + KEPT
