"""What is promised, for the simulator and for the rules: drawn once, told to both."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from stream.sla.events import AuthorKind, Channel, Nature, Status
from stream.sla.facts import Measure
from stream.sla.policy import OnReopen, Policy, PolicyBook, Rules, Target
from tests.oracle.open_seconds import OpenSeconds

REPLIES = ("first_reply", "next_reply")
CATEGORY = "billing"
"""The only tag that is drawn."""


@dataclass
class Promise:
    """One target of one policy; `within` in seconds."""

    policy: str
    within: int
    calendar: OpenSeconds
    pause_on: frozenset[Status]
    total: bool
    counts_also: frozenset[str]
    """Of bot, automation, template, call."""

    def is_open(self, second: int) -> bool:
        return self.calendar.is_open(second)


@dataclass
class Plan:
    """A policy: its match, and measure -> (seconds, the calendar's name)."""

    name: str
    match: dict[str, str]
    targets: dict[str, tuple[int, str]]
    """None at all where it promises nothing (2.16)."""
    pause_on: frozenset[Status]
    total: bool
    counts_also: frozenset[str] = frozenset()
    """Of bot, automation, template, call."""


@dataclass
class Promises:
    """The whole config; silences and `window` in seconds."""

    plans: list[Plan]
    calendars: dict[str, OpenSeconds]
    gap: int
    window: int
    abandon_after: int = 7 * 86400
    unresolved_after: int = 30 * 86400
    unknown: AuthorKind = AuthorKind.AGENT
    instant: int = 5
    """Seconds in which an unknown author cannot have typed; 0: none are too few."""
    queue_calendar: str = "always"
    warn_shares: tuple[int, ...] = field(default=(50,))

    def scaled(self, by: Callable[[int], int]) -> "Promises":
        """The same with other targets, but for windows: the channel says those."""
        plans = [
            replace(
                plan,
                targets={
                    measure: (by(within), calendar)
                    for measure, (within, calendar) in plan.targets.items()
                },
            )
            for plan in self.plans
        ]
        return replace(self, plans=plans)

    def named(
        self, held: dict[str, str | None], tags: frozenset[str], hours: str
    ) -> str | None:
        """The name of the first policy that matches."""
        chosen = self._matching(held, tags, hours)
        return chosen and chosen.name

    def choose(
        self, held: dict[str, str | None], tags: frozenset[str], hours: str
    ) -> dict[str, Promise] | None:
        """The targets of the first policy that matches."""
        plan = self._matching(held, tags, hours)
        if plan is None:
            return None
        return {
            measure: Promise(
                plan.name,
                within,
                self.calendars[calendar],
                plan.pause_on,
                plan.total,
                plan.counts_also,
            )
            for measure, (within, calendar) in plan.targets.items()
        }

    def _matching(
        self, held: dict[str, str | None], tags: frozenset[str], hours: str
    ) -> Plan | None:
        has: dict[str, Any] = {**held, "hours": hours}
        for plan in self.plans:
            if all(
                value in tags if name == "tags" else has.get(name) == value
                for name, value in plan.match.items()
            ):
                return plan
        return None

    def hours(self, held: dict[str, str | None], now: int) -> str:
        """Whether the queue works now; only the queue `near` has opening hours."""
        name = self.queue_calendar if held.get("queue") == "near" else "always"
        return "open" if self.calendars[name].is_open(now) else "closed"

    def counted(
        self, held: dict[str, str | None], tags: frozenset[str], hours: str
    ) -> frozenset[str]:
        """What the policy that applies counts beside a human's plain words."""
        plan = self._matching(held, tags, hours)
        return plan.counts_also if plan else frozenset()

    def counts(self, author: AuthorKind, nature: Nature, also: frozenset[str]) -> bool:
        """Whether a delivered outbound message stops a reply clock (2.1)."""
        if author is AuthorKind.UNKNOWN:
            author = self.unknown
        if nature is Nature.AUTOMATION:
            return "automation" in also
        if nature in (Nature.TEMPLATE, Nature.CAMPAIGN):
            wanted = "template" in also
        elif nature is Nature.CALL:
            wanted = "call" in also
        else:
            wanted = nature is Nature.PLAIN
        if author is AuthorKind.BOT:
            return wanted and "bot" in also
        if author is AuthorKind.SYSTEM:
            return wanted and "automation" in also
        return wanted

    def rules(self, lateness: int = 2) -> Rules:
        """The same, for the rules that are tested; `lateness` in seconds."""
        policies = tuple(
            Policy(
                name=plan.name,
                match={name: frozenset({v}) for name, v in plan.match.items()},
                targets=tuple(
                    self._target(measure, within, calendar)
                    for measure, (within, calendar) in plan.targets.items()
                ),
                pause_on=plan.pause_on,
                on_reopen=OnReopen.TOTAL if plan.total else OnReopen.FIRST,
                **{f"count_{name}": True for name in plan.counts_also},
            )
            for plan in self.plans
        )
        return Rules(
            book=PolicyBook(policies, "v"),
            queues={},
            session_gap=self.gap * 1000,
            allowed_lateness=lateness * 1000,
            abandon_after=self.abandon_after * 1000,
            unresolved_after=self.unresolved_after * 1000,
            calendars={name: c.rules() for name, c in self.calendars.items()},
            queue_calendars={"near": self.queue_calendar},
            windows={Channel.WHATSAPP: self.window * 1000},
            unknown_author=self.unknown,
            instant_reply=self.instant * 1000,
            categories=frozenset({CATEGORY}),
        )

    def _target(self, measure: str, within: int, calendar: str) -> Target:
        if measure == "window":
            return Target(measure=Measure.WINDOW, within=0, warn_before=(30_000,))
        return Target(
            measure=Measure(measure),
            within=within * 1000,
            warn_shares=self.warn_shares,
            calendar=calendar,
        )
