"""What a digest counts: the rules' own figures, by queue and period. Pure.

Facts come partition by partition, each partition's in order: all of a conversation are
in one, so what is remembered of one can be forgotten before the next.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from alerts.alert import alert_key
from alerts.digests.due import Period
from stream.sla.cycles import Cycle, Cycles, Key
from stream.sla.facts import Fact, FactKind, Measure, Verdict
from stream.sla.figures import figures

_REPLIES = (Measure.FIRST_REPLY, Measure.NEXT_REPLY)
_KEPT_OR_NONE = {FactKind.MET, FactKind.CANCELLED}
_MOVING = _KEPT_OR_NONE | {
    FactKind.BREACHED,
    FactKind.ANSWERED_LATE,
    FactKind.WAIT_ENDED,
    FactKind.BREACH_RETRACTED,
    FactKind.REPLY_RETRACTED,
}
"""What moves a verdict, or says whether somebody still waits."""


@dataclass(slots=True)
class QueueFigures:
    """Of one queue in one period, all its promises together."""

    met: int = 0
    breached: Counter[Measure] = field(default_factory=Counter)
    longest: int = 0
    """The longest wait for a reply that came; milliseconds of wall time."""


@dataclass(slots=True)
class Waiting:
    """Customers of one queue whose promise is broken and who still wait."""

    count: int
    since: int
    """Since when the first of them does; milliseconds."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """To an alert of a queue."""

    queue: str
    in_time: bool
    """Whether a reply came before anybody else was told (an escalation), or came at all
    where nobody was."""


@dataclass(slots=True)
class Counted:
    """Of all partitions that were read."""

    periods: Sequence[Period]
    by_queue: list[dict[str, QueueFigures]] = field(init=False)
    """For each of `periods`."""
    waiting: dict[str, Waiting] = field(default_factory=dict)
    alerts: dict[str, Reaction] = field(default_factory=dict)
    """By key, those of `periods`."""
    slowest: int = 0
    """The longest time from when a breach of `periods` could be known until it was
    noticed; milliseconds."""
    last: int = 0
    """When the last fact was concluded; milliseconds, 0: there is none."""

    def __post_init__(self) -> None:
        self.by_queue = [defaultdict(QueueFigures) for _ in self.periods]


@dataclass(frozen=True, slots=True)
class Kept:
    """What the topic of facts still has: all since an instant, in milliseconds."""

    since: int
    is_whole: bool
    """Whether nothing was deleted yet, so that nothing was there before."""


class Partition:
    """The facts of one partition. What ended well before `periods` is forgotten."""

    def __init__(self, periods: Sequence[Period]) -> None:
        self._periods = periods
        self._begin = min(period.begin for period in periods)
        self._cycles = Cycles()
        self._alerts: dict[Key, str] = {}
        self._escalated: dict[Key, int] = {}
        self._last = 0

    @property
    def size(self) -> int:
        """How many cycles are remembered."""
        return len(self._cycles.by_key)

    def add(self, fact: Fact) -> None:
        """Take the next one."""
        self._last = max(self._last, fact.noticed_at)
        if fact.measure is None or fact.cycle is None or fact.shadow:
            return
        key = (fact.conversation_id, fact.measure, fact.cycle, False)
        if fact.kind is FactKind.ESCALATED:
            self._escalated.setdefault(key, fact.at)
        if not _moves(fact):
            return
        self._cycles.add((fact,))
        if fact.kind is FactKind.BREACHED and fact.at >= self._begin:
            self._alerts[key] = alert_key(fact)
        if fact.kind in _KEPT_OR_NONE and fact.at < self._begin:
            # A reply that is taken back says all of its cycle once more.
            self._cycles.by_key.pop(key, None)

    def count(self, counted: Counted) -> None:
        """Add what the partition comes to."""
        counted.last = max(counted.last, self._last)
        for period, queues in zip(self._periods, counted.by_queue, strict=True):
            within = (
                (key, cycle)
                for key, cycle in self._cycles.by_key.items()
                if period.holds(cycle.verdict_at)
            )
            _add(queues, within)
        for key, cycle in self._cycles.by_key.items():
            if cycle.verdict is Verdict.BREACHED:
                self._count_breach(counted, key, cycle)

    def _count_breach(self, counted: Counted, key: Key, cycle: Cycle) -> None:
        _, measure, started, _ = key
        if measure in _REPLIES and cycle.lasted_ms is None:
            waiting = counted.waiting.setdefault(cycle.queue, Waiting(0, started))
            waiting.count += 1
            waiting.since = min(waiting.since, started)
        if not any(period.holds(cycle.verdict_at) for period in self._periods):
            return
        counted.slowest = max(counted.slowest, cycle.lateness or 0)
        escalated = self._escalated.get(key)
        replied = None if cycle.waited_ms is None else started + cycle.waited_ms
        in_time = replied is not None and (escalated is None or replied <= escalated)
        counted.alerts[self._alerts[key]] = Reaction(cycle.queue, in_time)


def _moves(fact: Fact) -> bool:
    if fact.kind is FactKind.CLOCK_RESUMED:
        return fact.reason is not None  # it goes on after its end, and after no pause
    return fact.kind in _MOVING


def _add(queues: dict[str, QueueFigures], cycles: Iterable[tuple[Key, Cycle]]) -> None:
    for (_, queue, measure), row in figures(cycles).items():
        known = queues[queue]
        known.met += row.met
        if row.breached:
            known.breached[measure] += row.breached
        if measure in _REPLIES and row.wall:
            known.longest = max(known.longest, row.wall[-1])
