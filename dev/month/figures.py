"""Which series the dashboards ask for, in a large place.

Their number is what costs: each queue has three channels and four measures. The values
hardly matter.
"""

from collections.abc import Iterator
from itertools import product
from typing import Final

from dev.month import sessions
from dev.month.series import Labels, Series, buckets, each, histogram, plain
from stream.worker.metrics import DELAYS
from stream.worker.reply_times import WAITS

_CHANNELS: Final = ("messenger", "web", "whatsapp")
_MEASURES: Final = ("first_reply", "next_reply", "resolution", "window")
_VERDICTS: Final = {"met": 0.9, "breached": 0.08, "cancelled": 0.02}
_BANDS: Final = {"ok": 0.3, "at_risk": 0.1, "breached": 0.05, "paused": 0.02}
_REASONS: Final = (
    *("storm", "downtime", "opening", "unmuted", "escalations"),
    *("returns", "fallbacks", "taken", "snoozed", "muted"),
)
_TAKEN_BACK: Final = 0.01


def counted(queues: int) -> Iterator[Series]:
    """What the recordings are made of."""
    places, promises, replies = _places(queues), _promises(queues), _replies(queues)
    yield from each("replyclock_verdicts_total", promises, "verdict", _VERDICTS)
    back = {verdict: share * _TAKEN_BACK for verdict, share in _VERDICTS.items()}
    yield from each("replyclock_retractions_total", promises, "verdict", back)
    for time in ("seconds", "business_seconds"):
        yield from histogram(f"replyclock_reply_{time}", replies, WAITS)
        taken_back = f"replyclock_reply_retracted_{time}"
        yield from histogram(taken_back, replies, WAITS, _TAKEN_BACK)
    receivers = [{"receiver": name} for name in _queues(queues)]
    measures = [{"measure": measure} for measure in _MEASURES]
    yield from histogram("replyclock_alert_delay_seconds", receivers, DELAYS)
    yield from histogram("replyclock_detection_delay_seconds", measures, DELAYS)
    for failed in ("alerts_suppressed", "alert_failures"):
        reasons = dict.fromkeys(_REASONS, 0.01)
        yield from each(f"replyclock_{failed}_total", receivers, "reason", reasons)
    yield from plain("replyclock_sessions_opened_total", places)
    yield from plain("replyclock_sessions_withdrawn_total", places, _TAKEN_BACK)
    name = "replyclock_customers_waiting"
    yield from each(name, places, "band", _BANDS, counter=False)
    yield from sessions.counted(places)


def recorded(queues: int) -> Iterator[Series]:
    """What recording.yml makes of all that, each five minutes."""
    names = [{"queue": name} for name in _queues(queues)]
    for delay in ("detection", "alert"):
        name = f"le:replyclock_{delay}_delay_seconds:increase5m"
        yield from each(name, [{}], "le", buckets(DELAYS), counter=False)
    for name in ("alert_failures", "alerts_suppressed"):
        reasons = dict.fromkeys(_REASONS, 0.01)
        recording = f"reason:replyclock_{name}:increase5m"
        yield from each(recording, [{}], "reason", reasons, counter=False)
    verdicts = "queue_verdict:replyclock_verdicts:increase5m"
    yield from each(verdicts, names, "verdict", _VERDICTS, counter=False)
    opened = "queue:replyclock_sessions_opened:increase5m"
    yield from plain(opened, names, counter=False)
    for time in ("seconds", "business_seconds"):
        name = f"le_queue:replyclock_reply_{time}:increase5m"
        yield from each(name, names, "le", buckets(WAITS), counter=False)
    opened = "channel_queue:replyclock_sessions_opened:increase5m"
    yield from plain(opened, _places(queues), counter=False)
    yield from sessions.recorded(names)


def current(queues: int) -> Iterator[Series]:
    """What is asked as it is: who waits, and the monitor's own workings."""
    names, promises = _queues(queues), _promises(queues)
    bands = each(
        "band_queue:replyclock_customers_waiting:sum",
        [{"queue": name} for name in names],
        "band",
        _BANDS,
        counter=False,
    )
    gauges: dict[str, list[Labels]] = {
        "replyclock_worst_lateness_seconds": promises,
        "replyclock_queue_info": [{"queue": name, "team": "emea"} for name in names],
        "replyclock_queue_objective_ratio": [{"queue": name} for name in names],
    }
    yield from bands
    yield from sessions.current([{"queue": name} for name in names])
    for name, labels in gauges.items():
        yield from plain(name, labels, counter=False)
    yield from _monitor(names, _places(queues))


def _queues(count: int) -> list[str]:
    return [f"queue-{n:02}" for n in range(count)]


def _places(queues: int) -> list[Labels]:
    return [{"channel": c, "queue": q} for c, q in product(_CHANNELS, _queues(queues))]


def _promises(queues: int) -> list[Labels]:
    return [{"measure": m, **at} for m, at in product(_MEASURES, _places(queues))]


def _replies(queues: int) -> list[Labels]:
    return [promise for promise in _promises(queues) if "reply" in promise["measure"]]


def _monitor(queues: list[str], places: list[Labels]) -> Iterator[Series]:
    receivers = [{"receiver": name} for name in queues]
    accounts = [{**place, "account": f"{n}"} for n, place in enumerate(places)]
    yield from histogram("replyclock_event_delay_seconds", [{}], DELAYS)
    yield from plain("replyclock_alert_fallbacks_total", receivers, _TAKEN_BACK)
    for name in ("presses", "events_rejected", "webhooks"):
        kinds = [{"kind": r, "reason": r, "source": r, "code": r} for r in _REASONS]
        yield from plain(f"replyclock_{name}_total", kinds, _TAKEN_BACK)
    for name in ("late", "clamped", "duplicate"):
        channels = [{"channel": channel} for channel in _CHANNELS]
        yield from plain(f"replyclock_events_{name}_total", channels, _TAKEN_BACK)
    for name in ("source_silent", "last_event_timestamp_seconds"):
        yield from plain(f"replyclock_{name}", accounts, counter=False)
    topics = [{"topic": t} for t in ("conversations.events", "sla.facts")]
    for name in ("lag_records", "partitions", "partitions_assigned"):
        yield from plain(f"replyclock_{name}", topics, counter=False)
