"""Wording: each promise in its own words (semantics 4.8). Pure.

What was promised, and how late it is, are told in the kind of time that was promised:
of opening hours where a calendar counts, pauses left out.
"""

from dataclasses import dataclass, replace

from alerts.alert import Alert
from alerts.slack.mrkdwn import span
from stream.sla.facts import Fact, FactKind, Measure
from stream.sla.hours import ALWAYS

_OPEN = "of opening hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How one promise reads; `waits`, `again` and `ahead` are sentences.

    `ahead` and `near` speak before the deadline, which is {when} or within {left};
    the window's name the {channel} that closes it.
    """

    measure: str
    missing: str
    within: str
    waits: str
    again: str
    kept: str
    never: str
    near: str
    ahead: str


_REPLY = Words(
    measure="reply",
    missing="no reply",
    within="reply within",
    waits="Nobody has replied yet.",
    again="The customer waits again.",
    kept="answered",
    never="never answered",
    near="no reply yet, due within {left}",
    ahead="*Nobody has replied yet*, and somebody should by {when}.",
)
_WORDS = {
    Measure.FIRST_REPLY: replace(
        _REPLY,
        measure="first reply",
        missing="no first reply",
        within="first reply within",
        near="no first reply yet, due within {left}",
    ),
    Measure.NEXT_REPLY: replace(
        _REPLY,
        measure="next reply",
        missing="no next reply",
        within="next reply within",
        waits="The customer wrote again, and nobody has replied since.",
        near="no next reply yet, due within {left}",
        ahead="The customer wrote again. " + _REPLY.ahead,
    ),
    Measure.RESOLUTION: Words(
        measure="resolution",
        missing="not resolved",
        within="resolved within",
        waits="Not resolved yet, whoever has replied.",
        again="It is open again.",
        kept="resolved",
        never="never resolved",
        near="not resolved yet, due within {left}",
        ahead="*Not resolved yet*, whoever has replied, and due by {when}.",
    ),
    Measure.WINDOW: replace(
        _REPLY,
        measure="reply window",
        missing="no free reply",
        within="free reply within",
        waits="{channel} takes no free reply any more, and the customer waits.",
        near="no reply yet, window closes within {left}",
        ahead="*The customer waits*, and after {when} {channel} takes no free reply.",
    ),
}


def words_of(measure: Measure | None) -> Words:
    """The words of a promise."""
    return _REPLY if measure is None else _WORDS[measure]


def left(alert: Alert) -> str:
    """How long it was from the warning to the deadline, on the wall.

    A warning that is sent later has less left, so it says "within".
    """
    return span(alert.deadline - alert.last.at)


def target_of(breach: Fact) -> str | None:
    """How long it might take, in the kind of time that was promised.

    None where it is not known: a warning of opening hours, or after a pause.
    """
    promised = breach.waited_business_ms
    if breach.kind is FactKind.WARNED:
        if promised not in {None, breach.waited_ms} or _counts_hours(breach):
            return None
        promised = None
    if promised is None and breach.started_at is not None:
        promised = (breach.deadline or breach.at) - breach.started_at
    return None if promised is None else _said(promised, breach)


def late_by(alert: Alert) -> str:
    """How long after the deadline the wait was over."""
    return after(alert, alert.last)


def after(alert: Alert, fact: Fact) -> str:
    """How long after the deadline `fact` was."""
    breach = alert.ground
    took, promised = fact.waited_business_ms, breach.waited_business_ms
    if took is None or promised is None:
        return span(fact.at - breach.at)
    return _said(took - promised, breach)


def waited(alert: Alert) -> str:
    """How long the wait was."""
    last, breach = alert.last, alert.ground
    took = last.waited_ms if (open_ms := last.waited_business_ms) is None else open_ms
    if took is None:
        start = breach.started_at
        took = last.at - (breach.at if start is None else start)
    return _said(took, breach)


def _said(ms: int, breach: Fact) -> str:
    return f"{span(ms)} {_OPEN}" if _counts_hours(breach) else span(ms)


def _counts_hours(fact: Fact) -> bool:
    return fact.calendar is not None and fact.calendar != ALWAYS
