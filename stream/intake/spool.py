"""The spool: what waits on this machine's disk for Kafka, in order (ADR 18).

    append ──▶ one commit, one fsync, for all that wait ──▶ oldest ──▶ forget

An SQLite file in WAL mode: what was being written when the process died is rolled back
at the next start, and nobody else can have it open. One thread does all of its work.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
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
_ENDS = "SELECT (SELECT min(id) FROM waiting), (SELECT max(id) FROM waiting)"
_OLDEST = "SELECT id, spooled_at, record FROM waiting WHERE id > ? ORDER BY id"

Row = tuple[int, bytes]
"""A record and its id, which grows with each."""

Done = TypeVar("Done")


class SpoolError(Exception):
    """The disk does not do it now: full, read-only, gone; or the spool is another's."""


class Spool:
    """Records in a file of `folder`, in the order in which they came."""

    def __init__(
        self, folder: Path, most_bytes: int, set_aside: Callable[[], None]
    ) -> None:
        """For `opened`, which also opens it."""
        self.most_bytes = most_bytes
        """Of the file; SQLite's log beside it has a few megabytes more."""
        self.used_bytes = 0
        self.oldest_at: float | None = None
        """Unix seconds since when the first waits; None when nothing does."""
        self._path = folder / FILE
        self._told = set_aside
        self._thread = ThreadPoolExecutor(1, "spool")
        self._file: sqlite3.Connection | None = None
        # Ids without holes: `_forgotten` < those that wait <= `_last`.
        self._forgotten = 0
        self._last = 0
        self._next: list[bytes] = []
        self._commit: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    @classmethod
    @contextmanager
    def opened(
        cls, folder: Path, most_bytes: int, set_aside: Callable[[], None]
    ) -> "Iterator[Spool]":
        """Ours as long as the context lasts, which nobody who uses it outlives.

        `set_aside` is told of each record and file that is damaged. Raises
        `SpoolError` when `folder` is not there, or another process has the spool.
        """
        spool = cls(folder, most_bytes, set_aside)
        try:
            spool._thread.submit(spool._do, lambda _: None).result()
            yield spool
        finally:
            spool._thread.submit(spool._close).result()
            spool._thread.shutdown()

    @property
    def waiting(self) -> int:
        """How many records wait."""
        return self._last - self._forgotten

    async def append(self, record: bytes) -> None:
        """Return when it is on the disk. Raises `SpoolError`: then it is not."""
        self._next.append(record)
        if self._commit is None or len(self._next) == 1:
            self._commit = asyncio.create_task(self._commit_next())
        await asyncio.shield(self._commit)

    async def oldest(self, most_bytes: int) -> list[Row]:
        """The first that wait, so many bytes and at least one. Raises `SpoolError`."""
        return await self._in_thread(
            lambda: self._do(lambda file: self._read(file, most_bytes))
        )

    async def forget(self, through: int) -> None:
        """All up to this id are kept elsewhere, and do not come again.

        What the disk does not delete now it deletes with the next call; a process that
        dies in between finds it again.
        """
        try:
            await self._in_thread(lambda: self._delete(through))
        except SpoolError as error:
            _log.debug("the spool deletes nothing", error=str(error))

    async def set_aside(self, record: bytes, reason: str) -> None:
        """Keep what cannot be read apart from what waits. Raises `SpoolError`."""
        row = (time.time(), reason, record)
        await self._in_thread(
            lambda: self._do(
                lambda file: file.execute("INSERT INTO set_aside VALUES (?, ?, ?)", row)
            )
        )
        _log.error("a spooled record is set aside", reason=reason, file=str(self._path))
        self._told()

    async def _commit_next(self) -> None:
        async with self._turn:  # meanwhile more come, and are written together
            records, self._next = self._next, []
            await self._in_thread(lambda: self._write(records))

    async def _in_thread(self, call: Callable[[], Done]) -> Done:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    # -- What follows runs in the thread.

    def _write(self, records: list[bytes]) -> None:
        now = time.time()
        rows = [(self._last + n, now, record) for n, record in enumerate(records, 1)]
        self._do(
            lambda file: file.executemany("INSERT INTO waiting VALUES (?, ?, ?)", rows)
        )
        self._last += len(records)

    def _read(self, file: sqlite3.Connection, most_bytes: int) -> list[Row]:
        rows: list[Row] = []
        size = 0
        expected = self._forgotten
        # Closed in any case: a reader keeps SQLite's log from being emptied.
        with closing(file.execute(_OLDEST, (self._forgotten,))) as found:
            for number, _, record in found:
                expected += 1
                if number != expected or not isinstance(record, bytes):
                    raise sqlite3.DatabaseError("a record is missing")
                rows.append((number, record))
                size += len(record)
                if size >= most_bytes:
                    break
        return rows

    def _delete(self, through: int) -> None:
        self._forgotten = max(self._forgotten, through)
        self._do(
            lambda file: file.execute(
                "DELETE FROM waiting WHERE id <= ?", (self._forgotten,)
            )
        )

    def _do(self, work: Callable[[sqlite3.Connection], Done]) -> Done:
        """`work` and its commit, or nothing of it. Raises `SpoolError`."""
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
            self._file = self._open()
        with self._file:
            done = work(self._file)
        self._look(self._file)
        return done

    def _open(self) -> sqlite3.Connection:
        file = sqlite3.connect(
            self._path, timeout=_LOCKED_SECONDS, check_same_thread=False
        )
        try:
            file.executescript(_SET_UP)
            _check(file)
            most_pages = self.most_bytes // _number(file, "PRAGMA page_size")
            _number(file, f"PRAGMA max_page_count = {most_pages}")
            first, last = file.execute(_ENDS).fetchone()
        except BaseException:
            file.close()
            raise
        # Never an id twice: who read from a file set aside may still say `forget`.
        self._last = max(self._last, last or 0)
        self._forgotten = first - 1 if first else self._last
        return file

    def _look(self, file: sqlite3.Connection) -> None:
        pages = _number(file, "PRAGMA page_count")
        unused = _number(file, "PRAGMA freelist_count")
        self.used_bytes = (pages - unused) * _number(file, "PRAGMA page_size")
        first = file.execute(f"{_OLDEST} LIMIT 1", (self._forgotten,)).fetchone()
        self.oldest_at = first[1] if first else None

    def _set_file_aside(self, damage: sqlite3.DatabaseError) -> None:
        """Begin with another file. Raises `OSError`."""
        self._close()
        aside = self._path.with_name(f"{FILE}.damaged-{time.time_ns()}")
        self._path.rename(aside)
        log = self._path.with_name(f"{FILE}-wal")
        if log.exists():
            log.rename(aside.with_name(f"{aside.name}-wal"))
        _log.error(
            "the spool is damaged and set aside", file=str(aside), error=str(damage)
        )
        self._told()

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()


def _check(file: sqlite3.Connection) -> None:
    """A damaged page else hides records, and says nothing. A second or three a GiB."""
    (said,) = file.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise sqlite3.DatabaseError(said)


def _number(file: sqlite3.Connection, pragma: str) -> int:
    (number,) = file.execute(pragma).fetchone()
    return int(number)
