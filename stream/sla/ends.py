"""Ends: how a wait, a resolution and a session end. Session in, session out."""

from collections.abc import Callable, Collection

from msgspec.structs import replace

from stream.sla import clock as clocks
from stream.sla.clock import Clock
from stream.sla.facts import (
    FIRST_REPLY,
    NEXT_REPLY,
    RESOLUTION,
    WINDOW,
    Measure,
    Reason,
)
from stream.sla.policy import Rules
from stream.sla.session import Session, silence

REPLIES = frozenset({FIRST_REPLY, NEXT_REPLY})
WAITS = REPLIES | {WINDOW}
_RESOLUTION = frozenset({RESOLUTION})


def each(
    session: Session, measures: Collection[Measure], change: Callable[[Clock], Clock]
) -> Session:
    """Change the clocks of `measures` that are not over."""
    changed = tuple(
        [
            change(clock)
            if clock.over_at is None and clock.measure in measures
            else clock
            for clock in session.clocks
        ]
    )
    if all(a is b for a, b in zip(changed, session.clocks, strict=True)):
        return session
    return replace(session, clocks=changed)


def end_wait(session: Session, at: int, reason: Reason) -> Session:
    """Nobody waits any more, and nobody was answered."""
    session = each(
        session, WAITS, lambda c: clocks.end(c, at, answered=False, reason=reason)
    )
    if session.waiting_since is None and not session.by_machine:
        return session
    return replace(session, waiting_since=None, by_machine=False, owed_until=at)


def end_resolution(
    session: Session, at: int, reason: Reason, *, answered: bool
) -> Session:
    """`answered`: it was solved."""
    ended = each(
        session,
        _RESOLUTION,
        lambda c: clocks.end(c, at, answered=answered, reason=reason),
    )
    return replace(ended, owed_until=at) if session.is_unresolved else ended


def end_session(session: Session, at: int, reason: Reason) -> Session:
    """Closed, merged, spam or lapsed."""
    session = end_wait(session, at, reason)
    # Who closes unanswered makes no success (semantics 6.6).
    done = reason is Reason.CLOSED and session.replied
    session = end_resolution(session, at, reason, answered=done)
    session = replace(session, ended_at=at, end_reason=reason)
    return retract(session, at) if reason is Reason.SPAM else session


def retract(session: Session, at: int) -> Session:
    """As spam: what it broke was no promise, and its next words are none (6.4)."""
    changed = tuple(
        [
            replace(clock, answered=False, reason=Reason.SPAM)
            if clock.is_late
            else clock
            for clock in session.clocks
        ]
    )
    return replace(
        session,
        clocks=changed,
        ended_at=at,
        end_reason=Reason.SPAM,
        is_blocked=True,
        owed_until=at,
    )


def pass_silence(session: Session, until: int, rules: Rules) -> Session:
    """With all ended that silence ends by `until` (semantics 2.13)."""
    shortest = rules.shortest_silence
    while session.ended_at is None:
        if session.heard_at + shortest > until and not rules.earlier:
            break  # nearly always
        at, reason = silence(session, rules)
        if at > until:
            break
        if reason is Reason.LAPSED:
            session = end_session(session, at, reason)
        elif reason is Reason.ABANDONED:
            session = end_wait(session, at, reason)
            session = pause_or_resume(session, at, rules)
        else:
            session = end_resolution(session, at, reason, answered=False)
    return session


def pause_or_resume(session: Session, at: int, rules: Rules) -> Session:
    """Resolution stands still while the customer has the word (semantics 2.8)."""
    for clock in session.clocks:
        if clock.measure is RESOLUTION:
            break
    else:
        return session

    def turned(clock: Clock) -> Clock:
        stops = (
            session.waiting_since is None
            and session.status in clocks.policy_of(clock, rules).pause_on
        )
        if stops is (clock.paused_at is not None):
            return clock
        if stops:
            return clocks.pause(clock, at)
        return clocks.resume(clock, at, clocks.calendar_of(clock, rules))

    return each(session, _RESOLUTION, turned)
