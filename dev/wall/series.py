"""Which series our processes export in a situation, by docs/metrics.md."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dev.wall.situations import OBJECTIVE, Queue, Situation

MEASURES = ("first_reply", "next_reply", "resolution", "window")
BANDS = ("ok", "at_risk", "breached", "paused")
PARTITIONS = 12
_EVENTS, _FACTS = 'topic="conversations.events"', 'topic="sla.facts"'
_CHANNEL = 'channel="whatsapp"'
_BOUNDS = (0.25, 1, 5, 30, 60, 120, 300, 3_600, "+Inf")
_OBJECTIVES = {"vip": 0.99, "complaints": 0.85, "whatsapp": 0.9, "everyone": 0.9}
_COUNTED = {
    'webhooks{source="whatsapp",code="200"}': 4_000,
    'webhooks{source="whatsapp",code="401"}': 3,
    'webhook_parts_ignored{source="whatsapp",reason="malformed"}': 1,
    'events_rejected{reason="unreadable"}': 2,
    'events_late{channel="whatsapp"}': 12,
    'events_clamped{channel="whatsapp"}': 0,
    'events_duplicate{channel="whatsapp"}': 35,
    "facts_rejected{}": 0,
    'alert_failures{receiver="desk",reason="rate_limited"}': 4,
    'alert_fallbacks{receiver="desk"}': 0,
    'alerts_suppressed{receiver="desk",reason="taken"}': 9,
    'presses{kind="take"}': 31,
}
"""Since midnight, where the situation says nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    metric: str
    kind: str
    ending: str = ""
    """Behind the metric's name: `_total`, `_bucket`."""
    labels: str = ""
    value: float = 0
    grows: bool = False
    """Whether it was zero at midnight and grew evenly."""


def series_of(situation: Situation) -> Iterator[Series]:
    """All of them; none where no worker answers."""
    if situation.queues:
        for job in ("worker", "alerts", "intake"):
            yield Series(metric="up", kind="gauge", labels=f'job="{job}"', value=1)
        for policy, objective in _OBJECTIVES.items():
            yield _gauge("objective_ratio", f'policy="{policy}"', objective)
        for name, queue in situation.queues.items():
            yield from _waits(name, queue, situation)
            yield from _of_queue(name, queue, situation)
            yield from _replies(name, queue)
        yield from _of_processes(situation)


def _waits(name: str, queue: Queue, situation: Situation) -> Iterator[Series]:
    place = f'{_CHANNEL},queue="{name}"'
    for band in BANDS:
        count = getattr(queue, band)
        yield _gauge("customers_waiting", f'{place},band="{band}"', count)
        for measure in MEASURES:
            waits = count if measure == queue.measure else 0
            labels = f'measure="{measure}",{place},band="{band}"'
            yield _gauge("waiting", labels, waits)
    now = situation.at.timestamp()
    left, longest = queue.next_breach, queue.longest
    figures: Mapping[str, float | None] = {
        "next_breach_seconds": left,
        "worst_lateness_seconds": queue.lateness,
        "longest_wait_seconds": longest,
        "oldest_wait_timestamp_seconds": longest and now - longest,
        "next_deadline_timestamp_seconds": left and now + left,
    }
    for metric, value in figures.items():
        if value is not None:
            yield _gauge(metric, f'measure="{queue.measure}",{place}', value)


def _of_queue(name: str, queue: Queue, situation: Situation) -> Iterator[Series]:
    of = f'queue="{name}"'
    yield _gauge("queue_info", f'{of},team="{queue.team}"', 1)
    yield _gauge("queue_objective_ratio", of, OBJECTIVE)
    yield _gauge("queue_open", of, queue.open)
    yield _gauge("queue_muted", of, queue.muted)
    ages = (queue.ok, queue.at_risk, queue.breached)
    for age, count in zip(("under_1h", "under_4h", "older"), ages, strict=True):
        yield _gauge("backlog", f'{_CHANNEL},{of},age="{age}"', count)
    if name != "unrouted":
        account = f'{_CHANNEL},account="of-{name}"'
        heard = situation.at.timestamp() - (20_000 if queue.silent else 30)
        yield _gauge("source_silent", f"{account},{of}", queue.silent)
        yield _gauge("last_event_timestamp_seconds", account, heard)


