"""Kinds: what a message may say, and the story that brings each about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alerts.alert import Alert, AlertState, Told
from alerts.folding import fold
from alerts.presses.handling import NOBODY, Handling, handling_of
from alerts.presses.press import Press, PressKind
from alerts.preview.lists import LISTS
from alerts.preview.stories import Place, Story
from alerts.routing import Routes
from stream.config import Config
from stream.sla.facts import Fact, FactKind, Measure
from stream.sla.hours import DAY
from stream.sla.instants import MINUTE

_NEWS = 5 * MINUTE
"""So late comes what is heard late."""
_LONGEST = 366 * DAY
"""A promise that is not broken by then is not broken in a preview."""


@dataclass(frozen=True, slots=True)
class Wait:
    """What was promised: since when it ran, until when; when the turn is concluded."""

    began: int
    deadline: int
    noticed: int

    @property
    def in_time(self) -> int:
        """An instant before the deadline."""
        return (self.began + self.deadline) // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`measures`: of which it can be told; `goes_on`: what happens after the turn."""

    title: str
    measures: tuple[Measure, ...]
    state: AlertState = AlertState.BREACHED
    turn: FactKind = FactKind.BREACHED
    """The first fact of this kind is what the story is about."""
    calls: bool = False
    """Whether it is a message beside the alert's first, made for the turn."""
    goes_on: Callable[[Story, Wait], None] = lambda *_: None
    pressed: PressKind | None = None
    """What somebody did with it, two minutes later."""

    def handling(self, at: int) -> Handling:
        """What people did with a message of the instant `at`."""
        if self.pressed is None:
            return NOBODY
        press = Press(
            press_id="made-up",
            kind=self.pressed,
            by="U0ANA",
            at=at + 2 * MINUTE,
            until=at + 32 * MINUTE,
            reason="a test" if self.pressed is PressKind.MUTE else "",
        )
        return handling_of([press])


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


def _kept(story: Story, wait: Wait) -> None:
    story.answers((wait.noticed + wait.deadline) // 2)


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
    "warning": Kind(
        title="The deadline is near",
        measures=(*_REPLIES, Measure.WINDOW, Measure.RESOLUTION),
        state=AlertState.WARNED,
        turn=FactKind.WARNED,
    ),
    "kept": Kind(
        title="Answered in time after a warning",
        measures=_REPLIES,
        state=AlertState.MET,
        turn=FactKind.WARNED,
        goes_on=_kept,
    ),
    "taken": Kind(title="Somebody took it", measures=_REPLIES, pressed=PressKind.TAKE),
    "snoozed": Kind(
        title="Somebody snoozed it", measures=_REPLIES, pressed=PressKind.SNOOZE
    ),
    "muted": Kind(
        title="Somebody muted its queue", measures=_REPLIES, pressed=PressKind.MUTE
    ),
    "called": Kind(
        title="Broken after a warning: whoever is mentioned is called in its thread",
        measures=_REPLIES,
        calls=True,
    ),
    "escalation": Kind(
        title="Still broken: somebody else is told",
        measures=(*_REPLIES, Measure.RESOLUTION),
        turn=FactKind.ESCALATED,
        calls=True,
    ),
}
"""By what `--kind` calls them: the broken promises, what becomes of one, who else is
told, and when."""

SUMMARY = "summary"
DIGEST = "digest"
"""No stories of their own: they count those of others."""
NAMES = (*KINDS, *LISTS, SUMMARY, DIGEST)


def alert_of(
    kind: Kind, measure: Measure, place: Place, config: Config
) -> Alert | None:
    """What the rules make of the story; None where it comes to something else.

    As where silence ends a wait before its promise is broken, or no route tells of it.
    """
    story, rules, routes = _begun(measure, place), config.rules(), Routes(config)
    told = _told(story.facts(rules, place.at + _LONGEST), measure, routes)
    turn = next((t.fact for t in told if t.fact.kind is kind.turn), None)
    if turn is None or turn.deadline is None:
        return None
    began = turn.started_at or place.at
    kind.goes_on(story, Wait(began, turn.deadline, turn.noticed_at))
    until = max(story.heard, turn.noticed_at)
    alert = fold(_told(story.facts(rules, until), measure, routes))
    return alert if alert is not None and alert.state is kind.state else None


def _told(facts: Sequence[Fact], measure: Measure, routes: Routes) -> list[Told]:
    numbered = enumerate(fact for fact in facts if routes.concern(fact))
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
