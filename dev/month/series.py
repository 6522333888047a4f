"""The series that the dashboards ask for, of a month with a rhythm: as OpenMetrics.

Their number is what costs, so it is that of a large place: each queue has three
channels and four measures. The values hardly matter: by night nothing happens.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, product
from typing import Final

from stream.worker.metrics import DELAYS
from stream.worker.reply_times import WAITS

DAY: Final = 86_400
_CHANNELS: Final = ("messenger", "web", "whatsapp")
_MEASURES: Final = ("first_reply", "next_reply", "resolution", "window")
_VERDICTS: Final = {"met": 0.9, "breached": 0.08, "cancelled": 0.02}
_BANDS: Final = {"ok": 0.3, "at_risk": 0.1, "breached": 0.05, "paused": 0.02}
_REASONS: Final = (
    *("storm", "downtime", "opening", "unmuted", "escalations"),
    *("returns", "fallbacks", "taken", "snoozed", "muted"),
)
_TAKEN_BACK: Final = 0.01

Labels = dict[str, str]


@dataclass(frozen=True, slots=True)
class Series:
    """One series, and how it goes; `share` is its part of what happens in its queue."""

    name: str
    labels: Labels
    share: float
    counter: bool = True

    def over(self, day: "Day") -> str:
        """A day of it, as lines of OpenMetrics."""
        labels = ",".join(f'{name}="{value}"' for name, value in self.labels.items())
        start = f"{self.name}{{{labels}}} "
        return start + start.join(day.samples(self.share, counter=self.counter))


class Day:
    """The samples of a day, alike in all series of one share.

    Args:
        start: Unix seconds.
        step: seconds from one sample to the next.
    """

    def __init__(self, start: int, step: int) -> None:
        self._times = range(start, start + DAY, step)
        self._rates = [_busy((time - start) / DAY) for time in self._times]
        total = sum(self._rates)
        self._done = [done / total for done in accumulate(self._rates)]
        self._before = start // DAY
        self._known: dict[tuple[float, bool], list[str]] = {}

    def samples(self, share: float, *, counter: bool) -> list[str]:
        """Value, time and the end of the line."""
        known = self._known.get((share, counter))
        if known is None:
            most, before, rises = (
                (1_000, self._before, self._done) if counter else (60, 0, self._rates)
            )
            known = [
                f"{round(most * share * (before + rise))} {time}\n"
                for rise, time in zip(rises, self._times, strict=True)
            ]
            self._known[share, counter] = known
        return known


def series(queues: int) -> Iterator[Series]:
    """All that Today and Monitor ask for, of `queues` queues; a name stays together."""
    names = [f"queue-{n:02}" for n in range(queues)]
    places = [{"channel": c, "queue": q} for c, q in product(_CHANNELS, names)]
    promises = [{"measure": m, **place} for m, place in product(_MEASURES, places)]
    replies = [promise for promise in promises if "reply" in promise["measure"]]
    yield from _each("replyclock_verdicts_total", promises, "verdict", _VERDICTS)
    back = {verdict: share * _TAKEN_BACK for verdict, share in _VERDICTS.items()}
    yield from _each("replyclock_retractions_total", promises, "verdict", back)
    for time in ("seconds", "business_seconds"):
        yield from _histogram(f"replyclock_reply_{time}", replies, WAITS)
        taken_back = f"replyclock_reply_retracted_{time}"
        yield from _histogram(taken_back, replies, WAITS, _TAKEN_BACK)
    yield from _plain("replyclock_sessions_opened_total", places)
    yield from _plain("replyclock_sessions_withdrawn_total", places, _TAKEN_BACK)
    yield from _each(
        "replyclock_customers_waiting", places, "band", _BANDS, counter=False
    )
    gauges: dict[str, list[Labels]] = {
        "replyclock_worst_lateness_seconds": promises,
        "replyclock_queue_info": [{"queue": name, "team": "emea"} for name in names],
        "replyclock_queue_objective_ratio": [{"queue": name} for name in names],
    }
    for name, labels in gauges.items():
        yield from _plain(name, labels, counter=False)
    yield from _monitor(names, places)


def _monitor(queues: list[str], places: list[Labels]) -> Iterator[Series]:
    receivers = [{"receiver": name} for name in queues]
    measures = [{"measure": measure} for measure in _MEASURES]
    accounts = [{**place, "account": f"{n}"} for n, place in enumerate(places)]
    yield from _histogram("replyclock_alert_delay_seconds", receivers, DELAYS)
    yield from _histogram("replyclock_detection_delay_seconds", measures, DELAYS)
    yield from _histogram("replyclock_event_delay_seconds", [{}], DELAYS)
    for name in ("alerts_suppressed", "alert_failures"):
        reasons = dict.fromkeys(_REASONS, 0.01)
        yield from _each(f"replyclock_{name}_total", receivers, "reason", reasons)
    yield from _plain("replyclock_alert_fallbacks_total", receivers, _TAKEN_BACK)
    for name in ("presses", "events_rejected", "webhooks"):
        kinds = [{"kind": r, "reason": r, "source": r, "code": r} for r in _REASONS]
        yield from _plain(f"replyclock_{name}_total", kinds, _TAKEN_BACK)
    for name in ("late", "clamped", "duplicate"):
        channels = [{"channel": channel} for channel in _CHANNELS]
        yield from _plain(f"replyclock_events_{name}_total", channels, _TAKEN_BACK)
    for name in ("source_silent", "last_event_timestamp_seconds"):
        yield from _plain(f"replyclock_{name}", accounts, counter=False)
    topics = [{"topic": t} for t in ("conversations.events", "sla.facts")]
    for name in ("lag_records", "partitions", "partitions_assigned"):
        yield from _plain(f"replyclock_{name}", topics, counter=False)


def _plain(
    name: str, labels: list[Labels], share: float = 1, *, counter: bool = True
) -> Iterator[Series]:
    return (Series(name, of, share, counter) for of in labels)


def _each(
    name: str,
    labels: list[Labels],
    label: str,
    shares: dict[str, float],
    *,
    counter: bool = True,
) -> Iterator[Series]:
    for of, (value, share) in product(labels, shares.items()):
        yield Series(name, {**of, label: value}, share, counter)


def _histogram(
    name: str, labels: list[Labels], bounds: tuple[float, ...], share: float = 1
) -> Iterator[Series]:
    shares = {
        str(float(bound)): share * (n + 1) / len(bounds)
        for n, bound in enumerate(bounds)
    }
    return _each(f"{name}_bucket", labels, "le", {**shares, "+Inf": share})


def _busy(part_of_day: float) -> float:
    """How much happens then: nothing at midnight, most at noon."""
    return math.sin(math.pi * part_of_day) ** 2
