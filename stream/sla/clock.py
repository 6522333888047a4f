"""Clocks: the stopwatch of one measure in one cycle, and how it counts.

A clock runs, may be paused, and is over when the awaited thing happened or the wait
ended without it. What the world was told of it (warnings, verdict) is beside it and
moved by `stream.sla.verdicts`.
"""

from msgspec import Struct
from msgspec.structs import replace

from stream.sla.facts import Measure, Reason, Verdict
from stream.sla.hours import Calendar
from stream.sla.policy import Policy, Rules, Target


class Clock(Struct, frozen=True, array_like=True, gc=False):
    """One measure's clock. Instants in milliseconds.

    Attributes:
        started_at: when the wait began: the cycle.
        chosen_for: a short hash of the attributes the policy was chosen for, and
            `began_for` of those when it started.
        tags, is_after_hours: the conversation's tags when it started, and whether its
            queue was closed.
        points: ms of open time: the warning points and, last, the target.
        deadline: when the target is used up, if it runs on.
        since: it counts from here, until `paused_at` if that is set ...
        stretches: ... and between these instants before.
        paused_at: since when it does not count; None while it does.
        over_at: when the wait ended; None while it lasts.
        answered: whether by what was awaited, and not by an end without it.
        author, reason: who or what ended it.
        warned, verdict, escalated, due: what was told of it, and when more is.
        promised_at: since when it is promised, if not from its start: what lies before
            can neither be warned of nor broken (semantics 2.11).
        reopened_at: when it went on after it had been answered.
        folded: ms of open time counted in stretches that are not kept any more.
        is_pending: its end is not told yet: a point before it is not settled (6.13).
        known_at: when the news arrived that put its deadline into the past (2.10).
        gone: short hashes of statements that were told and are no more: told again,
            they have another name (semantics 6.11).
        life: how many clocks and sessions of the conversation were withdrawn when it
            began: one that comes back has other names than in its first life (6.11).
    """

    measure: Measure
    started_at: int
    policy: str
    policy_version: str
    chosen_for: int
    calendar: str
    points: tuple[int, ...]
    deadline: int
    since: int
    stretches: tuple[tuple[int, int], ...] = ()
    paused_at: int | None = None
    over_at: int | None = None
    answered: bool = False
    author: str | None = None
    reason: Reason | None = None
    shadow: bool = False
    warned: int = 0
    verdict: Verdict | None = None
    escalated: int = 0
    due: int | None = None
    tags: tuple[str, ...] = ()
    is_after_hours: bool = False
    began_for: int = 0
    promised_at: int = 0
    reopened_at: int | None = None
    folded: int = 0
    is_pending: bool = False
    known_at: int = 0
    gone: tuple[int, ...] = ()
    life: int = 0

    @property
    def breaks_at(self) -> int | None:
        """The deadline, if nothing else comes; None while it stands still before it.

        A pause at the very deadline is too late (semantics 6.2).
        """
        if self.paused_at is None or self.deadline <= self.paused_at:
            return self.deadline
        return None

    @property
    def is_late(self) -> bool:
        """Whether the wait ended after the deadline; an answer at it is in time."""
        over_at, breaks_at = self.over_at, self.breaks_at
        if over_at is None or breaks_at is None or self.reason is Reason.SPAM:
            return False
        return over_at > breaks_at or (
            over_at == breaks_at and self.reason in BY_SILENCE
        )


BY_SILENCE = frozenset({Reason.LAPSED, Reason.ABANDONED, Reason.UNRESOLVED})
"""Ends without a word: at the very deadline they come after it (semantics 6.1)."""

Key = tuple[Measure, int, bool]
"""A clock of a conversation: measure, cycle, and whether it is a shadow's."""


def key_of(clock: Clock) -> Key:
    return clock.measure, clock.started_at, clock.shadow


def policy_of(clock: Clock, rules: Rules) -> Policy:
    """The policy stamped on it; of one that nobody remembers, the defaults."""
    known = rules.as_of(clock.policy_version).book.named(clock.policy)
    return known or Policy(name=clock.policy, match={}, targets=())


def calendar_of(clock: Clock, rules: Rules) -> Calendar:
    """The opening hours it counts by, as they were when it got them (2.11)."""
    if rules.earlier:
        rules = rules.as_of(clock.policy_version)
    return rules.calendar(clock.calendar)


