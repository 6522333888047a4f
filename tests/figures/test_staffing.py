"""How many people: by hand, as another program has it, and no more than needed."""

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.config.figures import Staffing
from stream.figures.staffing import need
from tests.figures.test_erlang import PYWORKFORCE

ONE_AT_A_TIME = Staffing(concurrency=1, shrinkage="40%")


def test_by_hand():
    """Six an hour for 10 min each: load 1; 80 % within 5 min, half of the work for one.

    Two: 1/3 wait, 1/3 e^-0.5 = 20.2 % too long: too few, by a hair. Three: 1/11 wait,
    1/11 e^-1 = 3.3 % too long. Of five paid people 40 % are away; places taken 1/3.
    """
    found = need(6, 600, ONE_AT_A_TIME)

    assert (found.agents, found.people) == (3, 5)
    assert found.level == pytest.approx(0.96656, abs=1e-5)
    assert found.occupancy == pytest.approx(1 / 3)


def test_three_conversations_at_once():
    """One agent with three places is as three servers with one."""
    found = need(6, 600, Staffing(concurrency=3, shrinkage="40%"))

    assert (found.agents, found.people) == (1, 2)
    assert found.level == pytest.approx(0.96656, abs=1e-5)


def test_impatient_customers_leave_places_free():
    """Half of an endless queue gives up: fewer are needed, and they are busier."""
    patient = need(4000, 900, Staffing(concurrency=1))
    impatient = need(4000, 900, Staffing(concurrency=1, patience="10m"))

    assert impatient.agents < patient.agents
    assert impatient.level >= 0.8
    assert patient.occupancy < impatient.occupancy <= 1


def test_people_are_not_rounded_up_twice():
    """21 of 30 reply, and not of 31 because 0.7 is a little less than it is."""
    found = [
        need(number, 3600, Staffing(concurrency=1, within="1s", shrinkage="30%"))
        for number in range(1, 30)
    ]
    assert {each.people for each in found if each.agents == 21} == {30}


def test_as_pyworkforce_has_it():
    """Sixty cases; where it begins (the load plus one, rounded) may be one too many."""
    with PYWORKFORCE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        per_hour, handling_s = int(row["per_hour"]), int(row["handling_s"])
        rule = Staffing(
            level=f"{float(row['level']):.0%}",
            within=f"{row['within_s']}s",
            concurrency=1,
        )
        found = need(per_hour, handling_s, rule)
        theirs = int(row["positions"])
        begins = round(per_hour * handling_s / 3600 + 1)
        assert found.agents == theirs or found.agents == theirs - 1 == begins - 1, row
        if found.agents == theirs:
            assert found.level == pytest.approx(float(row["achieved"]), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.1, 3000),
    st.floats(30, 7200),
    st.integers(1, 5),
    st.sampled_from([None, "1m", "20m", "4h"]),
)
def test_as_few_as_keep_the_promise(per_hour, handling_s, concurrency, patience):
    """They keep it, one fewer would not; and for more customers they are not fewer."""
    rule = Staffing(concurrency=concurrency, patience=patience)
    found = need(per_hour, handling_s, rule)

    assert found.level >= rule.level
    assert found.people >= found.agents >= 1
    assert 0 < found.occupancy <= 1 + 1e-9
    if found.agents > 1:
        strictest = Staffing.model_construct(
            **dict(rule) | {"level": (found.level + rule.level) / 2}
        )
        assert need(per_hour, handling_s, strictest).agents == found.agents
    assert need(per_hour * 1.1, handling_s, rule).agents >= found.agents
