"""The rules against a simulator that counts seconds, over random conversations."""

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from tests.oracle.conversations import (
    CHANGING,
    COLLIDING,
    LULLS,
    MEASURES,
    MOVES,
    REPLIES_ALONE,
    conversations,
    promises,
    told,
)
from tests.oracle.instant import UnclearError
from tests.oracle.listening import delayed, replayed
from tests.oracle.outcomes import (
    comparable,
    expected,
    in_the_end,
    outcomes,
    sessions,
    warnings,
)
from tests.oracle.simulator import Simulator
from tests.oracle.sums import expected_sums, told_sums

slow = settings(
    max_examples=40,
    derandomize=True,  # the same in every run: others are looked for by hand
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def walked(given, events):
    """The simulator after its walk; what the rules leave open is no example."""
    try:
        simulator = Simulator(given, events)
        simulator.run()
    except UnclearError:
        assume(condition=False)
    return simulator


def sums_of(simulator):
    """What each matter came to; what the rules leave open is no example."""
    try:
        return expected_sums(simulator)
    except UnclearError:
        assume(condition=False)


def agree(given, events):
    """Of every cycle: policy, verdict, deadline, end and why, length, who held it.

    And what was warned of, when each matter began and ended, and what it came to.
    """
    simulator = walked(given, events)
    facts = replayed(given, events)
    wanted = expected(simulator.cycles)
    came_to = sums_of(simulator)

    assert comparable(outcomes(facts), wanted) == wanted
    assert sessions(facts) == [(s.opened, s.ended, s.why) for s in simulator.sessions]
    assert told_sums(facts) == came_to
    assert warnings(facts) == {
        (cycle.measure, cycle.start, at)
        for cycle in simulator.cycles
        for at in cycle.warned
    }


@slow
@given(given=promises(), events=conversations())
def test_in_order(given, events):
    """An ordered stream tells what the simulator says."""
    note(told(events))
    agree(given, events)


@settings(slow, max_examples=150)
@given(
    given=promises(plans=(2, 3), matches=CHANGING),
    events=conversations(motifs=MOVES, most=3),
)
def test_while_the_work_moves(given, events):
    """The same where another policy applies in the middle of a wait (2.11)."""
    note(told(events))
    agree(given, events)


@pytest.mark.parametrize("measures", [MEASURES, REPLIES_ALONE])
@settings(slow, max_examples=80)
@given(data=st.data())
def test_at_colliding_instants(measures, data):
    """Words at the very end of a silence, statuses at one instant (6.1 to 6.3)."""
    given = data.draw(promises(measures=measures, plans=(1,), gaps=(1800,)))
    events = data.draw(conversations(motifs=LULLS, steps=(COLLIDING, COLLIDING)))
    note(told(events))
    agree(given, events)


def agree_in_the_end(given, events, late):
    note(told(late))
    simulator = walked(given, events)
    wanted = in_the_end(expected(simulator.cycles))
    facts = replayed(given, late)

    assert in_the_end(comparable(outcomes(facts), wanted)) == wanted
    assert told_sums(facts) == sums_of(simulator)


@slow
@given(given=promises(), events=conversations(), data=st.data())
def test_in_any_order(given, events, data):
    """Events that come late, shuffled and twice make no difference in the end (3.2)."""
    agree_in_the_end(given, events, data.draw(delayed(events)))


@slow
@given(
    given=promises(plans=(2, 3), matches=CHANGING),
    events=conversations(motifs=MOVES, most=3),
    data=st.data(),
)
def test_in_any_order_while_the_work_moves(given, events, data):
    """The same where another policy applies, and the news of it comes late."""
    agree_in_the_end(given, events, data.draw(delayed(events)))


@settings(slow, max_examples=40)  # a restart after each event takes its time
@given(given=promises(), events=conversations(), data=st.data())
def test_cut_anywhere(given, events, data):
    """A worker that goes on from the table's bytes tells the very same facts."""
    late = data.draw(delayed(events))
    note(told(late))

    assert replayed(given, late, cut=True) == replayed(given, late)


@slow
@given(given=promises(), events=conversations(), data=st.data())
def test_verdicts_are_exclusive_and_exhaustive(given, events, data):
    """In the end each cycle is over and has one verdict; never did it have two."""
    late = data.draw(delayed(events))
    note(told(late))

    # `outcomes` asserts that a new verdict replaces the old one by its name.
    found = outcomes(replayed(given, late))
    without = {
        key: outcome
        for key, outcome in found.items()
        if outcome.verdict is None or outcome.over_at is None
    }
    assert without == {}


@slow
@given(
    given=promises(calendars=("always",), plans=(1,)),
    events=conversations(),
    factor=st.sampled_from([1.5, 2, 3]),
)
def test_a_longer_target_never_breaches_more(given, events, factor):
    """Around the clock, with targets that end before silence does."""
    short = given.scaled(lambda within: min(within, 600))
    long = given.scaled(lambda within: int(min(within, 600) * factor))
    note(told(events))

    assert breached(long, events) <= breached(short, events)


def breached(given, events):
    found = outcomes(replayed(given, events))
    return {key for key, outcome in found.items() if outcome.verdict == "breached"}
