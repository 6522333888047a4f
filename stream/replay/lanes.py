"""Lanes: one replay shared by processes, each with conversations of its own.

Every lane reads every line, for the time and the faults, and applies a part. Their
facts are merged by place, so that the bytes are those of a single run.
"""

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from heapq import merge
from itertools import chain
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from zlib import crc32

from stream.config import Config
from stream.records import encode_fact
from stream.replay.replay import BadLineError, Place, Replay

_AT_ONCE = 1000

Said = tuple[Place, bytes | str]
"""A fact as it is written, or what is wrong with a line."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Lane `number` (from 0) of `count`; `until` in ms, None: to the last arrival."""

    config: Config
    events: Path
    until: int | None
    number: int = 0
    count: int = 1

    def said(self) -> Iterator[Said]:
        """Facts and faults in order. Faults are those of the first lane."""
        run = Replay(self.config.rules(), self._owns)
        with self.events.open("rb") as lines:
            for each in run.lines(lines):
                if not isinstance(each, BadLineError):
                    yield run.place, encode_fact(each)
                elif self.number == 0:
                    yield run.place, str(each)
        end = run.now if self.until is None else self.until
        for fact in run.run_until(end):
            yield run.place, encode_fact(fact)

    def _owns(self, conversation: str) -> bool:
        return crc32(conversation.encode()) % self.count == self.number


def replayed(
    config: Config, events: Path, until: int | None, lanes: int
) -> Iterator[Said]:
    """What a replay says, in order, whatever the number of lanes."""
    if lanes == 1 or _has_joins(events):
        yield from Lane(config, events, until).said()
        return
    with ExitStack() as stack:
        streams = [
            stack.enter_context(_running(Lane(config, events, until, number, lanes)))
            for number in range(lanes)
        ]
        yield from merge(*streams)


def _has_joins(events: Path) -> bool:
    """Whether conversations move into one another, from lane to lane."""
    with events.open("rb") as lines:
        return any(b'"same_customer"' in line for line in lines)


@contextmanager
def _running(lane: Lane) -> Iterator[Iterator[Said]]:
    """The lane in a process; a full pipe makes it wait, so memory stays small."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(lane, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield chain.from_iterable(_parts(ours))
    finally:
        process.terminate()
        process.join()


def _parts(pipe: Connection) -> Iterator[list[Said]]:
    """Raises `EOFError` where the process died before it was done."""
    while part := pipe.recv():
        yield part


def _run(lane: Lane, pipe: Connection) -> None:
    gc.disable()  # structs make no cycles
    part: list[Said] = []
    for each in lane.said():
        part.append(each)
        if len(part) == _AT_ONCE:
            pipe.send(part)
            part = []
    if part:
        pipe.send(part)
    pipe.send([])
