"""Sessions: one matter inside a never-ending thread, and the state of its walk."""

from msgspec import Struct

from stream.sla.clock import Clock
from stream.sla.events import Status
from stream.sla.facts import RESOLUTION, WINDOW, Reason
from stream.sla.policy import Rules


class Session(Struct, frozen=True, array_like=True, gc=False):
    """One matter (semantics 1); instants in milliseconds.

    Attributes:
        heard_at: the last public word of either side.
        clocks: in order of their start.
        replied: whether a counting reply was made in it.
        waiting_since: the oldest unanswered customer message; None: nobody waits.
        resolved_at: set from `resolved` until it is reopened.
        owed_until: when the last thing that was owed ended without a word.
        by_machine: what ended the last wait was no human; handed on, it is one again.
        asked_at: the customer's latest words.
        is_blocked: ended as spam: no session begins until an agent writes.
        asked_since: the customer's first words after the business's last; 0: none.
        life, gone: as a clock's; another after an end of it was undone.
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
    owed_until: int = 0
    by_machine: bool = False
    asked_at: int = 0
    is_blocked: bool = False
    life: int = 0
    asked_since: int = 0
    gone: tuple[int, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do: the backlog."""
        return self.ended_at is None and self.resolved_at is None

    @property
    def has_window(self) -> bool:
        """Whether a platform's window runs, which each customer message extends."""
        for clock in self.clocks:
            if clock.measure is WINDOW and clock.over_at is None:
                return True
        return False

    @property
    def is_unresolved(self) -> bool:
        """Whether a resolution is promised and open, running or paused."""
        for clock in self.clocks:
            is_open = clock.over_at is None and not clock.shadow
            if is_open and clock.measure is RESOLUTION:
                return True
        return False


def rules_of(session: Session, rules: Rules) -> Rules:
    """The rules that say what silence ends: those of its newest clock (2.11)."""
    if rules.earlier and session.clocks:
        return rules.as_of(session.clocks[-1].policy_version)
    return rules


def silence(session: Session, rules: Rules) -> tuple[int, Reason]:
    """What silence ends next in an open session, and when (semantics 2.13).

    A wait is abandoned, then a resolution is unresolved; where nothing is owed any
    more, the session lapses.
    """
    rules = rules_of(session, rules)
    heard, since = session.heard_at, session.waiting_since
    unresolved = session.is_unresolved
    if since is not None:
        abandoned = max(heard, since) + rules.abandon_after
        if not unresolved or abandoned <= heard + rules.unresolved_after:
            return abandoned, Reason.ABANDONED
    if unresolved:
        return heard + rules.unresolved_after, Reason.UNRESOLVED
    return max(heard + rules.session_gap, session.owed_until), Reason.LAPSED
