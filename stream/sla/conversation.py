"""Conversations: the state behind a key, and the one function that changes it.

`apply` takes an event, `conclude` an instant that has passed; both put what they
learned on the timeline's side, walk the course, and return the difference from what
was told before as facts. So the final state depends on what happened and not on the
order in which the news arrived (semantics 3.2).
"""

from enum import StrEnum

from msgspec.structs import replace

from stream.sla.beside import BESIDE, told_of
from stream.sla.course import Course
from stream.sla.events import Event, JoinedEvent, MergedEvent
from stream.sla.facts import Fact, Reason
from stream.sla.joining import leave, turns_of
from stream.sla.memory import KEPT, forget_at, heard_at, prune, walked_anew
from stream.sla.policy import Rules
from stream.sla.session import Session, silence
from stream.sla.short_way import carried_on, has_failed
from stream.sla.state import Conversation, linked
from stream.sla.teller import Teller
from stream.sla.timeline import (
    DELIVERED,
    FAILURE,
    OUTBOUND,
    Turn,
    failures,
    happened_at,
    insert,
    turn_of,
)
from stream.sla.verdicts import News, is_due, is_quiet


class Applied(StrEnum):
    """What became of an event."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    TOO_LATE = "too_late"
    MOVED = "moved"


APPLIED, DUPLICATE, TOO_LATE, MOVED = Applied
_FAILED, _RECLASSIFIED = Reason.DELIVERY_FAILED, Reason.RECLASSIFIED
_LAPSED = Reason.LAPSED


def apply(
    key: str, state: Conversation | None, event: Event, rules: Rules, now: int
) -> tuple[Conversation, list[Fact], Applied]:
    """`state` with `event` in it, and what follows. `now` only dates the facts."""
    after, facts, applied = _heard(key, state, event, rules, now)
    if isinstance(event, BESIDE):
        facts = [*facts, *told_of(key, after, event, rules, now)]
    return after, facts, applied


def _heard(  # noqa: PLR0911  for each event: one way down, most leave early
    key: str, state: Conversation | None, event: Event, rules: Rules, now: int
) -> tuple[Conversation, list[Fact], Applied]:
    if state is None:
        state = Conversation(event.channel, event.account)
    if state.moved_to is not None:
        return state, [], MOVED
    turn = turn_of(event)
    if turn is None:
        return _without_turn(key, state, event, rules, now)
    if turn.at <= state.floor:
        return state, [], TOO_LATE
    turns = insert(state.turns, turn)
    state = linked(state, event)
    if turn.kind is DELIVERED and turn.said is None:
        if not has_failed(turns, turn.ref):  # nearly always
            return replace(state, turns=turns), [], APPLIED
    elif turns is state.turns:
        return state, [], DUPLICATE
    is_next = _is_next(state, turns, turn)
    if is_next and (last := carried_on(state, turn, rules)) is not None:
        told = (*state.told[:-1], last)
        return prune(replace(state, turns=turns, told=told), rules), [], APPLIED
    if is_next:
        course = _course(state, rules, turns)
        course.walk(turns[-1:])
        before = state.told[:-1]
    else:
        course = walked_anew(state, turns, turns[-1].at, rules)
        before = ()
    reason = _FAILED if turn.kind is FAILURE else _RECLASSIFIED
    # What repeats who holds the work moves nothing; helpdesks do so in each message.
    is_repeated = is_next and course.held is state.held
    is_of_holders = turn.said is not None and not is_repeated
    arrived = event.arrived
    overdue = arrived - rules.allowed_lateness
    news = News(turn.at, reason, arrived, overdue, event.event_id, is_of_holders)
    changed, facts = _tell(key, state, turns, course, before, rules, now, news)
    return prune(changed, rules), facts, APPLIED


def _without_turn(
    key: str, state: Conversation, event: Event, rules: Rules, now: int
) -> tuple[Conversation, list[Fact], Applied]:
    """What puts no turn of its own on the timeline: a join, a link, a contact."""
    if isinstance(event, MergedEvent) and event.same_customer:
        return *leave(key, state, event, rules, now), APPLIED
    state = linked(state, event)
    if not isinstance(event, JoinedEvent):
        return state, [], APPLIED
    turns = state.turns
    for turn in turns_of(event):
        if turn.at > state.floor:
            turns = insert(turns, turn)
    if turns is state.turns:
        return state, [], DUPLICATE
    course = walked_anew(state, turns, turns[-1].at, rules)
    arrived, at = event.arrived, happened_at(event)
    overdue = arrived - rules.allowed_lateness
    news = News(at, _RECLASSIFIED, arrived, overdue, event.event_id, is_of_holders=True)
    changed, facts = _tell(key, state, turns, course, (), rules, now, news)
    return prune(changed, rules), facts, APPLIED


def conclude(
    key: str, state: Conversation, until: int, rules: Rules, now: int
) -> tuple[Conversation | None, list[Fact]]:
    """`state` once every deadline, warning point and silence up to `until` passed.

    The caller has made sure that nothing before `until` is still on its way
    (semantics 3.3). None: nothing is left that a clock could need.
    """
    if heard_at(state) + KEPT <= until and forget_at(state, rules) <= until:
        return None, []
    changed = replace(state, settled=max(state.settled, until))
    course = _course(changed, rules, ())
    news, before = News(until, Reason.LAPSED), state.told[:-1]
    return _tell(key, changed, state.turns, course, before, rules, now, news)


def is_of_before(state: Conversation, rules: Rules) -> bool:
    """Whether its open session has clocks of other rules than these, or none."""
    last = state.last
    if last is None or not last.is_open:
        return False
    version = rules.book.version
    return {clock.policy_version for clock in last.clocks} != {version}


def reconsider(
    key: str, state: Conversation, rules: Rules, now: int
) -> tuple[Conversation, list[Fact]]:
    """An open conversation under rules that are new and apply to it, too (2.11).

    The very same state where nothing changes.
    """
    last = state.last
    if last is None or not last.is_open or not state.turns:
        return state, []
    course = walked_anew(state, state.turns, state.turns[-1].at, rules)
    news = News(now, Reason.RECLASSIFIED, now)
    changed, facts = _tell(key, state, state.turns, course, (), rules, now, news)
    return (state, []) if changed == state else (changed, facts)


def due_at(state: Conversation, rules: Rules) -> int:
    """The next instant at which this conversation has something to conclude."""
    last = state.last
    if last is None or last.ended_at is not None:
        due = forget_at(state, rules)
    else:
        due = silence(last, rules)[0]
    for session in state.told:
        for clock in session.clocks:
            at = clock.due
            if at is not None and at < due:
                due = at
    return due


def _is_next(state: Conversation, turns: tuple[Turn, ...], turn: Turn) -> bool:
    """Whether `turn` only goes on from what was told."""
    newest = turns[-1]
    if newest is turn:
        if len(turns) == len(state.turns):
            return False
    elif newest.ref != turn.ref or newest.kind is not turn.kind:
        return False
    elif any(t.ref == turn.ref and t.kind is not DELIVERED for t in state.turns):
        return False  # else it found its receipt, which came before it
    last = state.last
    if last is not None:
        by_silence = last.ended_at is not None and last.end_reason is _LAPSED
        if turn.at <= max(last.owed_until, last.ended_at or 0 if by_silence else 0):
            return False  # silence was concluded, and then there was a word in it
    if turn.kind is not FAILURE:
        return True
    return all(t.kind is not OUTBOUND or t.ref != turn.ref for t in turns)


def _course(state: Conversation, rules: Rules, turns: tuple[Turn, ...]) -> Course:
    """The course where it stands now, the newest of `turns` still to be walked."""
    undelivered = _NONE
    if turns and turns[-1].kind is OUTBOUND:
        undelivered = failures(turns)
    return Course(
        rules, state.channel, state.account, state.held, state.last, {}, undelivered
    )


_NONE: frozenset[int] = frozenset()


def _tell(  # noqa: PLR0917  inner
    key: str,
    state: Conversation,
    turns: tuple[Turn, ...],
    course: Course,
    before: tuple[Session, ...],
    rules: Rules,
    now: int,
    news: News,
) -> tuple[Conversation, list[Fact]]:
    """Say what differs from what was told; `before` are sessions as they were."""
    # A clock that was set ahead may have settled instants that are still to come.
    settled = min(state.settled, now)
    course.pass_silence(settled)
    after = state if turns is state.turns else replace(state, turns=turns)
    if news.is_of_holders:
        said = [turn.at for turn in turns if turn.said is not None]
        after = replace(after, held=course.held, held_since=max(said, default=0))
    sessions = course.sessions
    told = state.told[len(before) :] if before else state.told
    last = told[0] if told else None
    goes_on = len(sessions) == 1 and _goes_on(sessions[0], told)  # nearly always
    is_due = bool(before) and any(_is_due(s, settled) for s in before)
    if goes_on and not is_due and _is_quiet(sessions[0], last, settled, news):
        return replace(after, told=(*before, *sessions)), []
    teller = Teller(key, state, after, rules, now, news)
    if is_due:
        before = tuple(
            [teller.tell(s, s) if _is_due(s, settled) else s for s in before]
        )
    again = [teller.tell(sessions[0], last)] if goes_on else teller.all(sessions, told)
    told = (*before, *again)
    return replace(after, told=told, withdrawn=teller.withdrawn), teller.facts


def _goes_on(session: Session, told: tuple[Session, ...]) -> bool:
    """Whether it is the one that was told, or the first of all."""
    if not told:
        return True
    return len(told) == 1 and told[0].opened_at == session.opened_at


def _is_quiet(new: Session, told: Session | None, settled: int, news: News) -> bool:
    """Whether there is nothing to say; after most events only the state changed."""
    return (
        told is not None
        and (new is told or new.ended_at is None)  # else: what it came to may differ
        and new.ended_at == told.ended_at
        and new.life == told.life
        and is_quiet(new.clocks, told.clocks, settled, news)
    )


def _is_due(session: Session, settled: int) -> bool:
    for clock in session.clocks:  # noqa: SIM110  for each event
        if is_due(clock, settled):
            return True
    return False
