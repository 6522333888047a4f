"""The worker's metrics: each declared once, in the words of `contract.md` section 8.

Counters move by facts, once per cycle; a label look-up costs like a rule, so alike
facts of a batch move them together.
"""

import collections
from collections.abc import Collection
from functools import partial
from itertools import product

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from stream.config import Config
from stream.sla.facts import Fact, FactKind, Measure, Reason, Verdict
from stream.sla.hours import ALWAYS
from stream.sla.policy import UNROUTED, Policy, Rules, Target
from stream.worker.delays import Delays
from stream.worker.experience import Experience
from stream.worker.places import Places
from stream.worker.policy_verdicts import VERDICTS, PolicyVerdicts
from stream.worker.reply_times import ReplyTimes

DELAYS = (0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 3, 4, 5, 10, 30, 60, 300, 900)

_Alike = tuple[FactKind, Measure | None, str, Verdict | None, Reason | None]
LABELS = ("measure", "channel", "queue")
REJECTED = ("unreadable", "wrong_key", "too_late", "too_large", "rules_failed")


class WorkerMetrics:
    """Everything the worker counts, in a registry of its own."""

    def __init__(self, config: Config, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.newest: dict[tuple[str, str], int] = {}
        """When the newest event of each (channel, account) happened, in ms.

        Accounts that no queue lists are `unrouted` together: their names may be
        anything, a phone number too (semantics 4.7), and any number of them.
        """
        self.verdicts = Counter(
            "replyclock_verdicts",
            "Cycles decided, each once, breached at the deadline.",
            (*LABELS, "verdict"),
            registry=registry,
        )
        self.retractions = Counter(
            "replyclock_retractions",
            "Verdicts taken back: verdicts minus retractions is the exact number.",
            (*LABELS, "verdict"),
            registry=registry,
        )
        self._times = ReplyTimes(registry)
        self._experience = Experience(registry)
        self._policies = PolicyVerdicts(registry)
        self.unknown = Counter(
            "replyclock_answers_by_unknown",
            "Answers whose author the source could not tell, as they were told.",
            LABELS,
            registry=registry,
        )
        self.sessions = Counter(
            "replyclock_sessions_opened",
            "Matters begun by a customer's message.",
            ("channel", "queue"),
            registry=registry,
        )
        self.withdrawn = Counter(
            "replyclock_sessions_withdrawn",
            "Sessions that began earlier than first told, counted anew: subtract.",
            ("channel", "queue"),
            registry=registry,
        )
        self.detection_delay = Histogram(
            "replyclock_detection_delay_seconds",
            "From a deadline to the moment its breach was noticed.",
            ("measure",),
            buckets=DELAYS,
            registry=registry,
        )
        self.event_delay = Delays(
            "replyclock_event_delay_seconds",
            "From the arrival of an event at the intake to its being applied.",
            DELAYS,
            registry,
        )
        self.events = Counter(
            "replyclock_events",
            "Events read, by what they tell.",
            ("channel", "kind"),
            registry=registry,
        )
        self.rejected = Counter(
            "replyclock_events_rejected",
            "Records not applied: unreadable (dead letter) or older than what is kept.",
            ("reason",),
            registry=registry,
        )
        self.late = Counter(
            "replyclock_events_late",
            "Events that arrived longer than allowed_lateness after they happened.",
            ("channel",),
            registry=registry,
        )
        self.clamped = Counter(
            "replyclock_events_clamped",
            "Events from the future, taken to have happened when they arrived.",
            ("channel",),
            registry=registry,
        )
        self.duplicates = Counter(
            "replyclock_events_duplicate",
            "Events that said nothing new: retries of the source, repeats of Kafka.",
            ("channel",),
            registry=registry,
        )
        self.last_event = Gauge(
            "replyclock_last_event_timestamp_seconds",
            "When the newest event of an account happened.",
            ("channel", "account"),
            registry=registry,
        )
        self.target = Gauge(
            "replyclock_target_seconds",
            "What a policy promises.",
            ("policy", "measure"),
            registry=registry,
        )
        self._measures, self._config = measures_of(config), config
        self.places = Places(config, self._zero)
        """Of what is counted by channel and queue."""
        registry.register(self.places)
        self.take(config)

    def record(self, facts: Collection[Fact]) -> None:
        """Move the counters by facts that are in Kafka now."""
        self._policies.record(facts)
        alike: dict[tuple[str, str], collections.Counter[_Alike]] = {}
        experience: dict[tuple[str, str], list[Fact]] = {}
        for fact in facts:
            if fact.shadow:
                continue
            if fact.replaces_id is not None:
                continue  # a session's end, counted when it was told first
            channel, queue = fact.channel.value, self.places.queue(fact.queue)
            if fact.measure is None and self._experience.takes(fact):
                experience.setdefault((channel, queue), []).append(fact)
            then = self.places.queue(fact.replaces_queue or fact.queue)
            counted = (fact.kind, fact.measure, then, fact.replaces, fact.reason)
            place = alike.setdefault((channel, queue), collections.Counter())
            place[counted] += 1
            if fact.kind is FactKind.BREACHED:
                self._observe_delay(fact)
            elif fact.waited_ms is not None:
                self.places.count(
                    channel, queue, partial(self._times.observe, fact, queue, then)
                )
        for (channel, queue), counts in alike.items():
            self.places.count(
                channel, queue, partial(self._count, channel, queue, counts)
            )
        for (channel, queue), told in experience.items():
            self.places.count(
                channel, queue, partial(self._experience.count, channel, queue, told)
            )

    def _count(
        self, channel: str, queue: str, counts: "collections.Counter[_Alike]"
    ) -> None:
        for (kind, measure, then, replaces, reason), count in counts.items():
            superseded = reason is Reason.SUPERSEDED
            if measure is None:
                if kind is FactKind.SESSION_OPENED:
                    self.sessions.labels(channel, queue).inc(count)
                elif superseded or reason is Reason.SPAM:
                    self.withdrawn.labels(channel, queue).inc(count)
                continue
            if replaces:
                self.retractions.labels(measure, channel, then, replaces).inc(count)
            if reason is Reason.UNKNOWN_AUTHOR:
                self.unknown.labels(measure, channel, queue).inc(count)
            verdict = VERDICTS.get(kind)
            if verdict and not superseded:
                self.verdicts.labels(measure, channel, queue, verdict).inc(count)

    def _observe_delay(self, fact: Fact) -> None:
        if fact.replaces is Verdict.BREACHED:
            return  # noticed before, for another
        known_at = fact.known_at or fact.at
        delay = max(0, fact.noticed_at - known_at) / 1000
        self.detection_delay.labels(fact.measure).observe(delay)

    def saw(self, account: tuple[str, str], at: int) -> None:
        """An event of (channel, account) happened at `at`; only newer ones count."""
        if account not in self._listed:
            account = (account[0], UNROUTED)
        if at > self.newest.get(account, 0):
            self.newest[account] = at
            self.last_event.labels(*account).set(at / 1000)

    def take(self, config: Config) -> None:
        """Series of what the config can give rise to; those of before stay counted."""
        self._measures, self._config = measures_of(config), config
        self.places.take(config)
        self._policies.take(config)
        for promised in measures_of(config):
            self.detection_delay.labels(promised.value)
        for reason in REJECTED:
            self.rejected.labels(reason)
        for channel in config.channels:
            self.late.labels(channel)
            self.clamped.labels(channel)
            self.duplicates.labels(channel)
        self.target.clear()
        rules = config.rules()
        self._listed = frozenset(rules.queues)
        for policy in rules.book.policies:
            for target in policy.targets:
                child = self.target.labels(policy.name, target.measure.value)
                child.set(promised_ms(target, policy, rules) / 1000)

    def _zero(self, channel: str, queue: str) -> None:
        """A series born at 1 counts as no increase, and an absent one as no data."""
        for measure in self._measures:
            self._zero_measure(measure.value, channel, queue)
        self.sessions.labels(channel, queue)
        self.withdrawn.labels(channel, queue)
        self._experience.zero(self._config, channel, queue)

    def _zero_measure(self, measure: str, channel: str, queue: str) -> None:
        for verdict in Verdict:
            self.verdicts.labels(measure, channel, queue, verdict.value)
            self.retractions.labels(measure, channel, queue, verdict.value)
        self.unknown.labels(measure, channel, queue)
        self._times.zero(measure, channel, queue)


def measures_of(config: Config) -> list[Measure]:
    """The measures that some policy promises, in their order."""
    book = config.rules().book
    return [
        measure
        for measure in Measure
        if any(policy.target(measure) for policy in book.policies)
    ]


def labels_of(config: Config) -> list[tuple[str, str, str]]:
    """Every (measure, channel, queue) that the config can give rise to."""
    return [
        (measure.value, channel, queue)
        for measure, channel, queue in product(
            measures_of(config), config.channels, config.queue_names
        )
    ]


def promised_ms(target: Target, policy: Policy, rules: Rules) -> int:
    """How long a target is, in ms of its own sort of time.

    Business days are the open time from an opening on; a window is as long as the
    shortest of the channels that the policy is for.
    """
    if target.measure is Measure.WINDOW:
        channels = policy.match.get("channel") or frozenset(rules.windows)
        return min([rules.windows[c] for c in channels & rules.windows.keys()] or [0])
    if not target.business_days:
        return target.within
    name = target.calendar or policy.calendar or ALWAYS
    calendar = rules.calendar(name)
    opens = calendar.deadline(_A_MONDAY, 1) - 1
    return calendar.elapsed(opens, calendar.business_days(opens, target.business_days))


_A_MONDAY = 1_772_409_600_000
"""2 March 2026, 00:00 UTC: a week without public holidays nearly everywhere."""
