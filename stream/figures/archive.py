"""The archive: a folder with one Parquet file for each day on which something happened.

    2026-11-26.parquet   2026-11-27.parquet   .spool/

A fact is in the file of its `at` (UTC), which is a part of what `fact_id` names: so
nothing is there twice, however often it is read, and whoever was interrupted begins
again. A day's file is written beside the old one and then takes its place.
"""

import fcntl
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from msgspec.structs import replace

from stream.figures.columns import COLUMNS
from stream.figures.database import NotInstalledError, database
from stream.records import encode_fact
from stream.sla.facts import Fact
from stream.sla.instants import rfc3339

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MOST_HELD = 20_000
"""Lines in memory, before they go into the spool."""

_SPOOLED = """
SELECT * REPLACE (coalesce(shadow, false) AS shadow)
FROM read_json(getvariable('spool'), format='newline_delimited', columns={columns})
"""
_KEPT = "SELECT * FROM read_parquet(getvariable('kept'))"
_EACH_ONCE = """
FROM ({all})
QUALIFY row_number() OVER (PARTITION BY fact_id ORDER BY noticed_at, place) = 1
ORDER BY noticed_at, place
"""


class ArchiveError(Exception):
    """The text says what is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Day:
    """What became of one file; `new` are the facts that were not in it before."""

    day: str
    facts: int
    new: int


class Archive:
    """`with Archive(folder) as archive`: `add` every fact, then go through `write`.

    `monthly`: a file a month, for who reads all of it at once: 30 files take longer
    than one. Raises `ArchiveError` where DuckDB is missing or another run has the
    folder.
    """

    def __init__(self, folder: Path, *, monthly: bool = False) -> None:
        self._folder = folder
        self._spool = folder / ".spool"
        self._lines: dict[str, list[bytes]] = defaultdict(list)
        self._held = 0
        self._name = len("2026-11" if monthly else "2026-11-26")
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._sql = self._stack.enter_context(database())
        except NotInstalledError as error:
            raise ArchiveError(str(error)) from error
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = self._stack.enter_context((self._folder / ".lock").open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._stack.close()
            raise ArchiveError(f"another archive writes {self._folder}") from error
        shutil.rmtree(self._spool, ignore_errors=True)  # of who was interrupted
        self._spool.mkdir()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._spool, ignore_errors=True)
        self._stack.close()

    def add(self, fact: Fact, place: int) -> None:
        """`place`: its offset, or line: later facts of a conversation are higher."""
        line = encode_fact(replace(fact, contact=None, link=None))
        self._lines[rfc3339(fact.at)[: self._name]].append(
            b'{"place":%d,' % place + line[1:]
        )
        self._held += 1
        if self._held >= _MOST_HELD:
            self._spill()

    def write(self) -> Iterator[Day]:
        """Put what was added into the files of its days, one after the other."""
        self._spill()
        for path in sorted(self._spool.glob("*.jsonl")):
            yield self._write(path)

    def _spill(self) -> None:
        for day, lines in self._lines.items():
            with (self._spool / f"{day}.jsonl").open("ab") as out:
                out.write(b"\n".join([*lines, b""]))
        self._lines.clear()
        self._held = 0

    def _write(self, spool: Path) -> Day:
        day, sql = spool.stem, self._sql
        kept = self._folder / f"{day}.parquet"
        sql.execute("SET VARIABLE spool = ?", [str(spool)])
        sql.execute("SET VARIABLE kept = ?", [str(kept)])
        before = _count(sql, _KEPT) if kept.exists() else 0
        found = _SPOOLED.format(columns=COLUMNS)
        if before:
            found = f"{_KEPT} UNION ALL BY NAME {found}"
        facts = sql.sql(_EACH_ONCE.format(all=found))
        part = self._spool / f"{day}.parquet"
        facts.write_parquet(str(part), compression="zstd")
        sql.execute("SET VARIABLE kept = ?", [str(part)])
        count = _count(sql, _KEPT)
        if count > before:
            _put(part, kept)
        return Day(day, count, count - before)


def _count(sql: "DuckDBPyConnection", query: str) -> int:
    return int(sql.sql(query).count("*").fetchall()[0][0])


def _put(part: Path, kept: Path) -> None:
    """`part` takes the place of `kept`, and stays there when the power fails."""
    for path in (part, part.parent):
        _sync(path)
    part.replace(kept)
    _sync(kept.parent)


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    with suppress(OSError):
        os.fsync(number)
    os.close(number)
