"""What facts come to, as tables for SQL: sessions, waits, surveys, purchases."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stream.figures.columns import COLUMNS
from stream.figures.thresholds import Thresholds

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MOST = 2**63
"""The first that eight bytes do not hold."""

_MADE = Path(__file__).with_suffix(".sql")


class Tables:
    """`sessions`, `waits`, `surveys` and `purchases` of an archive's files.

    Made once; figures are questions to it. Which columns there are: tables.sql. `sql`
    is a connection of DuckDB's, which is closed by whoever opened it.
    """

    def __init__(
        self,
        sql: "DuckDBPyConnection",
        files: Sequence[Path],
        thresholds: Thresholds,
    ) -> None:
        self.sql, self.thresholds = sql, thresholds
        sql.execute("SET TimeZone = 'UTC'")
        self.let(**thresholds.variables())
        sql.execute(f"CREATE VIEW archive AS {_read(files)}")
        told = f"SELECT *, {_told(sql)} AS told FROM archive"  # noqa: S608  numbers
        sql.execute(f"CREATE VIEW facts AS {told}")
        sql.execute(_MADE.read_text("utf-8"))

    def let(self, **variables: str | float | datetime | None) -> None:
        """Give names a value, for `getvariable('name')`."""
        for name, value in variables.items():
            self.sql.execute(f'SET VARIABLE "{name}" = ?', [value])

    def rows(self, query: str) -> list[dict[str, Any]]:
        """What a query says, a dictionary a row."""
        found = self.sql.sql(query)
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def _told(sql: "DuckDBPyConnection") -> str:
    """By when it was noticed, then by its place, as one number.

    In eight bytes where both fit, as a year's do: sorting by sixteen takes a quarter
    longer.
    """
    edges = sql.sql(
        "SELECT epoch_ms(min(noticed_at)), epoch_ms(max(noticed_at)),"
        " min(place), max(place) FROM archive"
    ).fetchall()[0]
    begin, end, first, last = (edge or 0 for edge in edges)
    places = last - first + 1
    kind = "BIGINT" if (end - begin + 1) * places < _MOST else "HUGEINT"
    since = f"(epoch_ms(noticed_at) - {begin})::{kind}"
    return f"{since} * {places} + (place - {first})"


def _read(files: Sequence[Path]) -> str:
    if not files:
        typed = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in COLUMNS.items())
        return f"SELECT {typed} LIMIT 0"
    names = ", ".join("'{}'".format(str(path).replace("'", "''")) for path in files)
    return f"FROM read_parquet([{names}], union_by_name = true)"
