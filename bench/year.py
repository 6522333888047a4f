"""A year of a large company: its facts kept by day, and the report over all of them.

10,000 sessions a day, 3.65 million in all, drawn by DuckDB: playing them through the
rules would take hours, and is not what is measured.
"""

import os
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import duckdb
import msgspec

from bench.rules import Timing
from dev.places import CONFIG

DAYS, SESSIONS = 365, 10_000
FIRST = date(2026, 1, 1)

_DRAWN = Path(__file__).with_suffix(".sql")
_LOT = """
CREATE MACRO lot(what, number) AS
  (hash(format('{} {} {}', what, number, getvariable('day'))) % 1000003)::BIGINT
"""
_KEPT = "COPY ({query}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)"


def year(days: int = DAYS, sessions: int = SESSIONS) -> list[Timing]:
    """The last day archived by the command, then a report over all `days`."""
    with TemporaryDirectory(prefix="replyclock-year-") as folder:
        place = Path(folder)
        facts = place / "facts"
        facts.mkdir()
        _draw(facts, days, sessions)
        last = facts / f"{FIRST + timedelta(days=days - 1)}.parquet"
        told = place / "told.jsonl"
        _write(last, told)
        last.unlink()
        archive = _run("facts", "archive", str(facts), str(told))
        end = str(FIRST + timedelta(days=days))
        asked = ("--from", str(FIRST), "--to", end, "--out", str(place / "report"))
        report = _run("report", str(facts), "--config", str(CONFIG), *asked)
    many = f"{days * sessions:,} sessions of {days} days"
    return [
        Timing(
            what=f"{sessions:,} sessions of a day into the archive",
            unit="s",
            got=archive.seconds,
            asked=None,
        ),
        Timing(what=f"{many}: the report", unit="s", got=report.seconds, asked=60),
        Timing(
            what=f"{many}: the report's memory",
            unit="MB",
            got=report.megabytes,
            asked=1000,
        ),
    ]


class _Ended(NamedTuple):
    """What a command took."""

    seconds: float
    megabytes: float


def _draw(facts: Path, days: int, sessions: int) -> None:
    query = _DRAWN.read_text("utf-8")
    with duckdb.connect() as sql:
        sql.execute("SET TimeZone = 'UTC'")
        sql.execute(_LOT)
        sql.execute("SET VARIABLE sessions = ?", [sessions])
        for day in range(days):
            sql.execute("SET VARIABLE day = ?", [day])
            file = facts / f"{FIRST + timedelta(days=day)}.parquet"
            sql.execute(_KEPT.format(query=query, file=file))


def _write(kept: Path, told: Path) -> None:
    """The facts of a day as Kafka has them, a line each."""
    with duckdb.connect() as sql, told.open("wb") as lines:
        sql.execute("SET TimeZone = 'UTC'")
        found = sql.sql(f"SELECT * EXCLUDE (place) FROM '{kept}'")  # noqa: S608  ours
        for row in found.fetchall():
            fact = _said(dict(zip(found.columns, row, strict=True)))
            lines.write(msgspec.json.encode({"v": 1, **fact}) + b"\n")


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    """Without what is null: a fact leaves it out."""
    return {
        name: _said(value) if isinstance(value, dict) else value
        for name, value in fields.items()
        if value is not None
    }


def _run(*words: str) -> _Ended:
    """Raises `CalledProcessError` when the command fails."""
    command = [sys.executable, "-m", "stream.cli", *words]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return _Ended(time.perf_counter() - began, used.ru_maxrss * 1024 / 1e6)
