"""Knowledge: what the world was told of a clock, carried over to what it is now."""

from msgspec.structs import replace

from stream.sla.clock import Clock
from stream.sla.facts import BREACHED, WINDOW, FactKind
from stream.sla.statements import Step
from stream.sla.verdicts import News


def begin(new: Clock) -> tuple[Clock, Step]:
    """A clock that nobody was told of: as it was when it started, and its fact."""
    start = new.started_at
    step = Step(FactKind.CLOCK_STARTED, max(start, new.promised_at), start)
    if new.over_at is None and new.paused_at is None and not new.stretches:
        return new, step
    told = replace(
        new,
        since=start,
        stretches=(),
        paused_at=None,
        over_at=None,
        answered=False,
        author=None,
        reason=None,
        reopened_at=None,
    )
    return told, step


def carried(told: Clock, new: Clock) -> Clock:
    """`new`, walked anew from the timeline, with what was told of it before."""
    # Other points are another promise, of which `advance` warns anew.
    same = told.measure is not WINDOW or told.since == new.since
    carried = replace(
        new,
        warned=told.warned if same else 0,
        verdict=told.verdict,
        escalated=told.escalated,
        due=told.due,
        is_pending=told.is_pending,
        known_at=told.known_at,
        gone=told.gone,
        life=told.life,
    )
    return told if carried == told else carried


def known(told: Clock | None, new: Clock, news: News) -> Clock:
    """`new`, with the moment from which its breach could be known (semantics 2.10)."""
    breaks_at = new.breaks_at
    if breaks_at is None or breaks_at >= news.arrived or new.verdict is BREACHED:
        return new
    is_news = (
        told is None
        or told.breaks_at != breaks_at
        or (told.over_at is not None and not told.is_late)
    )
    return replace(new, known_at=news.arrived) if is_news else new
