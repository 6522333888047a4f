"""What sessions came to, and what customers say of them: surveys, purchases (ADR 36).

Counted once a fact: a session's end when it is told first, a survey and a purchase
under its first `fact_id`. Late news that restates a session moves nothing here; the
offline figures have what stands.
"""

from collections import Counter as Count
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram

from stream.config import Config
from stream.sla.facts import Fact, Reason
from stream.sla.outcomes import ANSWERS, Outcome, answer_of, outcomes_of
from stream.sla.sums import OTHER
from stream.worker.reply_times import WAITS

_MOST = 10_000
"""Surveys and purchases that are known again: sources repeat within minutes."""
_PLACE = ("channel", "queue")


class Experience:
    """Counters of facts that are no clock's."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._outcomes = Counter(
            "replyclock_session_outcomes",
            "Sessions that ended, by what they came to, as it was told first.",
            (*_PLACE, "outcome"),
            registry=registry,
        )
        self._categories = Counter(
            "replyclock_session_categories",
            "Sessions that ended, by what they were about; once for each category.",
            (*_PLACE, "category"),
            registry=registry,
        )
        self._handling = Histogram(
            "replyclock_handling_seconds",
            "From a session's start until it was resolved, of those that ended so.",
            _PLACE,
            buckets=WAITS,
            registry=registry,
        )
        self._answers = Counter(
            "replyclock_survey_answers",
            "Answers to surveys, by how content they are.",
            (*_PLACE, "scale", "answer"),
            registry=registry,
        )
        self._scores = Counter(
            "replyclock_survey_scores",
            "The sum of their scores, without signs: a bad emotion is below 0.",
            (*_PLACE, "scale", "answer"),
            registry=registry,
        )
        self._purchases = Counter(
            "replyclock_purchases",
            "Purchases that sources told of.",
            _PLACE,
            registry=registry,
        )
        self._known: dict[str, None] = {}

    def zero(self, config: Config, channel: str, queue: str) -> None:
        """Series at zero, before anything is counted in them."""
        place = (channel, queue)
        for outcome in Outcome:
            self._outcomes.labels(*place, outcome.value)
        for category in (*config.categories, OTHER) if config.categories else ():
            self._categories.labels(*place, category)
        self._handling.labels(*place)
        for scale, answers in ANSWERS.items():
            for answer in answers:
                self._answers.labels(*place, scale.value, answer.value)
                self._scores.labels(*place, scale.value, answer.value)
        self._purchases.labels(*place)

    def takes(self, fact: Fact) -> bool:
        """Whether it is one for `count`; a survey or purchase is so once.

        `fact` is no clock's, and replaces none.
        """
        if fact.session is not None:
            return fact.reason is not Reason.SPAM
        if fact.survey is None and fact.purchase is None:
            return False
        if fact.fact_id in self._known:
            return False
        self._known[fact.fact_id] = None
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        return True

    def count(self, channel: str, queue: str, facts: Iterable[Fact]) -> None:
        """Add facts of a place; each of those that it `takes`."""
        place = (channel, queue)
        outcomes, categories = Count[str](), Count[str]()
        for fact in facts:
            if (came_to := fact.session) is not None:
                outcomes.update(outcomes_of(fact, came_to))
                categories.update(came_to.categories)
                if came_to.resolved_at is not None:
                    began = fact.started_at or 0
                    took = (came_to.resolved_at - began) / 1000
                    self._handling.labels(*place).observe(took)
            elif (survey := fact.survey) is not None:
                if (answer := answer_of(survey)) is not None:
                    labels = (*place, survey.scale.value, answer.value)
                    self._answers.labels(*labels).inc()
                    self._scores.labels(*labels).inc(abs(survey.score))
            else:
                self._purchases.labels(*place).inc()
        for outcome, count in outcomes.items():
            self._outcomes.labels(*place, outcome).inc(count)
        for category, count in categories.items():
            self._categories.labels(*place, category).inc(count)
