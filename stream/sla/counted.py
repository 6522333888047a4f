"""What was said and done in a session, counted over its turns (ADR 33)."""

from collections.abc import Iterable
from copy import copy

from msgspec import Struct

from stream.sla.events import AuthorKind, Nature, Status
from stream.sla.policy import Rules
from stream.sla.speaker import speaker
from stream.sla.timeline import CUSTOMER, END, OUTBOUND, STATUS, Turn

# Bound once: in Python 3.11 naming a member of an enum takes 130 ns, ten times this.
_CAMPAIGNS = (Nature.TEMPLATE, Nature.CAMPAIGN)
_AUTOMATION, _CALL = Nature.AUTOMATION, Nature.CALL
_BOT, _SYSTEM = AuthorKind.BOT, AuthorKind.SYSTEM
_RESOLVED = Status.RESOLVED


class Counted(Struct, array_like=True, gc=False):
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
    found = Counted() if before is None else copy(before)
    for turn in turns:
        at, kind = turn.at, turn.kind
        if at < opened_at:
            continue
        if at > until or kind is END:
            break
        if kind is OUTBOUND:
            if turn.ref not in undelivered:
                _say(found, turn, rules)
        elif kind is CUSTOMER:
            _go_on(found)
            found.asked_since = found.asked_since or at
        elif kind is STATUS:
            if turn.status is _RESOLVED:
                found.is_resolved = True
            else:
                _go_on(found)
    return found


def _go_on(found: Counted) -> None:
    if found.is_resolved:
        found.is_resolved = False
        found.reopened += 1


def _say(found: Counted, turn: Turn, rules: Rules) -> None:
    author, nature = speaker(turn, found.asked_since, rules), turn.nature
    found.asked_since = 0
    if author is None:
        return
    if nature in _CAMPAIGNS:
        found.templates += 1
    elif author is _SYSTEM or nature is _AUTOMATION:
        found.system_replies += 1
    elif author is _BOT:
        found.bot_replies += 1
    elif nature is _CALL:
        found.calls += 1
    else:
        found.agent_replies += 1
        if found.human_at is None:
            found.human_at = turn.at
