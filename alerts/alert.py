"""What an alert should look like now, and which facts change one.

How the facts of a cycle become it: `alerts.folding`.
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from stream.sla.facts import Fact, FactKind


class AlertState(StrEnum):
    """What the message says. Only `warned` and `breached` make somebody act."""

    WARNED = "warned"
    """The deadline is near, and the clock runs."""
    MET = "met"
    """After a warning the awaited thing happened in time."""
    BREACHED = "breached"
    ANSWERED = "answered"
    ENDED = "ended"
    """The wait ended without a reply."""
    CANCELLED = "cancelled"
    RETRACTED = "retracted"
    """The reply was in time; its news was not."""


OPEN = frozenset({AlertState.WARNED, AlertState.BREACHED})
"""Somebody waits."""

OPENING = frozenset(
    {
        FactKind.BREACHED,
        FactKind.ANSWERED_LATE,
        FactKind.WAIT_ENDED,
        FactKind.BREACH_RETRACTED,
        FactKind.ESCALATED,
        FactKind.WARNED,
    }
)
"""Kinds that begin an alert: they exist only where a breach does, or they warn, and
then somebody is warned (`alerts.routing.Routes`). The other facts of a cycle without
one of these (nearly all of them) need not be remembered."""

_KINDS = OPENING | {FactKind.MET, FactKind.CANCELLED, FactKind.REPLY_RETRACTED}
"""All that an alert is made of."""


@dataclass(frozen=True, slots=True)
class Told:
    """A fact and its place in the topic."""

    noticed_at: int
    offset: int
    fact: Fact

    @classmethod
    def of(cls, fact: Fact, offset: int) -> "Told":
        return cls(fact.noticed_at, offset, fact)

    @property
    def identity(self) -> str:
        """The same for every copy of the fact."""
        return f"{self.fact.fact_id}:{self.fact.replaces or ''}"

    @property
    def position(self) -> tuple[int, int]:
        return self.offset, self.noticed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What people should see of one (conversation, measure, cycle)."""

    state: AlertState
    ground: Fact
    """The first `breached`: where, under which policy, against which deadline. Until
    there is one, the last `warned`."""
    transitions: tuple[tuple[AlertState, Fact], ...]
    """The latest, oldest first, each with the fact that made it."""
    escalations: tuple[Fact, ...] = ()
    """Who else is told: the first `escalated` of each receiver."""
    is_forewarned: bool = False
    """Whether a `warned` came before."""

    @property
    def last(self) -> Fact:
        return self.transitions[-1][1]

    @property
    def is_open(self) -> bool:
        """Whether somebody waits."""
        return self.state in OPEN

    @property
    def is_broken(self) -> bool:
        """Whether the promise was broken, or was thought so."""
        return self.ground.kind is FactKind.BREACHED

    @property
    def deadline(self) -> int:
        ground = self.ground
        # A breach is dated at it.
        return ground.at if self.is_broken else (ground.deadline or ground.at)

    @property
    def lateness(self) -> int:
        """Milliseconds from when the ground could be known until it was noticed.

        From its instant, or from the news that put it into the past (semantics 2.10).
        """
        return self.ground.noticed_at - (self.ground.known_at or self.ground.at)

    @property
    def revision(self) -> str:
        """Differs when the message should: 8 bytes over all that it shows, in hex."""
        said = repr((self.ground, self.transitions)).encode()
        return blake2b(said, digest_size=8).hexdigest()


def concerns_alerts(fact: Fact) -> bool:
    """Whether `fact` can change an alert."""
    if fact.shadow:
        return False  # of a policy that is only tried (ADR 0007)
    is_part = fact.kind in _KINDS
    return is_part and fact.measure is not None and fact.cycle is not None


def alert_key(fact: Fact) -> str:
    """Key of (conversation, measure, cycle): 16 bytes in hex.

    Hashed because it travels in the metadata of messages and in Redis keys.
    """
    text = f"{fact.conversation_id}\n{fact.measure}\n{fact.cycle}"
    return blake2b(text.encode(), digest_size=16).hexdigest()
