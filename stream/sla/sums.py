"""Sums: what a session came to, for the figures (ADR 33).

Counted when it is to be told, from the timeline: nothing is kept beside it but what
its forgotten turns came to, and late news needs no case of its own.
"""

from collections.abc import Collection

from stream.sla.counted import Counted, counted
from stream.sla.facts import Reason, SessionSum
from stream.sla.policy import Rules
from stream.sla.session import Session, rules_of
from stream.sla.state import Conversation, held_at
from stream.sla.timeline import failures

OTHER = "other"
"""The category of what bears tags, and none that the file names."""


def sum_of(session: Session, state: Conversation, rules: Rules) -> SessionSum:
    """What a session of `state` that has ended came to."""
    ended_at = session.ended_at or 0
    known = counted_of(session, state, ended_at, rules)
    held = held_at(state, ended_at)
    resolved_at = session.resolved_at
    if resolved_at is None and session.end_reason is Reason.CLOSED and session.replied:
        resolved_at = ended_at  # who closes unanswered makes no success (6.6)
    return SessionSum(
        customer=state.customer,
        priority=held.priority,
        tier=held.tier,
        categories=categories_of(held.tags, rules),
        agent_replies=known.agent_replies,
        bot_replies=known.bot_replies,
        system_replies=known.system_replies,
        templates=known.templates,
        calls=known.calls,
        first_human_reply_at=known.human_at,
        resolved_at=resolved_at,
        reopened=known.reopened,
    )


def counted_of(
    session: Session, state: Conversation, until: int, rules: Rules
) -> Counted:
    """What was said in it up to `until` (ms), with what is forgotten of it."""
    rules = rules_of(session, rules)  # which say who spoke where nobody does
    turns, base = state.turns, state.base
    is_base = base is not None and base.opened_at == session.opened_at
    before = state.counted if is_base else None
    undelivered = failures(turns)
    return counted(turns, session.opened_at, until, undelivered, rules, before=before)


def categories_of(tags: Collection[str], rules: Rules) -> tuple[str, ...]:
    """Those that the file names, sorted; none without tags, or where it names none."""
    if not tags or not rules.categories:
        return ()
    return tuple(sorted(rules.categories.intersection(tags))) or (OTHER,)
