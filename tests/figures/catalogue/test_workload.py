"""Workload per agent, on paper."""

from stream.figures.catalogue.workload import WORKLOAD
from stream.sla.facts import Measure, Reason
from tests.figures.told import Told, figure_of


def test_on_paper(tmp_path):
    """Ana replied after 60, 120 and 600 s: n 3, median 120, mean 260; she closed two.

    Ben replied once in a conversation that was Ana's: the reply is his. A resolution,
    a shadow, who still waits, a session that lapsed unresolved, one that went on to the
    next week and spam are nobody's work of this week.
    """
    told = Told()
    told.wait("a", "mon 09:00", 60)
    told.wait("a", "mon 10:00", 120, measure=Measure.NEXT_REPLY)
    told.wait("b", "mon 09:00", 600, within_s=300)
    told.wait("c", "mon 09:00", 30, author="ben", assignee="ana")
    told.wait("c", "mon 09:00", 30, measure=Measure.RESOLUTION)
    told.wait("d", "mon 09:00", 30, shadow=True)
    told.wait("d", "mon 09:00")
    for key in ("a", "b"):
        told.session(
            key,
            "mon 09:00",
            "mon 12:00",
            Reason.CLOSED,
            assignee="ana",
            resolved_at="mon 12:00",
        )
    told.session("c", "mon 09:00", "tue 12:00", assignee="ana")
    told.session("d", "mon 09:00", "mon 12:00", Reason.SPAM, assignee="ana")
    told.session(
        "e",
        "sun 09:00",
        "+1 mon 00:00",
        assignee="ana",
        resolved_at="sun 12:00",
    )

    rows = figure_of(WORKLOAD, told, tmp_path, ("agent",))

    assert [
        (row["agent"], row["n"], row["closed"], row["p50_s"], row["mean_s"])
        for row in rows
    ] == [("ana", 3, 2, 120, 260), ("ben", 1, 0, 30, 30)]


def test_who_is_not_named(tmp_path):
    """A reply of nobody known is its holder's; closed by nobody known, nobody's."""
    told = Told()
    told.wait("a", "mon 09:00", 60, author=None, assignee="ana")
    told.session("a", "mon 09:00", "mon 12:00", resolved_at="mon 11:00")

    rows = figure_of(WORKLOAD, told, tmp_path, ("agent",))

    assert [(row["agent"], row["n"], row["closed"]) for row in rows] == [
        ("ana", 1, 0),
        (None, 0, 1),
    ]


def test_it_names_people():
    """Who prints figures leaves it out, unless asked for."""
    assert WORKLOAD.personal
