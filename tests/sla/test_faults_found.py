"""The examples of the fuzz tests tell nine known faults from the truth.

The faults of `tests/oracle/faults.py` are put back, one at a time: so many examples
as a fuzz test has must contain one that shows it. Where none does, the examples are
too tame, and the rules could err so unseen.
"""

from random import Random

import pytest
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st

from tests.oracle.conversations import (
    CHANGING,
    COLLIDING,
    LULLS,
    MOVES,
    REPLIES_ALONE,
    conversations,
    promises,
)
from tests.oracle.faults import (
    Collides,
    CountsForEachOther,
    EndsBeforeWords,
    LapsesWithTheWindow,
    StartsNothingLate,
    falsely_reopened,
    one_name,
    unrestated,
    without_the_middle,
)
from tests.oracle.instant import UnclearError
from tests.oracle.listening import (
    DELAYS,
    QUIET,
    delayed,
    is_certain,
    may_reopen,
    names,
    replayed,
    says_reopened,
    taken_back,
)
from tests.oracle.outcomes import expected, in_the_end, outcomes
from tests.oracle.simulator import Simulator

NOT_SO_MANY = 800

quick = settings(
    max_examples=NOT_SO_MANY,
    phases=[Phase.generate],
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


MOVING = {
    "config": promises(plans=(2, 3), matches=CHANGING),
    "events": conversations(motifs=MOVES, most=3),
}
COLLISIONS = {
    "config": promises(plans=(1,), gaps=(1800,)),
    "events": conversations(motifs=LULLS, steps=(COLLIDING, COLLIDING)),
}
AT_REST = COLLISIONS | {
    "config": promises(plans=(1,), gaps=(1800,), measures=REPLIES_ALONE)
}


@st.composite
def stories(draw, config=promises(), events=conversations(), delays=DELAYS):  # noqa: B008
    """A config, what happened, and how it was heard."""
    happened = draw(events)
    if delays is not DELAYS:
        happened = [event for event in happened if is_certain(event)] or happened
    return draw(config), happened, draw(delayed(happened, delays))


def shown(condition, **kinds):
    """Raises `NoSuchExample` where no example shows the fault."""

    def is_shown(story):
        try:
            return condition(*story)
        except UnclearError:
            return False

    found = find(stories(**kinds), is_shown, settings=quick, random=Random(13))  # noqa: S311  a test
    assert found is not None


@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        pytest.param(StartsNothingLate, MOVING, id="D2"),
        pytest.param(EndsBeforeWords, AT_REST, id="D4"),
        pytest.param(LapsesWithTheWindow, {}, id="D5"),
        pytest.param(CountsForEachOther, MOVING, id="D6"),
        pytest.param(Collides, COLLISIONS, id="D9"),
    ],
)
def test_a_simulator_that_errs_is_found_out(fault, kinds):
    """What it says of some example is not what the true one says."""

    def differs(given, events, _late):
        wrong = fault(given, events).run()
        right = Simulator(given, events).run()
        return len(wrong) != len(right) or expected(wrong) != expected(right)

    shown(differs, **kinds)


def test_a_hasty_conclusion_is_found_out():
    """D1: without any lateness, a breach is told that is none."""

    def is_hasty(given, _events, late):
        return bool(taken_back(replayed(given, late, lateness=0)))

    shown(is_hasty, delays=[0, 1, 2])


def test_a_lost_assignment_is_found_out():
    """D3: one that is heard late, between two that say the same."""

    def is_lost(given, _events, late):
        heard = without_the_middle(late)
        if len(heard) == len(late):
            return False
        return in_the_end(outcomes(replayed(given, late))) != in_the_end(
            outcomes(replayed(given, heard))
        )

    shown(is_lost, **MOVING)


def test_silence_about_what_is_restated_is_found_out():
    """D7: a length, a policy or a holder that late news moves."""

    def is_silent(given, _events, late):
        facts = replayed(given, late)
        told = unrestated(facts)
        return len(told) != len(facts) and outcomes(told) != outcomes(facts)

    shown(is_silent)


def test_a_false_reopening_is_found_out():
    """D8: the end of a pause that comes to light after the resolution."""

    def is_false(given, events, late):
        if may_reopen(events):
            return False
        return says_reopened(falsely_reopened(replayed(given, late)))

    shown(is_false, events=conversations(motifs=QUIET))


def test_a_name_used_twice_is_found_out():
    """D9: what is restated under the id of before (6.11)."""

    def is_used_twice(given, _events, late):
        found = names(one_name(replayed(given, late)))
        return len(found) != len(set(found))

    shown(is_used_twice)
