"""Erlang C and A: published numbers, another's program, and what must always be so."""

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.figures.erlang import answered_within

PYWORKFORCE = Path(__file__).parents[1] / "data" / "erlang" / "pyworkforce.csv"
FOR_EVER = math.inf


def about(value):
    return pytest.approx(value, abs=1e-9)


def test_as_pyworkforce_has_it():
    """Erlang C of 60 cases of 1 to 4900 customers an hour, up to 515 servers."""
    with PYWORKFORCE.open(encoding="utf-8", newline="") as file:
        rows = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
    for row in rows:
        load = row["per_hour"] * row["handling_s"] / 3600
        within = row["within_s"] / row["handling_s"]
        found = answered_within(load, int(row["positions"]), within)
        assert found == about(row["achieved"]), row
    assert len(rows) == 60


@pytest.mark.parametrize(
    ("load", "servers", "waits"), [(0.5, 1, 1 / 2), (1, 2, 1 / 3), (2, 3, 4 / 9)]
)
def test_erlang_c_by_hand(load, servers, waits):
    """One server at half load: every second waits. Two at 1: (1/2 * 2) / (1 + 1 + 1).

    Three at 2: 8/6 * 3 = 4, of 1 + 2 + 2 + 4. Who waits does so exponentially.
    """
    assert answered_within(load, servers, 0) == about(1 - waits)
    later = waits * math.exp(-(servers - load) * 2)
    assert answered_within(load, servers, 2) == about(1 - later)
    assert answered_within(load, servers, FOR_EVER) == 1


def test_the_example_of_garnett_mandelbaum_and_reiman():
    """48 customers a minute of work 1 min each, 50 servers; patience 2 min.

    “Designing a Call Center with Impatient Customers”, M&SOM 2002: for ever patient,
    90 % wait 58.1 s at most, and 20.8 s on average (69.4 % wait, for 30 s). Patient for
    2 min, 3.1 % give up, and servers are taken for 93 % of the time.
    """
    patient = [answered_within(48, 50, seconds / 60) for seconds in (0, 58.1)]
    answered = answered_within(48, 50, FOR_EVER, 2)

    assert patient[1] == pytest.approx(0.9, abs=5e-4)
    assert (1 - patient[0]) * 60 / (50 - 48) == pytest.approx(20.8, abs=0.05)
    assert 1 - answered == pytest.approx(0.031, abs=5e-4)
    assert 48 * answered / 50 == pytest.approx(0.93, abs=5e-3)


@pytest.mark.parametrize("servers", [1, 3, 8, 20])
def test_patience_as_long_as_the_work(servers):
    """All leave at one rate: their number N is Poisson's, and min(N, n) are served."""
    load = 7.5
    share, served = math.exp(-load), 0.0
    for number in range(100):
        served += min(number, servers) * share
        share *= load / (number + 1)

    assert answered_within(load, servers, FOR_EVER, 1) == about(served / load)


@pytest.mark.parametrize(
    ("load", "servers", "within", "patience"),
    [(3, 4, 0.5, 2), (6, 4, 0.2, 0.5), (2, 5, 1, 3), (9, 3, 1.5, 4)],
)
def test_erlang_a_by_another_way(load, servers, within, patience):
    """Step by step: from each number of customers there, events until time is up."""
    found = answered_within(load, servers, within, patience)

    assert found == about(by_steps(load, servers, within, patience))


def by_steps(load, servers, within, patience):
    """Uniformised: the state is how many are ahead; -1: answered."""
    most = 150
    weights = [1.0]
    for number in range(1, servers + most):
        leaving = min(number, servers) + max(0, number - servers) / patience
        weights.append(weights[-1] * load / leaving)
    total = sum(weights)
    answered = sum(weights[:servers]) / total
    ahead = [weight / total for weight in weights[servers:]]
    rates = [servers + place / patience for place in range(most)]
    pace = rates[-1] + 1 / patience
    share = math.exp(-pace * within)
    over = 1 - share
    found = share * answered
    step = 0
    while over > 1e-13:
        answered += ahead[0] * rates[0] / pace
        ahead = [
            here * (1 - (rate + 1 / patience) / pace) + after * following / pace
            for here, rate, after, following in zip(
                ahead, rates, [*ahead[1:], 0], [*rates[1:], 0], strict=True
            )
        ]
        step += 1
        share *= pace * within / step
        over -= share
        found += share * answered
    return found


loads = st.floats(0.01, 600)
servers = st.integers(1, 500)
withins = st.floats(0, 10)
patiences = st.none() | st.floats(0.1, 50)


@settings(max_examples=150, deadline=None)
@given(loads, servers, withins, patiences)
def test_more_servers_are_never_worse(load, servers, within, patience):
    """Nor is more time; and a share is a share, for 500 servers and 600 customers."""
    found = answered_within(load, servers, within, patience)

    assert 0 <= found <= 1
    assert answered_within(load, servers + 1, within, patience) >= found - 1e-9
    assert answered_within(load, servers, within + 0.1, patience) >= found - 1e-9


@settings(max_examples=100, deadline=None)
@given(st.floats(0.01, 100), st.integers(1, 150), withins)
def test_patience_without_end_is_erlang_c(load, servers, within):
    """Where the queue does not only grow; for there it never comes to rest."""
    if servers < load * 1.05:
        return
    found = answered_within(load, servers, within, 1e7)

    assert found == pytest.approx(answered_within(load, servers, within), abs=1e-4)


def test_a_queue_that_only_grows():
    """Nobody is answered in time by too few who are waited for without end."""
    assert answered_within(10, 10, 5) == 0


def test_weights_beyond_floats():
    """500 servers' work for 400 who are long waited for: e^3000, and 80 % served."""
    assert answered_within(500, 400, FOR_EVER, 288) == about(0.8)
    assert answered_within(1e-3, 500, 0, 2) == 1
