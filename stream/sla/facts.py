"""Facts: what the rules conclude, past tense (`contract.md` section 4).

The only thing alerting and reports read. A later fact of a cycle overrides an
earlier one; exactly one of met, breached, cancelled stands per cycle in the end.
"""

from enum import StrEnum
from hashlib import blake2b

from msgspec import Struct
from msgspec.json import encode

from stream.sla.events import Channel, Scale


class FactKind(StrEnum):
    SESSION_OPENED = "session_opened"
    SESSION_ENDED = "session_ended"
    CLOCK_STARTED = "clock_started"
    CLOCK_PAUSED = "clock_paused"
    CLOCK_RESUMED = "clock_resumed"
    WARNED = "warned"
    BREACHED = "breached"
    MET = "met"
    ANSWERED_LATE = "answered_late"
    CANCELLED = "cancelled"
    WAIT_ENDED = "wait_ended"
    """After a breach the wait ended without a reply (ADR 0002)."""
    ESCALATED = "escalated"
    """A breach grew so old that others are told, too (semantics 4.4, ADR 0007)."""
    BREACH_RETRACTED = "breach_retracted"
    REPLY_RETRACTED = "reply_retracted"
    POLICY_CHANGED = "policy_changed"
    SURVEYED = "surveyed"
    PURCHASED = "purchased"
    """What customers say and do beside the conversation (ADR 33)."""


class Measure(StrEnum):
    FIRST_REPLY = "first_reply"
    NEXT_REPLY = "next_reply"
    RESOLUTION = "resolution"
    WINDOW = "window"


FIRST_REPLY, NEXT_REPLY, RESOLUTION, WINDOW = Measure
"""Bound once: in Python 3.11 naming a member takes ten times as long as this."""


class Verdict(StrEnum):
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


MET, BREACHED, CANCELLED = Verdict


class Reason(StrEnum):
    """Why a session or a clock ended, or why a verdict was taken back."""

    CLOSED = "closed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    NO_REPLY_NEEDED = "no_reply_needed"
    UNKNOWN_AUTHOR = "unknown_author"
    SPAM = "spam"
    MERGED = "merged"
    LAPSED = "lapsed"
    REPLY = "reply"
    DELIVERY_FAILED = "delivery_failed"
    RECLASSIFIED = "reclassified"
    SUPERSEDED = "superseded"
    ABANDONED = "abandoned"
    """Nobody said a word for `abandon_after` (semantics 2.13)."""
    UNRESOLVED = "unresolved"
    """Nor for `unresolved_after`, of a resolution."""
    NO_PROMISE = "no_promise"
    """The policy that applies now does not promise it (semantics 2.11)."""


class SessionSum(Struct, frozen=True, kw_only=True, gc=False):
    """What a session came to when it ended (ADR 33). Instants are milliseconds.

    Each message that reached the customer is in one count: `templates` are templates
    and campaigns, whoever sent them; `system_replies` automations, and what a system
    says; `bot_replies` a bot's; `calls` those that were picked up; `agent_replies`
    all else, which is a person's plain words.
    """

    customer: str | None = None
    """Pseudonymous; absent where no event names one, or the conversation's id does."""
    priority: str | None = None
    tier: str | None = None
    categories: tuple[str, ...] = ()
    """Tags at its end that the file's `categories` name; `other` where none does."""
    agent_replies: int = 0
    bot_replies: int = 0
    system_replies: int = 0
    templates: int = 0
    calls: int = 0
    first_human_reply_at: int | None = None
    resolved_at: int | None = None
    """Absent where it was not resolved, or was reopened and not resolved again."""
    reopened: int = 0
    """How often it went on after `resolved`."""


class Survey(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What the customer answered, as the event says it."""

    scale: Scale
    score: float
    touchpoint: str | None = None


class Purchase(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What the customer bought, as the event says it."""

    amount: float | None = None
    currency: str | None = None


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One conclusion. Instants are milliseconds since the epoch.

    The clock's fields (`contact` to `waited_business_s`) are set for facts of a
    clock and absent for facts of a session, which has `started_at` only.
    """

    fact_id: str
    kind: FactKind
    at: int
    noticed_at: int
    conversation_id: str
    channel: Channel
    account: str
    queue: str
    assignee: str | None = None
    link: str | None = None
    contact: bytes | None = None
    """Who the customer is, sealed (ADR 16)."""
    measure: Measure | None = None
    cycle: int | None = None
    policy: str | None = None
    policy_version: str | None = None
    started_at: int | None = None
    deadline: int | None = None
    waited_ms: int | None = None
    waited_business_ms: int | None = None
    """The open time in `waited_ms`, without pauses, by `calendar`."""
    calendar: str | None = None
    author: str | None = None
    reason: Reason | None = None
    replaces: Verdict | None = None
    """The verdict of this cycle that this fact takes back or restates (ADR 0002)."""
    replaces_queue: str | None = None
    """The queue it counted for, where that was another (semantics 2.12)."""
    to: str | None = None
    """Who is told by an escalation: a receiver's name."""
    shadow: bool = False
    """Of a policy that is only tried: counted apart, never alerted."""
    cause: str | None = None
    """The event that made it known; absent where time alone did."""
    known_at: int | None = None
    """When the news arrived that put a deadline into the past; detection is measured
    from there (semantics 2.10). Absent where the deadline was known in time."""
    replaces_waited_ms: int | None = None
    """Of the reply that this takes back or restates (semantics 5.1, 6.12)."""
    replaces_waited_business_ms: int | None = None
    session: SessionSum | None = None
    """Of `session_ended`, but for a session that never was (`superseded`)."""
    replaces_id: str | None = None
    """The `session_ended` that this one takes the place of: late news changed it."""
    survey: Survey | None = None
    purchase: Purchase | None = None


def fact_id(conversation_id: str, subject: str, cycle: int, *said: object) -> str:
    """The name of a statement (semantics 6.11): 16 bytes over what it says, in hex.

    The same on every replay and after every crash; another when anything that it says
    (`said`) is another.
    """
    text = encode((conversation_id, subject, cycle, said))
    return blake2b(text, digest_size=16).hexdigest()
