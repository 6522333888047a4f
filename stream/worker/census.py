"""The census: waits and customers by labels, of the sessions open now. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from stream.worker.extremes import longest_wait, next_breach, worst_lateness
from stream.worker.waiting import Band, Open, Wait

Labels = tuple[str, ...]
Counts = dict[Labels, int]

_WORST_FIRST = (Band.BREACHED, Band.AT_RISK, Band.OK, Band.PAUSED)
_BREACHED, _AT_RISK, _OK, _PAUSED = range(4)


@dataclass(slots=True)
class Census:
    """Counts by (channel, queue) and more; extremes by (measure, channel, queue).

    Attributes:
        waits: by band, last; `customers`: each once, by the worst of its bands.
        oldest, nearest: instants in ms: the first start, the first deadline to come.
        left, late, longest: ms in the promise's own time (`extremes`).
    """

    opened: Counts = field(default_factory=dict)
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
    for (channel, queue), count in Counter([s.place for s in sessions]).items():
        _add(taken.opened, (channel, label(queue)), count)
    for ((channel, queue), band), count in _customers(sessions, now).items():
        _add(taken.customers, (channel, label(queue), band.value), count)
    for measure, (channel, queue), waits in _alike(sessions):
        labels = (measure, channel, label(queue))
        _count(taken, labels, waits, now)
        _extremes(taken, labels, waits, now)
    return taken


def _customers(
    sessions: Iterable[Open], now: int
) -> Counter[tuple[tuple[str, str], Band]]:
    """Conversations that wait by (place, worst band)."""
    found = Counter(
        [(session.place, _worst(session.waits, now)) for session in sessions]
    )
    return Counter(
        {
            (place, _WORST_FIRST[worst]): count
            for (place, worst), count in found.items()
            if worst is not None
        }
    )


def _worst(waits: Iterable[Wait], now: int) -> int | None:
    """The place of the worst band in `_WORST_FIRST`; None where nobody waits."""
    worst = None
    for wait in waits:
        if wait.breached:
            return _BREACHED
        rank = _PAUSED if wait.paused else _AT_RISK if wait.risk_at <= now else _OK
        if worst is None or rank < worst:
            worst = rank
    return worst


def _alike(
    sessions: Iterable[Open],
) -> Iterator[tuple[str, tuple[str, str], list[Wait]]]:
    """Waits by measure, place and calendar; there may be a million: each seen once."""
    groups: dict[tuple[str, tuple[str, str], int], list[Wait]] = {}
    for session in sessions:
        place = session.place
        for wait in session.waits:
            at = (wait.measure, place, id(wait.calendar))
            if at in groups:
                groups[at].append(wait)
            else:
                groups[at] = [wait]
    for (measure, place, _), waits in groups.items():
        yield measure, place, waits


def _count(taken: Census, labels: Labels, waits: Sequence[Wait], now: int) -> None:
    running = [wait for wait in waits if not (wait.breached or wait.paused)]
    breached = sum([wait.breached for wait in waits])
    at_risk = sum([wait.risk_at <= now for wait in running])
    for band, count in (
        (Band.OK, len(running) - at_risk),
        (Band.AT_RISK, at_risk),
        (Band.BREACHED, breached),
        (Band.PAUSED, len(waits) - len(running) - breached),
    ):
        _add(taken.waits, (*labels, band.value), count)
    _least(taken.oldest, labels, min([now, *[wait.started_at for wait in waits]]))
    if running:
        _least(taken.nearest, labels, min([wait.deadline for wait in running]))


def _extremes(taken: Census, labels: Labels, waits: Sequence[Wait], now: int) -> None:
    calendar = waits[0].calendar
    if (left := next_breach(waits, now, calendar)) is not None:
        _least(taken.left, labels, left)
    if (late := worst_lateness(waits, now, calendar)) is not None:
        _most(taken.late, labels, late)
    if (longest := longest_wait(waits, now, calendar)) is not None:
        _most(taken.longest, labels, longest)


def _add(counts: Counts, labels: Labels, count: int) -> None:
    counts[labels] = counts.get(labels, 0) + count


def _least(found: Counts, labels: Labels, number: int) -> None:
    found[labels] = min(number, found.get(labels, number))


def _most(found: Counts, labels: Labels, number: int) -> None:
    found[labels] = max(number, found.get(labels, number))