def _replies(name: str, queue: Queue) -> Iterator[Series]:
    place = f'{_CHANNEL},queue="{name}"'
    of = f'measure="{queue.measure}",{place}'
    for verdict, count in (("met", queue.met), ("breached", queue.broken)):
        yield _counter("verdicts", f'{of},verdict="{verdict}"', count)
        yield _counter("retractions", f'{of},verdict="{verdict}"', 0)
    replies = queue.met + queue.broken
    yield _counter("sessions_opened", place, replies)
    yield _counter("sessions_withdrawn", place, 0)
    for kind, count in (("", replies), ("_retracted", 0)):
        yield from _histogram(f"reply{kind}_seconds", of, 190, count)
        yield from _histogram(f"reply{kind}_business_seconds", of, 90, count)


def _of_processes(situation: Situation) -> Iterator[Series]:
    for topic, assigned, lag in (
        (_EVENTS, situation.assigned, situation.lag),
        (_FACTS, PARTITIONS, 0),
    ):
        yield _gauge("partitions", topic, PARTITIONS)
        yield _gauge("partitions_assigned", topic, assigned)
        yield _gauge("lag_records", topic, lag)
    if situation.delay is not None:
        yield from _histogram("event_delay_seconds", "", situation.delay, 5_000)
    yield from _histogram("detection_delay_seconds", 'measure="first_reply"', 2, 50)
    yield from _histogram("alert_delay_seconds", 'receiver="desk"', 3, 50)
    for kind in ("storm", "downtime", "opening"):
        lists = situation.storms if kind == "storm" else 0
        yield _gauge("storms", f'kind="{kind}"', lists)
    yield _gauge("alerts_pending", "", situation.storms)
    yield _gauge("alerts_oldest_pending_timestamp_seconds", "", 0)
    yield _gauge("spool_bytes", "", 0)
    yield _gauge("spool_max_bytes", "", 1e9)
    midnight = situation.at.replace(hour=0, minute=0, second=0).timestamp()
    for instance in ("worker:9101", "alerts:9102"):
        of = f'instance="{instance}"'
        yield _gauge("config_info", f'{of},hash="4f1c9a"', 1)
        yield _gauge("config_last_reload_successful", of, 1)
        yield _gauge("config_last_reload_success_timestamp_seconds", of, midnight)
    for name, count in _COUNTED.items():
        metric, _, labels = name.partition("{")
        yield _counter(metric, labels.rstrip("}"), count)


def _gauge(metric: str, labels: str, value: float) -> Series:
    name = f"replyclock_{metric}"
    return Series(metric=name, kind="gauge", labels=labels, value=value)


def _counter(metric: str, labels: str, value: float) -> Series:
    return _grown(metric, "counter", "_total", labels, value)


def _histogram(metric: str, labels: str, value: float, count: int) -> Iterator[Series]:
    """Four of five at `value`, the others below."""
    for bound in _BOUNDS:
        below = count if bound == "+Inf" or float(bound) >= value else count / 5
        of = f'{labels}{"," if labels else ""}le="{bound}"'
        yield _grown(metric, "histogram", "_bucket", of, below)
    yield _grown(metric, "histogram", "_sum", labels, value * count)
    yield _grown(metric, "histogram", "_count", labels, count)


def _grown(metric: str, kind: str, ending: str, labels: str, value: float) -> Series:
    return Series(
        metric=f"replyclock_{metric}",
        kind=kind,
        ending=ending,
        labels=labels,
        value=value,
        grows=True,
    )
