"""Columns of a length of time."""

from itertools import permutations

import duckdb

from stream.figures.catalogue.times import lengths


def test_a_mean_is_the_same_in_any_order():
    """0.1 + 0.2 + 0.3 is another float than 0.3 + 0.2 + 0.1, and the same mean."""
    *_, mean = lengths("waited_s")
    query = f"SELECT {mean.sql} FROM (SELECT unnest($told::DOUBLE[]) AS waited_s)"  # noqa: S608
    found = {
        value
        for told in permutations((0.1, 0.2, 0.3))
        for (value,) in duckdb.execute(query, {"told": told}).fetchall()
    }

    assert len(found) == 1
