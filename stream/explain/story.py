"""Stories: a conversation's facts, sorted into sessions and clocks, and its sums."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import merge

from stream.explain.notice import Notice
from stream.sla.facts import Fact, FactKind, Measure
from stream.sla.hours import Calendar
from stream.sla.policy import Rules

Interval = tuple[int, int]

_EVER = 2**62
"""The end of a pause that has none; when what has no time is told."""

_ENDS = frozenset(
    {
        FactKind.MET,
        FactKind.ANSWERED_LATE,
        FactKind.CANCELLED,
        FactKind.WAIT_ENDED,
    }
)
_REOPENS = frozenset({FactKind.REPLY_RETRACTED, FactKind.CLOCK_RESUMED})


@dataclass(slots=True)
class ClockStory:
    """One clock: its facts as they were concluded, and what they add up to."""

    measure: Measure
    started_at: int
    shadow: bool
    facts: list[Fact] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def happenings(self) -> list[Fact | Notice]:
        """The facts as they were concluded, and between them who was told of it."""
        facts: list[Fact | Notice] = [*self.facts]
        return [*merge(facts, self.notices, key=self._known_at)]

    def _known_at(self, happening: Fact | Notice) -> int:
        if isinstance(happening, Fact):
            return happening.noticed_at
        if happening.at is None:
            return _EVER
        # By another clock than ours: never before the breach that it is about.
        breaches = (f.noticed_at for f in self.facts if f.kind is FactKind.BREACHED)
        return max(happening.at, min(breaches, default=0))

    @property
    def last(self) -> Fact:
        return self.facts[-1]

    @property
    def end(self) -> Fact | None:
        """The fact that ended the wait, if it has ended."""
        end: Fact | None = None
        for fact in self.facts:
            if fact.kind in _ENDS:
                end = fact
            elif fact.kind in _REOPENS and (fact.replaces or end is not None):
                end = None
        return end

    @property
    def standing(self) -> str:
        """The verdict as it stands, or `running`."""
        stands = "running"
        for fact in self.facts:
            if fact.kind in {FactKind.MET, FactKind.BREACHED, FactKind.CANCELLED}:
                stands = fact.kind.value
            elif fact.replaces is not None:
                stands = "running"
        return stands

    def pauses(self) -> list[Interval]:
        """When it did not count, in order; a reopened one not while it was over."""
        found: list[Interval] = []
        since: int | None = None
        is_over = False
        for fact in self.facts:
            if fact.kind is FactKind.CLOCK_PAUSED:
                # Told twice when it went on for no time: that is one pause.
                since = fact.at if since is None or is_over else since
            elif fact.kind in _ENDS:
                since, is_over = (fact.at, True) if since is None else (since, is_over)
            elif fact.kind in _REOPENS:
                if since is not None and fact.kind is FactKind.CLOCK_RESUMED:
                    found.append((since, fact.at))
                since, is_over = None, False
        return found if since is None or is_over else [*found, (since, _EVER)]

    def counted(self, calendar: Calendar, until: int) -> list[Interval]:
        """The open times from the start to `until` that counted."""
        parts: list[Interval] = []
        begin = self.started_at
        for pause, resume in [*self.pauses(), (until, until)]:
            stop = min(pause, until)
            if stop > begin:
                parts += calendar.open_intervals(begin, stop)
            begin = max(begin, resume)
        return parts


@dataclass(slots=True)
class SessionStory:
    """One matter; `end` is None while it is open."""

    start: Fact
    end: Fact | None = None
    clocks: list[ClockStory] = field(default_factory=list)


def stories(facts: Iterable[Fact]) -> list[SessionStory]:
    """A conversation's sessions, oldest first, from its facts as they were written.

    A fact that was written twice (a crash repeats some) is told once.
    """
    unique = {(fact.fact_id, fact.replaces, fact.noticed_at): fact for fact in facts}
    told: dict[str, int] = {}
    sessions: dict[int, SessionStory] = {}
    clocks: dict[tuple[Measure, int, bool], ClockStory] = {}
    for fact in unique.values():
        start = fact.started_at or fact.at
        if fact.measure is None:
            if fact.kind is FactKind.SESSION_OPENED:
                sessions.setdefault(start, SessionStory(fact))
            elif fact.kind is FactKind.SESSION_ENDED and start in sessions:
                sessions[start].end = fact
            continue
        key = (fact.measure, start, fact.shadow)
        clock = clocks.setdefault(key, ClockStory(fact.measure, start, fact.shadow))
        if told.setdefault(fact.fact_id, fact.noticed_at) == fact.noticed_at or (
            fact.replaces is not None
        ):
            clock.facts.append(fact)
    found = [sessions[start] for start in sorted(sessions)]
    for clock in sorted(clocks.values(), key=lambda c: (c.started_at, c.shadow)):
        of = [
            story
            for story in found
            if (story.start.started_at or 0) <= clock.started_at
        ]
        if of:
            of[-1].clocks.append(clock)
    return found


def add_notices(sessions: Iterable[SessionStory], notices: Iterable[Notice]) -> None:
    """Put each notice to its clock; a shadow's clock never has one (ADR 0007)."""
    clocks = {
        (clock.measure, clock.started_at): clock
        for session in sessions
        for clock in session.clocks
        if not clock.shadow
    }
    for notice in notices:
        clock = clocks.get((notice.measure, notice.cycle))
        if clock is not None:
            clock.notices.append(notice)


def calendar_of(fact: Fact, rules: Rules) -> Calendar:
    """The opening hours by which the fact was concluded, as the config has them now."""
    return rules.calendar(fact.calendar or "always")
