"""What our processes would have exported in a situation, and on the day before it.

As OpenMetrics text with times, which `promtool tsdb create-blocks-from` reads. Gauges
stand as they are all day; counters grow evenly from midnight.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from dev.wall.situations import Queue, Situation

MEASURES = ("first_reply", "next_reply", "resolution", "window")
BANDS = ("ok", "at_risk", "breached", "paused")
CHANNEL = 'channel="whatsapp"'
PARTITIONS = 12
_EVENTS = 'topic="conversations.events"'
EVERY = 120
"""Seconds between the samples of the day: Prometheus looks back five minutes."""
_AT_LAST = 5
"""Seconds between those of the last two minutes, as Prometheus scrapes."""

Figure = float | Callable[[float], float]
"""A value, or what it was at a share of the day, 0 to 1."""
Series = tuple[str, str, str, Figure]
"""Metric, what is behind its name (`_total`), labels, figure."""


def exported(situations: Iterable[Situation]) -> Iterator[str]:
    """The lines of one file; a metric's are together, as OpenMetrics wants them."""
    lines: dict[tuple[str, str], list[str]] = defaultdict(list)
    for situation in situations:
        for kind, (metric, ending, labels, figure) in _series(situation):
            lines[kind, metric] += _samples(
                f"{metric}{ending}{{{labels}}}", figure, situation.at
            )
    for (kind, metric), samples in lines.items():
        yield f"# TYPE {metric} {kind}"
        yield from samples
    yield "# EOF"


def _samples(name: str, figure: Figure, at: datetime) -> Iterator[str]:
    until = int(at.timestamp())
    since = int(at.replace(hour=0, minute=0, second=0).timestamp())
    for instant in (
        *range(since, until - 120, EVERY),
        *range(until - 120, until + 1, _AT_LAST),
    ):
        share = (instant - since) / (until - since)
        value = figure(share) if callable(figure) else figure
        yield f"{name} {value:.12g} {instant}"


def _series(situation: Situation) -> Iterator[tuple[str, Series]]:
    up = 1 if situation.queues else 0
    for job in ("worker", "alerts", "intake"):
        yield "gauge", ("up", "", f'job="{job}"', up)
    if not situation.queues:
        return
    for name, queue in situation.queues.items():
        yield from (("gauge", series) for series in _waits(name, queue, situation.at))
        yield from (("gauge", series) for series in _of_queue(name, queue))
        yield from (("counter", series) for series in _verdicts(name, queue))
        yield from (("histogram", series) for series in _replies(name, queue))
    yield from (("gauge", series) for series in _process(situation))
    if situation.delay is not None:
        metric = "replyclock_event_delay_seconds"
        for series in _histogram(metric, "", situation.delay, 5_000):
            yield "histogram", series


def _waits(name: str, queue: Queue, at: datetime) -> Iterator[Series]:
    place = f'{CHANNEL},queue="{name}"'
    for band in BANDS:
        count = getattr(queue, band)
        yield "replyclock_customers_waiting", "", f'{place},band="{band}"', count
        for measure in MEASURES:
            labels = f'measure="{measure}",{place},band="{band}"'
            waits = count if measure == queue.measure else 0
            yield "replyclock_waiting", "", labels, waits
    of = f'measure="{queue.measure}",{place}'
    now = at.timestamp()
    figures: Mapping[str, float | None] = {
        "next_breach_seconds": queue.next_breach,
        "worst_lateness_seconds": queue.lateness,
        "longest_wait_seconds": queue.longest,
        "oldest_wait_timestamp_seconds": queue.longest and now - queue.longest,
        "next_deadline_timestamp_seconds": queue.next_breach
        and now + queue.next_breach,
    }
    for metric, value in figures.items():
        if value is not None:
            yield f"replyclock_{metric}", "", of, value


def _of_queue(name: str, queue: Queue) -> Iterator[Series]:
    of = f'queue="{name}"'
    yield "replyclock_queue_info", "", f'{of},team="{queue.team}"', 1
    yield "replyclock_queue_objective_ratio", "", of, 0.9
    yield "replyclock_queue_open", "", of, int(queue.open)
    yield "replyclock_queue_muted", "", of, int(queue.muted)
    account = f'{CHANNEL},account="of-{name}",{of}'
    if name != "unrouted":
        yield "replyclock_source_silent", "", account, int(queue.silent)


def _verdicts(name: str, queue: Queue) -> Iterator[Series]:
    for verdict, count in (("met", queue.met), ("breached", queue.broken)):
        of = f'measure="{queue.measure}",{CHANNEL},queue="{name}",verdict="{verdict}"'
        yield "replyclock_verdicts", "_total", of, _grown(count)
        yield "replyclock_retractions", "_total", of, 0
        # What grafana/prometheus/rules/wall.yml records of them.
        recorded = f'instance="worker",queue="{name}",verdict="{verdict}"'
        for kind, total in (("verdicts", _grown(count)), ("retractions", 0)):
            yield f"instance_queue_verdict:replyclock_{kind}:sum", "", recorded, total


def _replies(name: str, queue: Queue) -> Iterator[Series]:
    of = f'measure="{queue.measure}",{CHANNEL},queue="{name}"'
    yield from _histogram("replyclock_reply_seconds", of, 190, queue.met + queue.broken)
    yield from _histogram("replyclock_reply_retracted_seconds", of, 190, 0)


def _histogram(metric: str, labels: str, value: float, count: int) -> Iterator[Series]:
    bounds = (0.25, 1, 5, 30, 60, 120, 300, 3_600, "+Inf")
    for bound in bounds:
        below = count if bound == "+Inf" or float(bound) >= value else count / 5
        comma = "," if labels else ""
        yield metric, "_bucket", f'{labels}{comma}le="{bound}"', _grown(below)
    yield metric, "_sum", labels, _grown(value * count)
    yield metric, "_count", labels, _grown(count)


def _process(situation: Situation) -> Iterator[Series]:
    for topic in (_EVENTS, 'topic="sla.facts"'):
        assigned = situation.assigned if topic == _EVENTS else PARTITIONS
        lag = situation.lag if topic == _EVENTS else 0
        yield "replyclock_partitions", "", topic, PARTITIONS
        yield "replyclock_partitions_assigned", "", topic, assigned
        yield "replyclock_lag_records", "", topic, lag
    for kind in ("storm", "downtime", "opening"):
        open_now = situation.storms if kind == "storm" else 0
        yield "replyclock_storms", "", f'kind="{kind}"', open_now
    yield "replyclock_alerts_pending", "", "", 0


def _grown(until: float) -> Callable[[float], float]:
    return lambda share: until * share
