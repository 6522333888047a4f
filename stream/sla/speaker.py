"""Speakers: whose word it is, where the source does not know (ADR 13)."""

from stream.sla.events import AuthorKind, Nature
from stream.sla.policy import Rules
from stream.sla.timeline import Turn

_UNKNOWN, _BOT, _CALL = AuthorKind.UNKNOWN, AuthorKind.BOT, Nature.CALL


def speaker(turn: Turn, asked_since: int, rules: Rules) -> AuthorKind | None:
    """Who said `turn`; None: nobody knows that it was said, only that it arrived.

    `asked_since`: the customer's first words after the business's last; 0: none.
    """
    author = turn.author
    if author is not _UNKNOWN:
        return author
    instant = rules.instant_reply
    # Nobody types so fast, but a call is picked up at once.
    is_typed = turn.nature is not _CALL
    if asked_since and is_typed and turn.at - asked_since <= instant > 0:
        return _BOT
    return rules.unknown_author
