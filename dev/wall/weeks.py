"""What was recorded in the five weeks before the situations.

As OpenMetrics text of the recordings themselves: they add up, however far apart their
samples are. What begins is there by the hour, all else by the day. A week has 624
matters for each unit of a queue, in open hours of UTC from Monday to Saturday; the
week before it a tenth less, and so on.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import product

from dev.wall.situations import FIRST, OBJECTIVE, SITUATIONS

_WEEKS = 5
_HOURS = {8: 2, 9: 4, 10: 6, 11: 8, 12: 6, 13: 4, 14: 6, 15: 8, 16: 6, 17: 2}
_DAYS = (3, 2, 2, 2, 2, 1, 0)
"""An hour of a weekday is the product of the two."""
_UNITS = {"support": 2.0, "sales": 1.0, "complaints": 0.5, "vip": 0.25}
_LATE = {"support": 0.09, "sales": 0.06, "complaints": 0.14}
"""Of a queue's replies; of others one in fifty."""
_POLICIES = {"support": "whatsapp", "complaints": "complaints", "vip": "vip"}
"""Those of some queues; of others nobody asks."""
_CHANNELS = {"whatsapp": 0.75, "messenger": 0.25}
_OUTCOMES = {
    "ended": 1.0,
    "resolved": 0.8,
    "one_reply": 0.32,
    "automated": 0.08,
    "abandoned": 0.05,
    "reopened": 0.03,
}
_CATEGORIES = {"delivery": 0.4, "website": 0.25, "other": 0.2}
_ANSWERS = {"good": 0.06, "middling": 0.02, "bad": 0.02, "given": 0.1}
_ANSWERS_OF = {
    "complaints": {"good": 0.01, "middling": 0.02, "bad": 0.05, "given": 0.08}
}
"""Of those that ended, on each scale that has such an answer."""
_SCORES: dict[str, dict[str, float]] = {
    "csat": {"good": 5, "middling": 3, "bad": 1},
    "nps": {"good": 10, "middling": 8, "bad": 4},
    "ces": {"given": 4.8},
    "emotion": {"good": 3, "middling": 0, "bad": 2},
}
"""Without signs."""
_RESOLVED_WITHIN = {"600": 0.2, "3600": 0.4, "14400": 0.7, "86400": 0.8, "+Inf": 0.8}
_BOUGHT = 0.02
_AGES = {
    "under_1h": 6,
    "under_4h": 9,
    "under_1d": 12,
    "under_3d": 5,
    "under_7d": 3,
    "older": 2,
}

Sample = tuple[str, str, float]
"""A recording's name, its labels, its value."""


def recorded_weeks() -> Iterator[str]:
    """The lines of one file; a recording's are together, as OpenMetrics wants them."""
    lines: dict[str, list[str]] = defaultdict(list)
    for at, (name, labels, value) in _samples():
        lines[name].append(f"{name}{{{labels}}} {value:.12g} {at:.0f}")
    for name, samples in lines.items():
        yield f"# TYPE {name} gauge"
        yield from samples
    yield "# EOF"


def _samples() -> Iterator[tuple[float, Sample]]:
    midnight = FIRST.replace(hour=0, minute=0, second=0)
    queues = sorted({name for each in SITUATIONS.values() for name in each.queues})
    for ago, queue in product(range(7 * _WEEKS, 0, -1), queues):
        day = midnight - timedelta(days=ago)
        unit = _UNITS.get(queue, 0.1) * (1 - (ago - 1) // 7 / 10)
        busy = unit * _DAYS[day.weekday()]
        for hour in range(24):
            at = day.timestamp() + 3_600 * hour
            for sample in _standing(queue, unit):
                yield at, sample
            for sample in _begun(queue, busy * _HOURS.get(hour, 0)):
                # Amidst what it counts: at its edge two hours would have it.
                yield at + 1_800, sample
        for sample in _ended(queue, busy * sum(_HOURS.values())):
            yield day.timestamp() + 43_200, sample


def _standing(queue: str, unit: float) -> Iterator[Sample]:
    yield "replyclock_queue_objective_ratio", f'queue="{queue}"', OBJECTIVE
    for age, count in _AGES.items():
        of = f'age="{age}",queue="{queue}"'
        yield "age_queue:replyclock_backlog:sum", of, unit * count


def _begun(queue: str, count: float) -> Iterator[Sample]:
    of = f'queue="{queue}"'
    yield "queue:replyclock_sessions_opened:increase5m", of, count
    for channel, share in _CHANNELS.items():
        name = "channel_queue:replyclock_sessions_opened:increase5m"
        yield name, f'channel="{channel}",{of}', count * share


def _ended(queue: str, count: float) -> Iterator[Sample]:
    of = f'queue="{queue}"'
    yield "queue:replyclock_purchases:increase5m", of, count * _BOUGHT
    late = _LATE.get(queue, 0.02)
    for verdict, share in (("met", 1 - late), ("breached", late)):
        name = "queue_verdict:replyclock_verdicts:increase5m"
        yield name, f'{of},verdict="{verdict}"', count * share
        if policy := _POLICIES.get(queue):
            name = "policy_verdict:replyclock_policy_verdicts:increase5m"
            yield name, f'policy="{policy}",verdict="{verdict}"', count * share
    for name, label, shares in (
        ("outcome_queue:replyclock_session_outcomes", "outcome", _OUTCOMES),
        ("category_queue:replyclock_session_categories", "category", _CATEGORIES),
        ("le_queue:replyclock_handling_seconds", "le", _RESOLVED_WITHIN),
    ):
        for value, share in shares.items():
            yield f"{name}:increase5m", f'{label}="{value}",{of}', count * share
    answers = _ANSWERS_OF.get(queue, _ANSWERS)
    for scale, scores in _SCORES.items():
        for answer, score in scores.items():
            surveyed = f'answer="{answer}",{of},scale="{scale}"'
            name = "answer_queue_scale:replyclock_survey_{}:increase5m"
            yield name.format("answers"), surveyed, count * answers[answer]
            yield name.format("scores"), surveyed, count * answers[answer] * score
