"""Policies: who is promised what (semantics 1 and 2.11)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import product
from typing import NamedTuple
from zlib import crc32

from stream.sla.events import AuthorKind, Nature, Status
from stream.sla.facts import Measure
from stream.sla.hours import ALWAYS, DAY, AlwaysOpen, Calendar
from stream.sla.instants import SECOND

REMEMBERED = 4096
"""Choices of policy a book remembers: attributes repeat, conversations do not."""

REMEMBERED_RULES = 20
"""Rules of before that a process remembers: a clock seldom outlives so many reloads."""

UNROUTED = "unrouted"
"""The queue of an event that names none, from an account no queue lists."""


class Attributes(NamedTuple):
    """What a policy may match on. `hours`: the queue's calendar, `open` or `closed`."""

    channel: str
    account: str
    queue: str
    priority: str | None = None
    tier: str | None = None
    tags: frozenset[str] = frozenset()
    hours: str = "open"


@dataclass(frozen=True, kw_only=True)
class Target:
    """A measure and how long it may take.

    `within` is milliseconds of open time, or `business_days` are counted and it is 0.
    Warning points come at shares of it (`warn_shares`, percent) and at times before
    its end (`warn_before`, milliseconds of open time). A window's `within` is 0: the
    channel says how long it is (`Rules.windows`).
    """

    measure: Measure
    within: int
    business_days: int = 0
    warn_shares: tuple[int, ...] = ()
    warn_before: tuple[int, ...] = ()
    calendar: str | None = None

    def points(self, within: int) -> tuple[int, ...]:
        """Warning points and, last, `within`: ms of open time after the start."""
        return self._points if within == self.within else self._points_of(within)

    @cached_property
    def _points(self) -> tuple[int, ...]:
        return self._points_of(self.within)

    def _points_of(self, within: int) -> tuple[int, ...]:
        shares = {within * share // 100 for share in self.warn_shares}
        before = {within - before for before in self.warn_before}
        points = sorted(at for at in shares | before if 0 < at < within)
        return (*points, within)


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told when a breach is `after` ms of open time old."""

    after: int
    to: str


class OnReopen(StrEnum):
    """What a reopened session's resolution clock does (semantics 2.4)."""

    TOTAL = "total"
    FIRST = "first"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Match rules and targets, and what counts as a reply beside a human's words.

    `match` maps an attribute (a field of `Attributes`) to the values it may have; of
    `tags` one must be among them. An empty one matches everything.
    `shadow`: counted apart, and never alerted.
    """

    name: str
    match: Mapping[str, frozenset[str]]
    targets: tuple[Target, ...]
    calendar: str | None = None
    pause_on: frozenset[Status] = frozenset()
    on_reopen: OnReopen = OnReopen.TOTAL
    escalate: tuple[Escalation, ...] = ()
    shadow: bool = False
    count_bot: bool = False
    count_automation: bool = False
    count_template: bool = False
    count_call: bool = False

    def matches(self, attributes: Attributes) -> bool:
        return all(
            _is_among(getattr(attributes, name), wanted)
            or (name == "account" and _named_whole(attributes) in wanted)
            for name, wanted in self.match.items()
        )

    def target(self, measure: Measure) -> Target | None:
        """What it promises of `measure`, if anything."""
        return self._targets.get(measure)

    @cached_property
    def _targets(self) -> dict[Measure, Target]:
        return {target.measure: target for target in self.targets}

    @cached_property
    def _counted(self) -> frozenset[tuple[AuthorKind, Nature]]:
        return frozenset(
            (author, nature)
            for author, nature in product(AuthorKind, Nature)
            if self._stops(author, nature)
        )

    def counts(self, author: AuthorKind, nature: Nature) -> bool:
        """Whether a delivered outbound message of this sort stops a reply clock.

        Semantics 2.1. An author whom the source cannot tell (`unknown`, an API
        reply of WhatsApp) counts as human until better is known.
        """
        return (author, nature) in self._counted

    def _stops(self, author: AuthorKind, nature: Nature) -> bool:
        match nature:
            case Nature.PLAIN:
                wanted = True
            case Nature.TEMPLATE | Nature.CAMPAIGN:
                wanted = self.count_template
            case Nature.AUTOMATION:
                return self.count_automation
            case Nature.CALL:
                wanted = self.count_call
            case _:
                return False
        if author is AuthorKind.BOT:
            return wanted and self.count_bot
        if author is AuthorKind.SYSTEM:
            return wanted and self.count_automation
        return wanted


def _named_whole(attributes: Attributes) -> str:
    """The account as `queues` name it (semantics 6.8)."""
    return f"{attributes.channel}:{attributes.account}"


def _is_among(value: object, wanted: frozenset[str]) -> bool:
    if isinstance(value, frozenset):
        return not wanted.isdisjoint(value)
    return value in wanted


_ALWAYS: Mapping[str, Calendar] = {ALWAYS: AlwaysOpen()}


class Chosen(NamedTuple):
    """What the book says of attributes; `fingerprint` tells them from others."""

    policy: Policy | None
    shadow: Policy | None
    fingerprint: int


@dataclass(frozen=True)
class PolicyBook:
    """Ordered policies, first match wins. `version` is the content's hash."""

    policies: tuple[Policy, ...]
    version: str

    def choose(self, attributes: Attributes) -> Policy | None:
        """The policy for these attributes; None where nothing is promised."""
        return self.chosen(attributes).policy

    def chosen(self, attributes: Attributes) -> Chosen:
        """The same with the shadow policy, remembered for the next conversation."""
        try:
            return self._chosen[attributes]
        except KeyError:
            pass
        found = [policy for policy in self.policies if policy.matches(attributes)]
        # As words: an enum's repr is not that of its value, and they are equal.
        named = (*attributes[:5], *sorted(attributes.tags), attributes.hours)
        chosen = Chosen(
            next((policy for policy in found if not policy.shadow), None),
            next((policy for policy in found if policy.shadow), None),
            crc32("\n".join(map(str, named)).encode()),
        )
        if len(self._chosen) < REMEMBERED:
            self._chosen[attributes] = chosen
        return chosen

    def named(self, name: str) -> Policy | None:
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Policy]:
        return {policy.name: policy for policy in self.policies}

    @cached_property
    def asks_for_hours(self) -> bool:
        """Whether a policy depends on a calendar being open."""
        return any("hours" in policy.match for policy in self.policies)

    @cached_property
    def _chosen(self) -> dict[Attributes, Chosen]:
        return {}


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Everything the rules need to know from `sla.yaml`; durations in milliseconds.

    `session_gap`, `abandon_after`, `unresolved_after`: the silence that ends a session
    in which nothing is owed, a wait, and an open resolution (semantics 2.13).
    `queues` maps (channel, account) to the queue that works it, `calendars` a name
    to opening hours, `queue_calendars` a queue to the name of its own, `windows` a
    channel to how long after a customer's words it may be answered freely.
    `unknown_author`: who speaks where the source cannot tell, but for what comes within
    `instant_reply` of the words it answers: no person types so fast. `reevaluate_open`:
    whether new rules apply to running clocks, too (semantics 2.11). `earlier`: the
    rules in force before by their book's version, for the clocks that began then.
    `categories`: the tags by which sessions are told apart in figures.
    """

    book: PolicyBook
    queues: Mapping[tuple[str, str], str]
    session_gap: int
    allowed_lateness: int
    abandon_after: int = 7 * DAY
    unresolved_after: int = 30 * DAY
    calendars: Mapping[str, Calendar] = field(default_factory=lambda: dict(_ALWAYS))
    queue_calendars: Mapping[str, str] = field(default_factory=dict)
    windows: Mapping[str, int] = field(default_factory=dict)
    unknown_author: AuthorKind = AuthorKind.AGENT
    instant_reply: int = 5 * SECOND
    reevaluate_open: bool = False
    earlier: Mapping[str, "Rules"] = field(default_factory=dict, repr=False)
    categories: frozenset[str] = frozenset()

    def after(self, before: "Rules") -> "Rules":
        """These, with those in force until now behind them."""
        known = {**before.earlier, before.book.version: replace(before, earlier={})}
        known.pop(self.book.version, None)
        kept = list(known.items())[-REMEMBERED_RULES:]
        return replace(self, earlier=dict(kept))

    def as_of(self, version: str) -> "Rules":
        """The rules with this version; today's where nobody remembers them."""
        if not self.earlier:
            return self  # nearly always
        return self.earlier.get(version, self)

    def look_ahead(self, at: int) -> None:
        """Ask each calendar of `at` (ms), so that its next answer is a quick one."""
        for calendar in self.calendars.values():
            calendar.is_open(at)

    @cached_property
    def shortest_silence(self) -> int:
        """Before it nothing is ended by silence."""
        return min(self.session_gap, self.abandon_after, self.unresolved_after)

    def queue_of(self, channel: str, account: str) -> str:
        return self.queues.get((channel, account), UNROUTED)

    def calendar_name(self, target: Target, policy: Policy, queue: str) -> str:
        """The target's own calendar, else the policy's, else the queue's."""
        return (
            target.calendar
            or policy.calendar
            or self.queue_calendars.get(queue)
            or ALWAYS
        )

    def calendar(self, name: str) -> Calendar:
        """Opening hours by name; one that left the file is taken for always open."""
        return self.calendars.get(name) or _ALWAYS[ALWAYS]
