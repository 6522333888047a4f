"""What to do next, by what is wanted and what is shown."""

from dataclasses import replace

import pytest

from alerts.alert import Alert, Told
from alerts.entry import Entry, Rest, Step, next_step
from alerts.folding import fold
from alerts.notice import BROKEN, return_of
from alerts.presses.handling import handling_of
from alerts.presses.press import Press, PressKind
from stream.sla.facts import Fact
from stream.sla.instants import MINUTE
from tests.alerts.cycles import DEADLINE, Cycle

CYCLE = Cycle()
BREACHED = fold([Told.of(CYCLE.breached(), 0)])
ANSWERED = fold([Told.of(CYCLE.breached(), 0), Told.of(CYCLE.answered(), 1)])
LATE = fold([Told.of(CYCLE.breached(noticed=900.001), 0)])


def over(noticed: float, end: Fact = CYCLE.answered(), **fields: int) -> Alert | None:  # noqa: B008  a frozen value
    breach = CYCLE.breached(noticed=noticed, **fields)
    return fold([Told.of(breach, 0), Told.of(end, 1)])


LATE_AND_OVER = over(900.001)
JUST_AND_OVER = over(900)
KNOWN_LATE = over(4000, known_at=DEADLINE + 3_990_000)
LATE_AND_RETRACTED = over(900.001, CYCLE.retracted())
WARNED = fold([Told.of(CYCLE.warned(), 0)])
MET = fold([Told.of(CYCLE.warned(), 0), Told.of(CYCLE.met(), 1)])
assert BREACHED is not None
assert WARNED is not None
WANTED = Entry(key="k", version=1, alert=BREACHED)
SHOWN = replace(WANTED, ts="1.0", shown=BREACHED.revision)


def escalated(alert: Alert | None) -> Alert:
    assert alert is not None
    return replace(alert, escalations=(CYCLE.escalated(40, "team-lead"),))


def beside() -> Entry:
    """The notice of an escalation, beside the first."""
    key = "k/to:team-lead"
    return Entry(key=key, version=1, alert=escalated(BREACHED), first=SHOWN)


def handled(name: str, *presses: Press) -> Entry:
    """A notice beside the first, of a broken promise that people handled."""
    handling = handling_of(presses)
    first = replace(SHOWN, handling=handling)
    return replace(beside(), key=f"k/{name}", handling=handling, first=first)


def taken(begin: int, end: int) -> Press:
    """From `begin` to `end`, in minutes after the deadline."""
    made = {"press_id": "1", "kind": PressKind.TAKE, "by": "U0ANA"}
    at, until = DEADLINE + begin * MINUTE, DEADLINE + end * MINUTE
    return Press(at=at, until=until, **made)  # type: ignore[arg-type]  as said


LATER = DEADLINE + 30 * MINUTE
HANDLED = {
    "an escalation rests while somebody has it": (
        handled("to:team-lead", taken(10, 31)),
        Rest.TAKEN,
    ),
    "and is sent when that is over": (
        handled("to:team-lead", taken(0, 30)),
        Step.POST,
    ),
    "its return calls then": (
        handled(return_of(taken(0, 30).name), taken(0, 30)),
        Step.POST,
    ),
    "and not before": (
        handled(return_of(taken(0, 31).name), taken(0, 31)),
        Rest.UNCALLED,
    ),
    "the call of the breach is not needed beside it": (
        handled(BROKEN, taken(-5, 25)),
        Rest.UNCALLED,
    ),
    "over before the promise broke, the breach is told": (
        handled(BROKEN, taken(-20, -5)),
        Step.POST,
    ),
    "and the return is not": (
        handled(return_of(taken(-20, -5).name), taken(-20, -5)),
        Rest.UNCALLED,
    ),
    "the return of another press is not": (
        handled("return:of-old", taken(0, 30)),
        Rest.UNCALLED,
    ),
}


@pytest.mark.parametrize(("entry", "expected"), HANDLED.values(), ids=HANDLED)
def test_what_people_handle(entry: Entry, expected: Step | Rest) -> None:
    """Half an hour after the deadline."""
    assert next_step(entry, 15 * MINUTE, now=LATER) is expected


