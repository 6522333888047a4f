"""Policies: who is promised what (semantics 1 and 2.11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple

from stream.sla.events import AuthorKind, Nature
from stream.sla.facts import Measure

REMEMBERED = 4096
"""Choices of policy a book remembers: attributes repeat, conversations do not."""

UNROUTED = "unrouted"
"""The queue of an event that names none, from an account no queue lists."""


class Attributes(NamedTuple):
    """What a policy may match on."""

    channel: str
    account: str
    queue: str
    priority: str | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A measure and how long it may take.

    `within` and each of `warn_at` are milliseconds after the clock's start; warning
    points are in ascending order and before `within`.
    """

    measure: Measure
    within: int
    warn_at: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Match rules and targets, and what counts as a reply beside a human's words.

    `match` maps an attribute (channel, account, queue, priority, tier) to the values
    it may have; an empty one matches everything.
    """

    name: str
    match: Mapping[str, frozenset[str]]
    targets: tuple[Target, ...]
    count_bot: bool = False
    count_automation: bool = False
    count_template: bool = False
    count_call: bool = False

    def matches(self, attributes: Attributes) -> bool:
        return all(
            getattr(attributes, name) in wanted for name, wanted in self.match.items()
        )

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


@dataclass(frozen=True)
class PolicyBook:
    """Ordered policies, first match wins. `version` is the content's hash."""

    policies: tuple[Policy, ...]
    version: str

    def choose(self, attributes: Attributes) -> Policy | None:
        """The policy for these attributes; None where nothing is promised."""
        try:
            return self._chosen[attributes]
        except KeyError:
            pass
        policy = next((p for p in self.policies if p.matches(attributes)), None)
        if len(self._chosen) < REMEMBERED:
            self._chosen[attributes] = policy
        return policy

    def named(self, name: str) -> Policy | None:
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Policy]:
        return {policy.name: policy for policy in self.policies}

    @cached_property
    def _chosen(self) -> dict[Attributes, Policy | None]:
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything the rules need to know from `sla.yaml`; durations in milliseconds.

    `queues` maps (channel, account) to the queue that works it.
    """

    book: PolicyBook
    queues: Mapping[tuple[str, str], str]
    session_gap: int
    allowed_lateness: int

    def queue_of(self, channel: str, account: str) -> str:
        return self.queues.get((channel, account), UNROUTED)
