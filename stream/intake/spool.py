"""The spool: what waits on this machine's disk for Kafka, in order (ADR 18).

    append ──▶ one commit, one fsync, for all that wait ──▶ oldest ──▶ forget

One thread waits for the disk, and the event loop never does.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import structlog

from stream.intake.spool_file import Row, SpoolError, SpoolFile

_log = structlog.get_logger(__name__)

Done = TypeVar("Done")


class Spool:
    """Records in a file of `folder`, in the order in which they came."""

    def __init__(self, file: SpoolFile, thread: ThreadPoolExecutor, most_bytes: int):
        """For `opened`."""
        self.most_bytes = most_bytes
        """Of the file; SQLite's log beside it has a few megabytes more."""
        self._file = file
        self._thread = thread
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
        file = SpoolFile(folder, most_bytes, set_aside)
        with ThreadPoolExecutor(1, "spool") as thread:
            thread.submit(file.open).result()
            try:
                yield cls(file, thread, most_bytes)
            finally:
                thread.submit(file.close).result()

    @property
    def waiting(self) -> int:
        """How many records wait."""
        return self._file.waiting

    @property
    def used_bytes(self) -> int:
        """Of the file."""
        return self._file.used_bytes

    @property
    def oldest_at(self) -> float | None:
        """Unix seconds since when the first waits; None when nothing does."""
        return self._file.oldest_at

    async def append(self, record: bytes) -> None:
        """Return when it is on the disk. Raises `SpoolError`: then it is not."""
        self._next.append(record)
        if self._commit is None or len(self._next) == 1:
            self._commit = asyncio.create_task(self._commit_next())
        await asyncio.shield(self._commit)

    async def oldest(self, most_bytes: int) -> list[Row]:
        """The first that wait, so many bytes and at least one. Raises `SpoolError`."""
        return await self._in_thread(lambda: self._file.read(most_bytes))

    async def forget(self, through: int) -> None:
        """All up to this id are kept elsewhere, and do not come again.

        What the disk does not delete now it deletes with the next call; a process that
        dies in between finds it again.
        """
        try:
            await self._in_thread(lambda: self._file.delete(through))
        except SpoolError as error:
            _log.debug("the spool deletes nothing", error=str(error))

    async def set_aside(self, record: bytes, reason: str) -> None:
        """Keep what cannot be read apart from what waits. Raises `SpoolError`."""
        await self._in_thread(lambda: self._file.set_aside(record, reason))

    async def _commit_next(self) -> None:
        async with self._turn:  # meanwhile more come, and are written together
            records, self._next = self._next, []
            await self._in_thread(lambda: self._file.write(records))

    async def _in_thread(self, call: Callable[[], Done]) -> Done:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)
