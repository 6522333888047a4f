"""Verdicts by the policy that promised: of those in force, and of those only tried.

Where the work was is not kept: policies by channels by queues would mostly be nothing.
"""

import collections
from collections.abc import Iterable
from itertools import product
from typing import Final

from prometheus_client import CollectorRegistry, Counter

from stream.config import Config
from stream.sla.facts import Fact, FactKind, Reason, Verdict

VERDICTS: Final = {
    FactKind.MET: Verdict.MET,
    FactKind.BREACHED: Verdict.BREACHED,
    FactKind.CANCELLED: Verdict.CANCELLED,
}
"""What a fact of this kind decides; one that is `superseded` decides nothing."""
_GIVEN, _TAKEN_BACK = "given", "taken_back"


class PolicyVerdicts:
    """A verdict that news replaces is taken back from the policy of the news."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ("policy", "measure", "verdict", "change")
        self._in_force = Counter(
            "replyclock_policy_verdicts",
            "Cycles decided, by the policy in force; minus those taken back.",
            labels,
            registry=registry,
        )
        self._tried = Counter(
            "replyclock_shadow_verdicts",
            "Cycles decided by policies that are only tried; minus those taken back.",
            labels,
            registry=registry,
        )

    def take(self, config: Config) -> None:
        """Series at zero of all that the policies of this file promise."""
        for policy in config.rules().book.policies:
            counter = self._tried if policy.shadow else self._in_force
            for target, verdict in product(policy.targets, Verdict):
                for change in (_GIVEN, _TAKEN_BACK):
                    counter.labels(policy.name, target.measure, verdict, change)

    def record(self, facts: Iterable[Fact]) -> None:
        """Move the counters by facts that are in Kafka now."""
        alike = collections.Counter(
            (fact.shadow, fact.policy, fact.measure, verdict, change)
            for fact in facts
            if fact.measure is not None
            for verdict, change in _changes(fact)
        )
        for (shadow, *labels), count in alike.items():
            counter = self._tried if shadow else self._in_force
            counter.labels(*labels).inc(count)


def _changes(fact: Fact) -> Iterable[tuple[Verdict, str]]:
    verdict = VERDICTS.get(fact.kind)
    if verdict and fact.reason is not Reason.SUPERSEDED:
        yield verdict, _GIVEN
    if fact.replaces:
        yield fact.replaces, _TAKEN_BACK
