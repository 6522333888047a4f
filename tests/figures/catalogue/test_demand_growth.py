"""Demand growth, on paper."""

from stream.figures.catalogue.demand_growth import DEMAND_GROWTH
from stream.figures.period import Period
from stream.sla.facts import Reason
from stream.sla.hours import DAY
from tests.figures.told import MONDAY, Told, tables_of

TUESDAY = Period(MONDAY + DAY, MONDAY + 2 * DAY)


def test_on_paper(tmp_path):
    """Two on Monday, three on Tuesday, one of them at its very beginning: 3 / 2 - 1.

    Wednesday's first, the Sunday before, spam, and what never was are in neither. A
    session counts where it began, whenever it ended. By queue: from 1 to 2 (+100 %);
    from 1 to 0 (-100 %); of support none before: not known.
    """
    told = Told()
    told.session("a", "mon 00:00", "tue 09:00")
    told.session("b", "mon 23:59", queue="vip")
    told.session("c", "tue 00:00", "thu 09:00")
    told.session("d", "tue 12:00")
    told.session("e", "tue 23:59", queue="support")
    told.session("wednesday", "wed 00:00")
    told.session("sunday", "-1 sun 23:59")
    told.session("spam", "tue 12:00", "tue 13:00", Reason.SPAM)
    told.session("gone", "mon 12:00", "mon 13:00", Reason.SUPERSEDED)

    tables = tables_of(told.facts, tmp_path)

    assert DEMAND_GROWTH.of(tables, TUESDAY) == [{"n": 3, "before": 2, "change": 0.5}]
    assert DEMAND_GROWTH.of(tables, TUESDAY, ("queue",)) == [
        {"queue": "sales", "n": 2, "before": 1, "change": 1},
        {"queue": "support", "n": 1, "before": 0, "change": None},
        {"queue": "vip", "n": 0, "before": 1, "change": -1},
    ]


def test_before_facts_nothing_is_known(tmp_path):
    """Facts begin on Tuesday at noon: of Monday nothing is known, and no growth.

    Wednesday is twice Tuesday, of which the first hours may be missing.
    """
    told = Told()
    told.session("a", "tue 12:00")
    told.session("b", "wed 09:00")
    told.session("c", "wed 10:00")
    tables = tables_of(told.facts, tmp_path)
    wednesday = Period(TUESDAY.end, TUESDAY.end + DAY)

    assert DEMAND_GROWTH.of(tables, TUESDAY) == [
        {"n": 1, "before": None, "change": None}
    ]
    assert DEMAND_GROWTH.of(tables, wednesday) == [{"n": 2, "before": 1, "change": 1}]
