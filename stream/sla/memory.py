"""Memory: what of a conversation is kept for news that comes late, and how long."""

from msgspec.structs import replace

from stream.sla.clock import Clock, calendar_of, key_of
from stream.sla.course import Course
from stream.sla.facts import RESOLUTION
from stream.sla.instants import HOUR
from stream.sla.policy import Rules
from stream.sla.session import Session, silence
from stream.sla.state import Conversation
from stream.sla.sums import counted_of
from stream.sla.timeline import Turn, failures

KEPT = 7 * 24 * HOUR
"""How long an ended session is remembered: Meta retries a webhook for so long."""

LONGEST = 200
"""Turns kept of one conversation; the oldest of a longer one are past correcting."""

_KEPT_TURNS = 100
_KEPT_STRETCHES = 4


def heard_at(state: Conversation) -> int:
    """The last thing known of the conversation."""
    return state.turns[-1].at if state.turns else state.floor


def forget_at(state: Conversation, rules: Rules) -> int:
    """When nothing is left that a clock could need; milliseconds."""
    last = state.last
    if last is None:
        return heard_at(state) + rules.session_gap + KEPT
    ended_at = last.ended_at or silence(last, rules)[0]
    return max(ended_at, heard_at(state)) + KEPT


def walked_anew(
    state: Conversation, turns: tuple[Turn, ...], until: int, rules: Rules
) -> Course:
    """The course from where memory begins, over those of `turns` up to `until`."""
    pins = {key_of(c): c for session in state.told for c in session.clocks}
    course = Course(
        rules,
        state.channel,
        state.account,
        state.base_held,
        state.base,
        pins,
        failures(turns),
    )
    course.walk([turn for turn in turns if turn.at <= until])
    return course


def prune(state: Conversation, rules: Rules) -> Conversation:
    """Without what is older than memory: it is walked once more and stays so."""
    if len(state.told) == 1 and len(state.turns) <= LONGEST:
        return state  # nearly always
    floor = _floor(state)
    if floor <= state.floor:
        return state
    course = walked_anew(state, state.turns, floor, rules)
    course.pass_silence(floor)
    base = course.session
    if base is not None and base.ended_at is not None and not base.is_blocked:
        base = None
    return replace(
        state,
        turns=tuple([turn for turn in state.turns if turn.at > floor]),
        told=tuple(
            [
                _without_past(session, floor, rules)
                for session in state.told
                if session.ended_at is None or session.ended_at > floor
            ]
        ),
        floor=floor,
        base_held=course.held,
        base=None if base is None else _without_past(base, floor, rules),
        counted=None if base is None else counted_of(base, state, floor, rules),
    )


def _floor(state: Conversation) -> int:
    horizon = heard_at(state) - KEPT
    floor = state.floor
    for session in state.told[:-1]:
        if session.ended_at is not None and session.ended_at < horizon:
            floor = max(floor, session.ended_at)
    if len(state.turns) > LONGEST:
        floor = max(floor, state.turns[-_KEPT_TURNS - 1].at)
    return floor


def _without_past(session: Session, floor: int, rules: Rules) -> Session:
    """The session without clocks that were over by `floor`, and pauses before it.

    Two bots that answer each other for a month would fill a partition's state.
    """
    last = {
        clock.shadow: clock for clock in session.clocks if clock.measure is RESOLUTION
    }
    kept = [
        _folded(clock, floor, rules)
        for clock in session.clocks
        # A reopened session goes on with its last resolution clock.
        if last.get(clock.shadow) is clock or not _is_past(clock, floor)
    ]
    return replace(session, clocks=tuple(kept))


def _is_past(clock: Clock, floor: int) -> bool:
    return clock.over_at is not None and clock.over_at <= floor and clock.due is None


def _folded(clock: Clock, floor: int, rules: Rules) -> Clock:
    """The clock with the stretches that ended by `floor` as their open time alone."""
    past = [stretch for stretch in clock.stretches if stretch[1] <= floor]
    if len(past) <= _KEPT_STRETCHES:
        return clock
    calendar = calendar_of(clock, rules)
    gone = past[:-_KEPT_STRETCHES]
    counted = sum(calendar.elapsed(start, end) for start, end in gone)
    stretches = clock.stretches[len(gone) :]
    return replace(clock, stretches=stretches, folded=clock.folded + counted)