CASES = {
    "a breach is posted": (WANTED, Step.POST),
    "a breach that is shown is left alone": (SHOWN, Rest.SHOWN),
    "a shown breach that was answered is edited": (
        replace(SHOWN, alert=ANSWERED),
        Step.EDIT,
    ),
    "answered before it was posted, it is never sent": (
        replace(WANTED, alert=ANSWERED),
        Rest.OVER,
    ),
    "a post with an unknown end is looked for": (
        replace(WANTED, intent=1),
        Step.LOOK_UP,
    ),
    "it is looked for even when it is over": (
        replace(WANTED, alert=ANSWERED, intent=1),
        Step.LOOK_UP,
    ),
    "who still waits is told, however late": (replace(WANTED, alert=LATE), Step.POST),
    "noticed too late and over, it is summed up": (
        replace(WANTED, alert=LATE_AND_OVER),
        Rest.STALE,
    ),
    "a warning is posted": (replace(WANTED, alert=WARNED), Step.POST),
    "a warning that is shown turns red by an edit": (
        replace(WANTED, ts="1.0", shown=WARNED.revision),
        Step.EDIT,
    ),
    "met before it was posted, a warning is never sent": (
        replace(WANTED, alert=MET),
        Rest.OVER,
    ),
    "after a warning there is no call without a breach": (
        Entry(key="k/broken", version=1, alert=WARNED, first=SHOWN),
        Rest.NO_BREACH,
    ),
    "after it broke, there is": (
        Entry(key="k/broken", version=1, alert=BREACHED, first=SHOWN),
        Step.POST,
    ),
    "of an escalation there is no summary": (
        replace(beside(), alert=escalated(LATE_AND_OVER)),
        Rest.OVER,
    ),
    "an escalation is posted": (beside(), Step.POST),
    "one that nothing asked for is not": (
        replace(beside(), key="k/to:x"),
        Rest.NO_BREACH,
    ),
    "noticed just in time and over, it is not": (
        replace(WANTED, alert=JUST_AND_OVER),
        Rest.OVER,
    ),
    "late, but soon after it could be known": (
        replace(WANTED, alert=KNOWN_LATE),
        Rest.OVER,
    ),
    "what was never broken is not summed up": (
        replace(WANTED, alert=LATE_AND_RETRACTED),
        Rest.OVER,
    ),
    "what was read again after a loss may be there: look first": (
        replace(WANTED, lost=1),
        Step.LOOK_UP,
    ),
    "also when it is over": (replace(WANTED, alert=ANSWERED, lost=1), Step.LOOK_UP),
    "what cannot be read waits": (
        Entry(key="k", version=1, fault="of another version"),
        Rest.UNREADABLE,
    ),
    "a shown alert is edited however late": (
        replace(SHOWN, alert=LATE),
        Step.EDIT,
    ),
    "no breach, nothing to do": (Entry(key="k"), Rest.NO_BREACH),
}


@pytest.mark.parametrize(("entry", "expected"), CASES.values(), ids=CASES)
def test_next_step(entry: Entry, expected: Step | Rest) -> None:
    """Each entry leads to the step that its name says."""
    assert next_step(entry, stale_after=15 * MINUTE, now=DEADLINE - 1) == expected


def test_a_warning_is_not_told_at_its_deadline() -> None:
    """It says "due within": from there on, the breach is to be told."""
    entry = replace(WANTED, alert=WARNED)

    assert next_step(entry, stale_after=0, now=DEADLINE) == Rest.OVER
    assert next_step(replace(entry, intent=1), 0, now=DEADLINE) == Step.LOOK_UP


def test_what_no_route_tells() -> None:
    """It is not posted; what is there is edited, whatever the routes say now."""
    shown = replace(WANTED, ts="1.0", shown="of before")

    for entry in (WANTED, replace(WANTED, alert=LATE_AND_OVER)):
        assert next_step(entry, 0, now=DEADLINE, is_told=False) == Rest.UNTOLD
    assert next_step(shown, 0, now=DEADLINE, is_told=False) == Step.EDIT
