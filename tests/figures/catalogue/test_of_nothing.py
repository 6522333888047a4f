"""Where nothing was told."""

import pytest

from stream.figures.catalogue import FIGURES
from stream.figures.figure import Unit
from tests.figures.told import WEEK, tables_of


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    return tables_of([], tmp_path_factory.mktemp("facts"))


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_nothing_is_not_known(figure, tables):
    """`n` and what else is counted are 0; every other number is not known, not 0.

    Nor is what is not counted but reckoned: how many people would be needed.
    """
    (row,) = figure.of(tables, WEEK)

    assert row["n"] == 0
    for column in figure.columns:
        is_counted = column.unit is Unit.COUNT and column.sql
        assert row[column.name] == (0 if is_counted else None)
