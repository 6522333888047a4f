"""What was said and done in a session, counted over its turns (ADR 33)."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from stream.sla.events import AuthorKind, Nature, Status
from stream.sla.policy import Rules
from stream.sla.speaker import speaker
from stream.sla.timeline import CUSTOMER, END, OUTBOUND, STATUS, Turn

_CAMPAIGNS = frozenset({Nature.TEMPLATE, Nature.CAMPAIGN})
_BOT, _SYSTEM = AuthorKind.BOT, AuthorKind.SYSTEM
_RESOLVED, _AUTOMATION = Status.RESOLVED, Nature.AUTOMATION


class Counted(Struct, frozen=True, array_like=True, gc=False):
    """Each message that reached the customer is in one count (`SessionSum` says which).

    Attributes:
        human_at: when a person first replied; milliseconds.
        reopened: how often it went on after `resolved`.
        is_resolved, asked_since: what counting on from here has to know.
    """

    agent_replies: int = 0
    bot_replies: int = 0
    system_replies: int = 0
    templates: int = 0
    calls: int = 0
    human_at: int | None = None
    reopened: int = 0
    is_resolved: bool = False
    asked_since: int = 0


_NOTHING = Counted()


def counted(
    turns: Iterable[Turn],
    opened_at: int,
    until: int,
    undelivered: frozenset[int],
    rules: Rules,
    *,
    before: Counted | None,
) -> Counted:
    """`before`, and what was said from `opened_at` to `until` or an end before it."""
    found = before or _NOTHING
    for turn in turns:
        if turn.at < opened_at:
            continue
        if turn.at > until:
            break
        kind = turn.kind
        if kind is OUTBOUND:
            if turn.ref not in undelivered:
                found = _said(found, turn, rules)
        elif kind is CUSTOMER:
            found = replace(_going_on(found), asked_since=found.asked_since or turn.at)
        elif kind is STATUS:
            is_resolved = turn.status is _RESOLVED
            found = (
                replace(found, is_resolved=True) if is_resolved else _going_on(found)
            )
        elif kind is END:
            break
    return found


def _going_on(found: Counted) -> Counted:
    if not found.is_resolved:
        return found
    return replace(found, is_resolved=False, reopened=found.reopened + 1)


def _said(found: Counted, turn: Turn, rules: Rules) -> Counted:
    author = speaker(turn, found.asked_since, rules)
    found = replace(found, asked_since=0)
    if author is None:
        return found
    if turn.nature in _CAMPAIGNS:
        return replace(found, templates=found.templates + 1)
    if author is _SYSTEM or turn.nature is _AUTOMATION:
        return replace(found, system_replies=found.system_replies + 1)
    if author is _BOT:
        return replace(found, bot_replies=found.bot_replies + 1)
    if turn.nature is Nature.CALL:
        return replace(found, calls=found.calls + 1)
    at = turn.at if found.human_at is None else found.human_at
    return replace(found, agent_replies=found.agent_replies + 1, human_at=at)
