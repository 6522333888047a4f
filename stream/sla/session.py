"""Sessions: one matter inside a never-ending thread, and the state of its walk."""

from msgspec import Struct

from stream.sla.clock import Clock
from stream.sla.events import Status
from stream.sla.facts import Measure, Reason
from stream.sla.policy import Rules


class Session(Struct, frozen=True, array_like=True, gc=False):
    """One matter (semantics 1); instants in milliseconds.

    Attributes:
        heard_at: the last public word of either side.
        clocks: in order of their start.
        replied: whether a counting reply was made in it.
        waiting_since: the oldest unanswered customer message; None: nobody waits.
        resolved_at: set from `resolved` until it is reopened.
    """

    opened_at: int
    heard_at: int
    clocks: tuple[Clock, ...] = ()
    replied: bool = False
    waiting_since: int | None = None
    status: Status = Status.OPEN
    resolved_at: int | None = None
    ended_at: int | None = None
    end_reason: Reason | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do: the backlog."""
        return self.ended_at is None and self.resolved_at is None

    @property
    def has_window(self) -> bool:
        """Whether a platform's window runs, which each customer message extends."""
        return any(
            c.measure is Measure.WINDOW and c.over_at is None for c in self.clocks
        )


def gap_of(session: Session, rules: Rules) -> int:
    """The silence that ends it, in ms: by the rules of its newest clock (2.11)."""
    if session.clocks:
        rules = rules.as_of(session.clocks[-1].policy_version)
    return rules.session_gap


def lapses_at(session: Session, rules: Rules) -> int:
    """When silence ends it, if nothing more is said.

    A promise that reaches beyond the gap (a closed weekend) is not ended by silence:
    then the gap counts from its deadline (ADR 0007).
    """
    gap = gap_of(session, rules)
    silence = session.heard_at + gap
    at = silence
    for clock in session.clocks:
        if clock.measure not in _HOLDS or clock.shadow:
            continue
        if clock.over_at is not None:
            at = max(at, clock.over_at)  # it held the session until then
        elif clock.deadline > silence:
            at = max(at, clock.deadline + gap)
    return at


_HOLDS = frozenset({Measure.FIRST_REPLY, Measure.NEXT_REPLY})
