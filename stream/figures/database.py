"""DuckDB for figures and archives: opened here alone, within limits."""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NOT_INSTALLED = 'DuckDB is not installed: pip install "replyclock[figures]"'
MEMORY = "600MB"
"""What DuckDB holds at most; the rest is in a file, and goes when it is closed."""


class NotInstalledError(Exception):
    """The text says what to install."""


@contextmanager
def database() -> Iterator["DuckDBPyConnection"]:
    """An empty one, in a file of its own that is gone afterwards.

    Raises `NotInstalledError`.
    """
    try:
        import duckdb  # noqa: PLC0415  an extra
    except ImportError as error:
        raise NotInstalledError(NOT_INSTALLED) from error
    with TemporaryDirectory(prefix="replyclock-") as folder:
        limits: dict[str, Any] = {
            "memory_limit": MEMORY,
            "temp_directory": f"{folder}/spilled",
        }
        # In a file tables are compressed and leave memory; in memory they do neither.
        with duckdb.connect(f"{folder}/figures.duckdb", config=limits) as sql:
            sql.execute("SET TimeZone = 'UTC'")
            yield sql
