"""The spool's file: records in SQLite, on the disk when a call returns (ADR 18).

WAL mode: what was being written when the process died is rolled back at the next start.
Nobody else can have it open. What is damaged is set aside, and the rest goes on.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

import structlog

_log = structlog.get_logger(__name__)

FILE = "spool.db"
_LOCKED_SECONDS = 1.0
_SET_UP = """
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS waiting (
    id INTEGER PRIMARY KEY, spooled_at REAL NOT NULL, record BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS set_aside (
    at REAL NOT NULL, reason TEXT NOT NULL, record BLOB NOT NULL);
COMMIT;
"""
_INSERT = "INSERT INTO waiting VALUES (?, ?, ?)"
_ENDS = "SELECT (SELECT min(id) FROM waiting), (SELECT max(id) FROM waiting)"
_FORWARDS = "SELECT id, spooled_at, record FROM waiting WHERE id >= ? ORDER BY id"
_LARGEST_ID = 2**62

Row = tuple[int, bytes]
"""A record and its id, which is one more than that of the record before."""

Done = TypeVar("Done")


class SpoolError(Exception):
    """The disk does not do it now: full, read-only, gone; or the spool is another's."""


class SpoolFile:
    """For one thread at a time, which waits for the disk. All raise `SpoolError`."""

    def __init__(
        self, folder: Path, most_bytes: int, set_aside: Callable[[], None]
    ) -> None:
        """`set_aside` is told of each record and file that is damaged."""
        self.used_bytes = 0
        self.oldest_at: float | None = None
        self._most_bytes = most_bytes
        self._path = folder / FILE
        self._told = set_aside
        self._file: sqlite3.Connection | None = None
        # Ids without holes: `_forgotten` < those that wait <= `_last`.
        self._forgotten = 0
        self._last = 0

    @property
    def waiting(self) -> int:
        return self._last - self._forgotten

    def open(self) -> None:
        """Ours until it is closed."""
        self._do(lambda _: None)

    def close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def write(self, records: list[bytes]) -> None:
        """All of them, or none."""
        now = time.time()

        def insert(file: sqlite3.Connection) -> None:
            rows = enumerate(records, self._last + 1)
            file.executemany(
                _INSERT, [(number, now, record) for number, record in rows]
            )

        self._do(insert)
        self._last += len(records)

    def read(self, most_bytes: int) -> list[Row]:
        """The first that wait, so many bytes and at least one."""
        return self._do(lambda file: self._first(file, most_bytes))

    def delete(self, through: int) -> None:
        """They are not read again, even where the disk does not delete them now."""
        self._forgotten = max(self._forgotten, through)
        self._do(
            lambda file: file.execute("DELETE FROM waiting WHERE id <= ?", (through,))
        )

    def set_aside(self, record: bytes, reason: str) -> None:
        """Keep it apart from what waits."""
        row = (time.time(), reason, record)
        self._do(
            lambda file: file.execute("INSERT INTO set_aside VALUES (?, ?, ?)", row)
        )
        _log.error("a spooled record is set aside", reason=reason, file=str(self._path))
        self._told()

    def _first(self, file: sqlite3.Connection, most_bytes: int) -> list[Row]:
        rows: list[Row] = []
        size = 0
        # Closed in any case: a reader keeps SQLite's log from being emptied.
        first = self._forgotten + 1
        with closing(file.execute(_FORWARDS, (first,))) as found:
            for expected, (number, _, record) in enumerate(found, first):
                if number != expected or not isinstance(record, bytes):
                    raise sqlite3.DatabaseError("a record is missing")
                rows.append((number, record))
                size += len(record)
                if size >= most_bytes:
                    break
        return rows

    def _do(self, work: Callable[[sqlite3.Connection], Done]) -> Done:
        """`work` and its commit, or nothing of it."""
        try:
            try:
                return self._try(work)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError as damage:
                self._set_file_aside(damage)
                return self._try(work)
        except (sqlite3.Error, OSError) as error:
            raise SpoolError(str(error)) from error

    def _try(self, work: Callable[[sqlite3.Connection], Done]) -> Done:
        if self._file is None:
            self._file = self._opened()
        with self._file:
            done = work(self._file)
        self._look(self._file)
        return done

    def _opened(self) -> sqlite3.Connection:
        file = sqlite3.connect(
            self._path, timeout=_LOCKED_SECONDS, check_same_thread=False
        )
        try:
            file.executescript(_SET_UP)
            _check(file)
            most_pages = self._most_bytes // _number(file, "PRAGMA page_size")
            _number(file, f"PRAGMA max_page_count = {most_pages}")
            first, last = file.execute(_ENDS).fetchone()
        except BaseException:
            file.close()
            raise
        # Never an id twice: who read from a file set aside may still delete.
        self._last = max(self._last, last or 0)
        self._forgotten = first - 1 if first else self._last
        return file

    def _look(self, file: sqlite3.Connection) -> None:
        pages = _number(file, "PRAGMA page_count")
        unused = _number(file, "PRAGMA freelist_count")
        self.used_bytes = (pages - unused) * _number(file, "PRAGMA page_size")
        first = file.execute(f"{_FORWARDS} LIMIT 1", (self._forgotten + 1,)).fetchone()
        self.oldest_at = first[1] if first else None

    def _set_file_aside(self, damage: sqlite3.DatabaseError) -> None:
        """Go on with a new file, and what can be read of the old one."""
        self.close()
        aside = self._path.with_name(f"{FILE}.damaged-{time.time_ns()}")
        self._path.rename(aside)
        log = self._path.with_name(f"{FILE}-wal")
        if log.exists():
            log.rename(aside.with_name(f"{aside.name}-wal"))
        self._told()
        saved, first = 0, self._forgotten + 1
        try:
            self._file = self._opened()
            with self._file, closing(sqlite3.connect(aside)) as damaged:
                rows = enumerate(_readable(damaged, first), self._last + 1)
                saved = self._file.executemany(
                    _INSERT, ((number, *row) for number, row in rows)
                ).rowcount
            self._last += saved
        finally:
            _log.error(
                "the spool is damaged and set aside",
                file=str(aside),
                error=str(damage),
                saved=saved,
            )


def _readable(damaged: sqlite3.Connection, first: int) -> Iterator[tuple[float, bytes]]:
    """When it was written, and the record; what is damaged is left out."""
    while True:
        with suppress(sqlite3.DatabaseError):
            for number, at, record in damaged.execute(_FORWARDS, (first,)):
                first = number + 1
                if isinstance(record, bytes):
                    yield at, record
            return
        step = 1
        while not _is_found(damaged, first + step):
            step *= 2
            if first + step > _LARGEST_ID:
                return
        # Between the last that was not found and the first that was.
        not_found, found = first + step // 2, first + step
        while found - not_found > 1:
            middle = (not_found + found) // 2
            if _is_found(damaged, middle):
                found = middle
            else:
                not_found = middle
        first = found


def _is_found(damaged: sqlite3.Connection, number: int) -> bool:
    """Whether SQLite can say what comes at this id or after it."""
    try:
        damaged.execute(f"{_FORWARDS} LIMIT 1", (number,)).fetchone()
    except sqlite3.DatabaseError:
        return False
    return True


def _check(file: sqlite3.Connection) -> None:
    """A damaged page may hide records and say nothing. A second or three a GiB."""
    (said,) = file.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise sqlite3.DatabaseError(said)


def _number(file: sqlite3.Connection, pragma: str) -> int:
    (number,) = file.execute(pragma).fetchone()
    return int(number)
