"""Figures from cycles: service level, percentiles, who is counted for what (5.1)."""

import pytest

from stream.sla.cycles import Cycle
from stream.sla.events import Channel
from stream.sla.facts import Measure, Verdict
from stream.sla.figures import (
    breaches_by_holder,
    figures,
    figures_by_policy,
    percentile,
    replies_by_author,
)

FIRST, WINDOW = Measure.FIRST_REPLY, Measure.WINDOW
MET, BREACHED, CANCELLED = Verdict


def key(name: str, measure=FIRST, *, shadow: bool = False):
    return name, measure, 0, shadow


def cycle(verdict=None, *, queue="sales", **known):
    return Cycle(Channel.WHATSAPP, queue, verdict=verdict, **known)


@pytest.mark.parametrize(
    ("count", "share", "wanted"),
    [(0, 0.5, None), (1, 0.9, 1), (4, 0.5, 2), (4, 0.51, 3), (10, 0.9, 9), (10, 0, 1)],
)
def test_a_percentile_is_one_of_the_values(count, share, wanted):
    """Nearest rank: the least value that so many do not exceed."""
    assert percentile(range(1, count + 1), share) == wanted


def test_the_service_level_leaves_out_what_was_cancelled_or_still_runs():
    """Met / (met + breached)."""
    verdicts = [MET] * 3 + [BREACHED] + [CANCELLED] * 5 + [None] * 2
    cycles = [(key(f"c{n}"), cycle(verdict)) for n, verdict in enumerate(verdicts)]

    (row,) = figures(cycles).values()

    assert (row.met, row.breached, row.cancelled, row.running) == (3, 1, 5, 2)
    assert row.service_level == 0.75


def test_nothing_decided_is_no_service_level():
    (row,) = figures([(key("c"), cycle(CANCELLED))]).values()

    assert row.service_level is None


def test_waits_are_sorted_business_time_beside_wall_time():
    cycles = [
        (key("a"), cycle(MET, waited_ms=30, waited_business_ms=3)),
        (key("b"), cycle(BREACHED, waited_ms=20, waited_business_ms=9)),
        (key("c"), cycle()),
    ]
    (row,) = figures(cycles).values()

    assert (row.wall, row.business) == ([20, 30], [3, 9])


def test_who_still_waits_when_a_breach_is_noticed_is_told():
    """3.5; told, it may be taken back, and one that was over is told to nobody."""
    cycles = [
        (key("waits"), cycle(BREACHED, noticed_at=9)),
        (key("waits too"), cycle(BREACHED, noticed_at=9, lateness=99**9)),
        (key("was in time after all"), cycle(MET, noticed_at=9)),
        (key("over"), cycle(BREACHED, noticed_at=9, was_over=True)),
        (key("kept"), cycle(MET)),
    ]

    (row,) = figures(cycles).values()

    assert (row.alerts, row.breached, row.over, row.taken_back) == (3, 3, 1, 1)


def test_rows_are_apart_and_in_order_without_shadows():
    cycles = [
        (key("a"), cycle(MET, queue="support")),
        (key("b"), cycle(MET)),
        (key("b", WINDOW), cycle(BREACHED)),
        (key("b", shadow=True), cycle(BREACHED)),
    ]

    assert list(figures(cycles)) == [
        (Channel.WHATSAPP, "sales", FIRST),
        (Channel.WHATSAPP, "sales", WINDOW),
        (Channel.WHATSAPP, "support", FIRST),
    ]


def test_by_policy_what_is_only_tried_is_a_row_of_its_own_and_alerts_nobody():
    cycles = [
        (key("a"), cycle(MET, policy="vip")),
        (key("b"), cycle(BREACHED, policy="all", queue="support", noticed_at=9)),
        (key("c"), cycle(MET, policy="all")),
        (key("b", shadow=True), cycle(BREACHED, policy="tried", noticed_at=9)),
    ]

    found = figures_by_policy(cycles)

    assert {row: (f.met, f.breached, f.alerts) for row, f in found.items()} == {
        ("all", FIRST, False): (1, 1, 1),
        ("tried", FIRST, True): (0, 1, 0),
        ("vip", FIRST, False): (1, 0, 0),
    }


def test_a_reply_counts_for_its_author_and_a_breach_for_who_held_the_work():
    """2.12; a window has no reply of its own."""
    cycles = [
        (key("a"), cycle(MET, author="ana")),
        (key("b"), cycle(BREACHED, author="ana", assignee="ben")),
        (key("c"), cycle(BREACHED)),
        (key("a", WINDOW), cycle(MET, author="ana")),
        (key("a", shadow=True), cycle(BREACHED, author="ana", assignee="ben")),
    ]

    assert replies_by_author(cycles) == {"ana": 2}
    assert breaches_by_holder(cycles) == {("sales", "ben"): 1, ("sales", None): 1}
