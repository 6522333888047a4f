"""Consistency, on paper."""

import pytest

from stream.figures.catalogue.consistency import BETWEEN, CONSISTENCY
from stream.sla.events import Channel
from stream.sla.facts import Measure
from tests.figures.told import WEEK, Told, figure_of, tables_of

QUEUES, HOURS, CHANNELS = BETWEEN


def test_on_paper(tmp_path):
    """Waits of 10, 20, ... 100 s: p50 is the 5th, p90 the 9th: 90 / 50 = 1.8.

    Later replies, shadows, who still waits, and another week are not in it. Of vip, who
    was answered at once (0 s), no multiple is known.
    """
    told = Told()
    for seconds in range(10, 101, 10):
        told.wait(f"c{seconds}", "mon 09:00", seconds)
    told.wait("c10", "mon 10:00", 5000, measure=Measure.NEXT_REPLY)
    told.wait("shadow", "mon 09:00", 5000, shadow=True)
    told.wait("waits", "mon 09:00")
    told.wait("after", "sun 23:59", 60)
    told.wait("vip", "mon 09:00", 0, queue="vip")

    assert figure_of(CONSISTENCY, told, tmp_path, ("queue",)) == [
        {"queue": "sales", "n": 10, "p50_s": 50, "p90_s": 90, "p90_over_p50": 1.8},
        {"queue": "vip", "n": 1, "p50_s": 0, "p90_s": 0, "p90_over_p50": None},
    ]


@pytest.fixture(scope="module")
def groups(tmp_path_factory):
    """Ten waits each: sales on Monday 09, 60 s; vip on Messenger, Tuesday 10, 240 s.

    Nine of support, 5 s, on Monday 09: too few for a queue, and so 19 of that hour and
    of WhatsApp, whose 10th is 60 s. Later replies, shadows, and
    other weeks are not in it.
    """
    told = Told()
    for number in range(10):
        told.wait(f"a{number}", "mon 09:00", 60)
        told.wait(
            f"b{number}", "tue 10:00", 240, queue="vip", channel=Channel.MESSENGER
        )
        told.wait(f"n{number}", "mon 09:00", 9, measure=Measure.NEXT_REPLY, queue="it")
        told.wait(f"s{number}", "mon 09:00", 9, shadow=True, queue="it")
        told.wait(f"l{number}", "+1 mon 09:00", 9, queue="it")
        told.wait(f"e{number}", "-1 mon 09:00", 9, queue="it")
    for number in range(9):
        told.wait(f"c{number}", "mon 09:00", 5, queue="support")
    return tables_of(told.facts, tmp_path_factory.mktemp("facts"))


@pytest.mark.parametrize(
    ("figure", "n", "slowest", "fastest"),
    [
        pytest.param(QUEUES, 20, "vip", "sales", id="queues"),
        pytest.param(HOURS, 29, 34, 9, id="hours of the week, Tuesday's 10 is 34"),
        pytest.param(CHANNELS, 29, "messenger", "whatsapp", id="channels"),
    ],
)
def test_between(groups, figure, n, slowest, fastest):
    """Medians of 240 and 60 s: four times as long, and whose they are."""
    assert figure.of(groups, WEEK) == [
        {
            "n": n,
            "compared": 2,
            "spread": 4,
            "slowest": slowest,
            "slowest_p50_s": 240,
            "fastest": fastest,
            "fastest_p50_s": 60,
        }
    ]


def test_one_alone_has_no_spread(tmp_path):
    """Of one queue the median is told; its distance from itself is not known."""
    told = Told()
    for number in range(10):
        told.wait(f"c{number}", "mon 09:00", 60)

    (row,) = figure_of(QUEUES, told, tmp_path)

    assert (row["compared"], row["spread"], row["slowest"]) == (1, None, "sales")
