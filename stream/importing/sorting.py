"""Events in order of time, whatever order a history has them in.

An export goes conversation by conversation, and a replay needs them as they came. What
fits into `RUN` bytes is sorted in memory; a longer history is sorted in runs, each in a
file of its own without a name, which are merged at the end. At one instant the order is
that of the bytes: a shuffled file gives the same output. What is said twice, as where
the pages of an export overlap, is written once.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from heapq import merge
from itertools import groupby
from types import TracebackType
from typing import IO, Self

from stream.records import encode_event
from stream.sla.events import Event

RUN = 64 << 20
_KEY = 13
"""Digits of an instant in milliseconds, until the year 2286."""


class InOrder:
    """Takes events in any order; its files are gone when the context ends."""

    def __init__(self, run: int = RUN) -> None:
        self._run = run
        self._lines: list[bytes] = []
        self._bytes = 0
        self._runs: list[IO[bytes]] = []
        self._files = ExitStack()
        self.twice = 0
        """How many were left out of `lines`, since they were said before."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._files.close()

    def add(self, event: Event) -> None:
        line = b"%013d%b\n" % (event.arrived, encode_event(event))
        self._lines.append(line)
        self._bytes += len(line)
        if self._bytes >= self._run:
            self._put_down()

    def _put_down(self) -> None:
        file = tempfile.TemporaryFile(prefix="replyclock-")  # noqa: SIM115  the stack's
        run = self._files.enter_context(file)
        self._lines.sort()
        run.writelines(self._lines)
        run.seek(0)
        self._runs.append(run)
        self._lines, self._bytes = [], 0

    def lines(self) -> Iterator[bytes]:
        """All of them as JSON lines, once each, in order of arrival."""
        self._lines.sort()
        for line, same in groupby(merge(self._lines, *self._runs)):
            self.twice += sum(1 for _ in same) - 1
            yield line[_KEY:]