def start(  # noqa: PLR0917  for each wait
    target: Target,
    policy: Policy,
    version: str,
    calendar: Calendar,
    started_at: int,
    chosen_for: int = 0,
    tags: tuple[str, ...] = (),
) -> Clock:
    """A running clock; the deadline is the instant the target is used up."""
    within = target.within
    if target.business_days:
        # An opening is another instant than the close before it, open time alike.
        deadline = calendar.business_days(started_at, target.business_days)
        within = calendar.elapsed(started_at, deadline)
    else:
        deadline = calendar.deadline(started_at, within)
    return Clock(
        target.measure,
        started_at,
        policy.name,
        version,
        chosen_for,
        calendar.name,
        target.points(within),
        deadline,
        started_at,
        shadow=policy.shadow,
        tags=tags,
        began_for=chosen_for,
    )


def counted(clock: Clock, until: int, calendar: Calendar) -> int:
    """Open time that counts from the start to `until`, in milliseconds."""
    if clock.paused_at is not None:
        until = min(until, clock.paused_at)
    counts = clock.folded + calendar.elapsed(clock.since, until)
    for start, end in clock.stretches:
        counts += calendar.elapsed(start, min(end, until))
    return counts


def reaches(clock: Clock, point: int, calendar: Calendar) -> int:
    """The instant at which `point` ms of open time are counted, if it runs on."""
    point -= clock.folded
    for start, end in clock.stretches:
        counts = calendar.elapsed(start, end)
        if point < counts:  # at the very pause it has not passed
            return calendar.deadline(start, point)
        point -= counts
    return calendar.deadline(clock.since, point)


def late_by(clock: Clock, ms: int, calendar: Calendar) -> int:
    """The instant at which `ms` of open time are counted after the deadline.

    Pauses after the breach do not count (semantics 2.8), forgotten ones neither.
    """
    return reaches(clock, used_up(clock, calendar) + ms, calendar)


def used_up(clock: Clock, calendar: Calendar) -> int:
    """Ms of open time that are counted at its deadline: its target, as a rule."""
    if clock.deadline == clock.promised_at:
        # Promised when more was used up already: late from then on (semantics 2.11).
        return counted(clock, clock.deadline, calendar)
    return clock.points[-1]


def pause(clock: Clock, at: int) -> Clock:
    """It counts no longer; a verdict that was reached stands."""
    return replace(clock, paused_at=at)


def resume(clock: Clock, at: int, calendar: Calendar) -> Clock:
    """It counts again, with what is left of its target."""
    return _going_on(clock, at, calendar, is_broken=clock.breaks_at is not None)


def _going_on(clock: Clock, at: int, calendar: Calendar, *, is_broken: bool) -> Clock:
    counted_until = at if clock.paused_at is None else clock.paused_at
    running = replace(
        clock,
        stretches=(*clock.stretches, (clock.since, counted_until)),
        since=at,
        paused_at=None,
    )
    if is_broken:
        return running  # it was used up before
    deadline = reaches(running, clock.points[-1], calendar)
    return replace(running, deadline=max(deadline, clock.promised_at))


def promised(clock: Clock, at: int) -> Clock:
    """As promised from `at` on: it cannot have been broken before (semantics 2.11)."""
    if clock.paused_at is None:
        return replace(clock, promised_at=at, deadline=max(clock.deadline, at))
    if clock.breaks_at is None:
        return replace(clock, promised_at=at)
    # Used up before the pause: that ends here, and begins anew behind the breach.
    stretches = (*clock.stretches, (clock.since, clock.paused_at))
    return replace(
        clock,
        promised_at=at,
        deadline=at,
        stretches=stretches,
        since=at,
        paused_at=at,
    )


def end(
    clock: Clock,
    at: int,
    *,
    answered: bool,
    author: str | None = None,
    reason: Reason | None = None,
) -> Clock:
    """The wait is over."""
    return replace(clock, over_at=at, answered=answered, author=author, reason=reason)


def run_on(clock: Clock) -> Clock:
    """It is not over after all; what ended it was in its first instant."""
    return replace(clock, over_at=None, answered=False, author=None, reason=None)


def reopen(clock: Clock, at: int, calendar: Calendar) -> Clock:
    """The wait goes on, and the time in between does not count (semantics 2.4)."""
    over_at = at if clock.over_at is None else clock.over_at
    stood_still = replace(
        clock,
        paused_at=over_at if clock.paused_at is None else clock.paused_at,
        over_at=None,
        answered=False,
        author=None,
        reason=None,
        reopened_at=at,
    )
    # Solved at the very deadline it was in time, and has nothing left.
    is_broken = clock.breaks_at is not None and clock.deadline < over_at
    return _going_on(stood_still, at, calendar, is_broken=is_broken)


def extend(clock: Clock, at: int) -> Clock:
    """A window counts from the customer's latest words, unless it has closed."""
    return clock if clock.deadline < at else counting_from(clock, at)


def counting_from(clock: Clock, at: int) -> Clock:
    """A window that the customer's words at `at` opened."""
    return replace(clock, since=at, deadline=at + clock.points[-1], warned=0)
