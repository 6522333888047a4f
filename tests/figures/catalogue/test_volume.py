"""Volume, on paper."""

from stream.figures.catalogue.volume import VOLUME
from stream.figures.thresholds import Thresholds
from stream.sla.facts import Reason
from tests.figures.told import Told, figure_of, week


def test_on_paper(tmp_path):
    """Three in the second week: its first moment, one that is open, one merged.

    Two in the first, with its last moment: 3 / 2 - 1 = 0.5. The third week's is in
    none, nor is spam.
    """
    told = Told()
    told.session("a", "mon 00:00", "mon 10:00")
    told.session("a", "sun 23:59:59", "+1 mon 10:00")
    told.session("b", "+1 mon 00:00", "+1 mon 10:00")
    told.session("c", "+1 tue 09:00")
    told.session("d", "+1 sun 23:00", "+2 tue 09:00", Reason.MERGED)
    told.session("spam", "+1 tue 09:00", "+1 tue 09:10", Reason.SPAM)
    told.session("e", "+2 mon 00:00")

    assert figure_of(VOLUME, told, tmp_path, period=week(1)) == [
        {"n": 3, "before": 2, "change": 0.5}
    ]


def test_by_queue_and_day_each_beside_its_own(tmp_path):
    """Monday's beside last Monday's, by the days of the file's zone.

    23:30 in UTC is Tuesday in Budapest. What is new has no change: not known.
    """
    told = Told()
    told.session("a", "mon 09:00")
    told.session("b", "mon 09:00")
    told.session("c", "+1 mon 09:00")
    told.session("d", "+1 mon 23:30", queue="support")

    found = figure_of(
        VOLUME,
        told,
        tmp_path,
        ("queue", "day"),
        period=week(1),
        thresholds=Thresholds(zone="Europe/Budapest"),
    )

    assert [tuple(row.values()) for row in found] == [
        ("sales", "2026-11-30", 1, 2, -0.5),
        ("support", "2026-12-01", 1, 0, None),
    ]
