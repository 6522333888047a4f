"""What to do next, by what is wanted and what is shown."""

from dataclasses import replace

import pytest

from alerts.alert import Told, fold
from alerts.entry import Entry, Rest, Step, next_step
from stream.sla.instants import MINUTE
from tests.alerts.cycles import Cycle

CYCLE = Cycle()
BREACHED = fold([Told.of(CYCLE.breached(), 0)])
ANSWERED = fold([Told.of(CYCLE.breached(), 0), Told.of(CYCLE.answered(), 1)])
LATE = fold([Told.of(CYCLE.breached(noticed=900.001), 0)])
JUST = fold([Told.of(CYCLE.breached(noticed=900), 0)])
assert BREACHED is not None
WANTED = Entry(key="k", version=1, alert=BREACHED)
SHOWN = replace(WANTED, ts="1.0", shown=BREACHED.revision)

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
    "noticed too late it is not told one by one": (
        replace(WANTED, alert=LATE),
        Rest.STALE,
    ),
    "noticed just in time it is": (replace(WANTED, alert=JUST), Step.POST),
    "a shown alert is edited however late": (
        replace(SHOWN, alert=LATE),
        Step.EDIT,
    ),
    "no breach, nothing to do": (Entry(key="k"), Rest.NO_BREACH),
}


@pytest.mark.parametrize(("entry", "expected"), CASES.values(), ids=CASES)
def test_next_step(entry: Entry, expected: Step | Rest) -> None:
    """Each entry leads to the step that its name says."""
    assert next_step(entry, stale_after=15 * MINUTE) == expected
