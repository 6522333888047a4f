"""How numbers read."""

import pytest

from stream.figures.figure import Column, Unit
from stream.report.numbers import change, said


def column(unit: Unit) -> Column:
    return Column("it", "it", unit)


@pytest.mark.parametrize(
    ("unit", "value", "reads"),
    [
        (Unit.SECONDS, 0, "0 s"),
        (Unit.SECONDS, 45.4, "45 s"),
        (Unit.SECONDS, 570, "9 min 30 s"),
        (Unit.SECONDS, 780, "13 min"),
        (Unit.SECONDS, 3600, "1 h"),
        (Unit.SECONDS, 3599.6, "1 h"),
        (Unit.SECONDS, 86399, "1 d"),
        (Unit.SECONDS, 125434.5, "1 d 11 h"),
        (Unit.SECONDS, 100_800, "1 d 4 h"),
        (Unit.SHARE, 0.814, "81.4%"),
        (Unit.COUNT, 12040, "12,040"),
        (Unit.COUNT, 7.25, "7.2"),
        (Unit.RATIO, 3.14159, "3.14"),
        (Unit.SCORE, None, "not known"),
        (Unit.COUNT, "red", "red"),
    ],
)
def test_with_its_unit(unit, value, reads):
    """The two largest units of time where there are few of the first."""
    assert said(column(unit), value) == reads


@pytest.mark.parametrize(
    ("unit", "now", "before", "reads"),
    [
        (Unit.COUNT, 150, 100, "+50%"),
        (Unit.SECONDS, 90, 120, "-25%"),
        (Unit.SHARE, 0.8, 0.704, "+9.6 points"),
        (Unit.SCORE, 4.1, 4.25, "-0.15"),
        (Unit.SECONDS, 9671, 556, "17×"),  # noqa: RUF001
        (Unit.COUNT, 5, 0, ""),
        (Unit.SHARE, 0.8, None, ""),
    ],
)
def test_a_change_is_in_its_own_measure(unit, now, before, reads):
    """Shares move by points: 2% after 1% is no doubling of anything."""
    assert change(column(unit), now, before) == reads
