"""The short way: a message that only carries its session on, without a walk."""

from msgspec.structs import replace

from stream.sla.clock import Clock
from stream.sla.ends import WAITS
from stream.sla.policy import Rules
from stream.sla.session import Session, rules_of
from stream.sla.state import Conversation
from stream.sla.timeline import CUSTOMER, FAILURE, OUTBOUND, Turn


def carried_on(state: Conversation, turn: Turn, rules: Rules) -> Session | None:
    """The open session, if `turn` only carries it on and there is nothing to tell.

    Half of all messages do: more from a customer who waits, or anything said after
    the reply. Walking would find the same, and cost the most.
    """
    last = state.last
    if last is None or not last.is_open or turn.said is not None:
        return None
    shortest = rules_of(last, rules).shortest_silence
    if turn.at - last.heard_at >= shortest or turn.at + shortest <= state.settled:
        return None
    if turn.kind is CUSTOMER:
        if last.waiting_since is None or last.has_window:
            return None
    elif (
        turn.kind is not OUTBOUND
        or last.waiting_since is not None
        or not last.replied
        or last.by_machine
        or any(c.over_at is None and c.measure in WAITS for c in last.clocks)
        or has_failed(state.turns, turn.ref)
        or _has_shadow(last.clocks)
    ):
        return None
    at = turn.at
    if turn.kind is CUSTOMER:
        since = last.asked_since or at
        return replace(last, heard_at=at, asked_at=at, asked_since=since)
    return replace(last, heard_at=at, asked_since=0)


def has_failed(turns: tuple[Turn, ...], ref: int) -> bool:
    for turn in turns:  # noqa: SIM110  for each event: a generator costs twice
        if turn.kind is FAILURE and turn.ref == ref:
            return True
    return False


def _has_shadow(clocks: tuple[Clock, ...]) -> bool:
    return any(clock.shadow and clock.over_at is None for clock in clocks)
