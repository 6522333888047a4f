"""Series of what sessions came to, and of what their policies promised."""

from collections.abc import Iterator
from itertools import product
from typing import Final

from dev.month.series import Labels, Series, buckets, each, histogram, plain
from stream.worker.reply_times import WAITS

_POLICIES: Final = [{"policy": f"policy-{n}"} for n in range(8)]
_MEASURES: Final = ("first_reply", "next_reply", "resolution", "window")
_VERDICTS: Final = {"met": 0.9, "breached": 0.08, "cancelled": 0.02}
_OUTCOMES: Final = (
    *("ended", "resolved", "one_reply"),
    *("automated", "abandoned", "reopened"),
)
_CATEGORIES: Final = ("complaint", "delivery", "invoice", "order", "website", "other")
_SCALES: Final = ("csat", "nps", "ces", "emotion")
_ANSWERS: Final = ("good", "middling", "bad")
_AGES: Final = ("under_1h", "under_4h", "under_1d", "under_3d", "under_7d", "older")


def counted(places: list[Labels]) -> Iterator[Series]:
    """What the recordings are made of."""
    promised = [
        {**policy, "measure": measure, "change": change}
        for policy, measure, change in product(
            _POLICIES, _MEASURES, ("given", "taken_back")
        )
    ]
    yield from each("replyclock_policy_verdicts_total", promised, "verdict", _VERDICTS)
    yield from _came_to("replyclock_{}_total", places, counter=True)
    yield from histogram("replyclock_handling_seconds", places, WAITS)
    ages = dict.fromkeys(_AGES, 0.1)
    yield from each("replyclock_backlog", places, "age", ages, counter=False)


def recorded(queues: list[Labels]) -> Iterator[Series]:
    """What recording.yml makes of that."""
    verdicts = "policy_verdict:replyclock_policy_verdicts:increase5m"
    yield from each(verdicts, _POLICIES, "verdict", _VERDICTS, counter=False)
    yield from _came_to("{}:increase5m", queues, counter=False)
    handling = "le_queue:replyclock_handling_seconds:increase5m"
    yield from each(handling, queues, "le", buckets(WAITS), counter=False)


def current(queues: list[Labels]) -> Iterator[Series]:
    """What is asked as it is."""
    ages = dict.fromkeys(_AGES, 0.1)
    yield from each(
        "age_queue:replyclock_backlog:sum", queues, "age", ages, counter=False
    )
    yield from plain("replyclock_objective_ratio", _POLICIES, counter=False)


def _came_to(name: str, places: list[Labels], *, counter: bool) -> Iterator[Series]:
    surveyed = [{**of, "scale": scale} for of, scale in product(places, _SCALES)]
    for level, what, labels, label, values in (
        ("outcome_queue", "session_outcomes", places, "outcome", _OUTCOMES),
        ("category_queue", "session_categories", places, "category", _CATEGORIES),
        ("answer_queue_scale", "survey_answers", surveyed, "answer", _ANSWERS),
        ("answer_queue_scale", "survey_scores", surveyed, "answer", _ANSWERS),
    ):
        made = name.format(what if counter else f"{level}:replyclock_{what}")
        yield from each(
            made, labels, label, dict.fromkeys(values, 0.1), counter=counter
        )
    bought = name.format("purchases" if counter else "queue:replyclock_purchases")
    yield from plain(bought, places, 0.1, counter=counter)
