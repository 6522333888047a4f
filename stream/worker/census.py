"""The census: waits and customers by labels, of the sessions open now. Pure."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from stream.sla.hours import DAY
from stream.sla.instants import HOUR
from stream.worker.extremes import longest_wait, next_breach, worst_lateness
from stream.worker.waiting import Band, Kind, Open, Wait

Labels = tuple[str, ...]
Counts = dict[Labels, int]

YOUNGER = {
    "under_1h": HOUR,
    "under_4h": 4 * HOUR,
    "under_1d": DAY,
    "under_3d": 3 * DAY,
    "under_7d": 7 * DAY,
}
"""The ages of a backlog: those younger than so many ms, and not than the one before."""
AGES = (*YOUNGER, "older")


@dataclass(slots=True)
class Census:
    """Counts by (channel, queue) and more; extremes by (measure, channel, queue).

    Attributes:
        backlog: open sessions, by age, last.
        waits: by band, last; `customers`: each once, by the worst of its bands.
        oldest, nearest: instants in ms: the first start, the first deadline to come.
        left, late, longest: ms in the promise's own time (`extremes`).
    """

    backlog: Counts = field(default_factory=dict)
    customers: Counts = field(default_factory=dict)
    waits: Counts = field(default_factory=dict)
    oldest: Counts = field(default_factory=dict)
    nearest: Counts = field(default_factory=dict)
    left: Counts = field(default_factory=dict)
    late: Counts = field(default_factory=dict)
    longest: Counts = field(default_factory=dict)


def census(sessions: Sequence[Open], now: int, label: Callable[[str], str]) -> Census:
    """Of `sessions` at `now`; `label`: of a queue (`Places.queue`)."""
    taken = Census()
    for ((channel, queue), band, age), count in _bands(sessions, now).items():
        place = (channel, label(queue))
        _add(taken.backlog, (*place, AGES[age]), count)
        if band is not None:
            _add(taken.customers, (*place, band.value), count)
    for kind, waits in _alike(sessions).items():
        channel, queue = kind.place
        labels = (kind.measure.value, channel, label(queue))
        _count(taken, labels, kind, waits, now)
        _extremes(taken, labels, kind, waits, now)
    return taken


def _bands(
    sessions: Iterable[Open], now: int
) -> Counter[tuple[tuple[str, str], Band | None, int]]:
    """Sessions by place, the worst band of their waits, and their age of `AGES`."""
    ok, at_risk = Band.OK, Band.AT_RISK
    bounds = tuple(YOUNGER.values())
    return Counter(
        [
            (
                s.place,
                at_risk if s.band is ok and s.risk_at <= now else s.band,
                bisect_right(bounds, now - s.opened_at),
            )
            for s in sessions
        ]
    )


def _alike(sessions: Iterable[Open]) -> dict[Kind, list[Wait]]:
    """Waits by their kind; there may be a million, so each is seen once."""
    groups: defaultdict[Kind, list[Wait]] = defaultdict(list)
    for session in sessions:
        for wait in session.waits:
            groups[wait.kind].append(wait)
    return groups


def _count(
    taken: Census, labels: Labels, kind: Kind, waits: Sequence[Wait], now: int
) -> None:
    for band in Band:
        _add(taken.waits, (*labels, band.value), 0)
    _least(taken.oldest, labels, min([now, *[wait.started_at for wait in waits]]))
    if kind.breached or kind.paused:
        band = Band.BREACHED if kind.breached else Band.PAUSED
        _add(taken.waits, (*labels, band.value), len(waits))
        return
    at_risk = sum([wait.risk_at <= now for wait in waits])
    _add(taken.waits, (*labels, Band.AT_RISK.value), at_risk)
    _add(taken.waits, (*labels, Band.OK.value), len(waits) - at_risk)
    _least(taken.nearest, labels, min([wait.deadline for wait in waits]))


def _extremes(
    taken: Census, labels: Labels, kind: Kind, waits: Sequence[Wait], now: int
) -> None:
    if (left := next_breach(kind, waits, now)) is not None:
        _least(taken.left, labels, left)
    if (late := worst_lateness(kind, waits, now)) is not None:
        _most(taken.late, labels, late)
    if (longest := longest_wait(kind, waits, now)) is not None:
        _most(taken.longest, labels, longest)


def _add(counts: Counts, labels: Labels, count: int) -> None:
    counts[labels] = counts.get(labels, 0) + count


def _least(found: Counts, labels: Labels, number: int) -> None:
    found[labels] = min(number, found.get(labels, number))


def _most(found: Counts, labels: Labels, number: int) -> None:
    found[labels] = max(number, found.get(labels, number))
