"""Kinds: what a message may say, and the story that brings each about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alerts.alert import Alert, AlertState, Told, concerns_alerts
from alerts.folding import fold
from alerts.preview.lists import LISTS
from alerts.preview.stories import Place, Story
from stream.sla.facts import Fact, FactKind, Measure
from stream.sla.hours import DAY
from stream.sla.instants import MINUTE
from stream.sla.policy import Rules

_NEWS = 5 * MINUTE
"""So late comes what is heard late."""
_UNSHOWN = frozenset({FactKind.WARNED, FactKind.ESCALATED})
"""Not previewed yet, though a route may tell of them."""
_LONGEST = 366 * DAY
"""A promise that is not broken by then is not broken in a preview."""


@dataclass(frozen=True, slots=True)
class Wait:
    """What was broken: since when it ran, until when, and when that is concluded."""

    began: int
    deadline: int
    noticed: int

    @property
    def in_time(self) -> int:
        """An instant before the deadline."""
        return (self.began + self.deadline) // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`measures`: of which it can be told; `goes_on`: what happens after the breach."""

    title: str
    measures: tuple[Measure, ...]
    state: AlertState = AlertState.BREACHED
    goes_on: Callable[[Story, Wait], None] = lambda *_: None


def _answered(story: Story, wait: Wait) -> None:
    story.answers(wait.deadline + 12 * MINUTE)


def _ended(story: Story, wait: Wait) -> None:
    story.closes(wait.deadline + 40 * MINUTE)


def _cancelled(story: Story, wait: Wait) -> None:
    story.closes(wait.in_time, heard=wait.noticed + _NEWS)


def _in_time(story: Story, wait: Wait) -> None:
    story.answers(wait.in_time, heard=wait.noticed + _NEWS)


def _waiting_again(story: Story, wait: Wait) -> None:
    _answered(story, wait)
    story.fails(wait.deadline + 13 * MINUTE)


_REPLIES = (Measure.FIRST_REPLY, Measure.NEXT_REPLY)

KINDS = {
    "first_reply": Kind(title="No first reply", measures=(Measure.FIRST_REPLY,)),
    "next_reply": Kind(title="No next reply", measures=(Measure.NEXT_REPLY,)),
    "resolution": Kind(title="Not resolved", measures=(Measure.RESOLUTION,)),
    "window": Kind(title="The reply window is closed", measures=(Measure.WINDOW,)),
    "answered": Kind(
        title="Answered late",
        measures=_REPLIES,
        state=AlertState.ANSWERED,
        goes_on=_answered,
    ),
    "ended": Kind(
        title="Ended without an answer",
        measures=_REPLIES,
        state=AlertState.ENDED,
        goes_on=_ended,
    ),
    "cancelled": Kind(
        title="Closed before the deadline, heard of late",
        measures=_REPLIES,
        state=AlertState.CANCELLED,
        goes_on=_cancelled,
    ),
    "retracted": Kind(
        title="Answered in time, heard of late",
        measures=_REPLIES,
        state=AlertState.RETRACTED,
        goes_on=_in_time,
    ),
    "waiting_again": Kind(
        title="Waiting again: the answer did not arrive",
        measures=_REPLIES,
        goes_on=_waiting_again,
    ),
}
"""By what `--kind` calls them: the broken promises, then what becomes of one."""

SUMMARY = "summary"
"""No story of its own: it counts those of others."""
NAMES = (*KINDS, *LISTS, SUMMARY)


def alert_of(kind: Kind, measure: Measure, place: Place, rules: Rules) -> Alert | None:
    """What the rules make of the story; None where it comes to something else.

    As where silence ends a wait before its promise is broken.
    """
    story = _begun(measure, place)
    told = _told(story.facts(rules, place.at + _LONGEST), measure)
    breach = next((t.fact for t in told if t.fact.kind is FactKind.BREACHED), None)
    if breach is None:
        return None
    began = breach.started_at or place.at
    kind.goes_on(story, Wait(began, breach.at, breach.noticed_at))
    until = max(story.heard, breach.noticed_at)
    alert = fold(_told(story.facts(rules, until), measure))
    return alert if alert is not None and alert.state is kind.state else None


def _told(facts: Sequence[Fact], measure: Measure) -> list[Told]:
    heard = (f for f in facts if concerns_alerts(f) and f.kind not in _UNSHOWN)
    numbered = enumerate(heard)
    return [Told.of(fact, n) for n, fact in numbered if fact.measure is measure]


def _begun(measure: Measure, place: Place) -> Story:
    """Up to where the promise can be broken."""
    story = Story(place)
    story.asks(place.at)
    if measure in {Measure.NEXT_REPLY, Measure.RESOLUTION}:
        story.answers(place.at + MINUTE)
    if measure is Measure.NEXT_REPLY:
        story.asks(place.at + 2 * MINUTE)
    return story
