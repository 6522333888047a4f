"""The events under one config, or under two at once.

The same engine replays the same arrivals; nothing is sent and nothing written
(semantics 5.5).
"""

import gc
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from stream.config import Config
from stream.replay.replay import BadLineError, Replay
from stream.sla.cycles import Cycle, Cycles, Key


@dataclass(frozen=True, slots=True)
class Run:
    """What came of the events under one config."""

    cycles: dict[Key, Cycle]
    events: int
    span: tuple[int, int]
    """The first and the last arrival, in milliseconds."""
    faults: tuple[str, ...]
    """Lines that are no events, and why."""


def run_events(config: Config, lines: Iterable[bytes]) -> Run:
    """Replay `lines` to the last arrival."""
    replay, cycles = Replay(config.rules()), Cycles()
    faults: list[str] = []
    with _no_collections():
        for fact in replay.lines(lines):
            if isinstance(fact, BadLineError):
                faults.append(str(fact))
            else:
                cycles.add((fact,))
        cycles.add(replay.run_until(replay.now))
    span = (replay.began, replay.now)
    return Run(cycles.by_key, replay.events, span, tuple(faults))


@contextmanager
def _no_collections() -> Iterator[None]:
    """Structs make no cycles, and to look for them in millions takes time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def run_both(
    then: Config, now: Config, events: Path, lines: Iterable[bytes]
) -> tuple[Run, Run]:
    """Both runs, each in a process; `lines` are those of `events`, for progress."""
    # Not forked: the parent may have threads (a progress bar, a Kafka client).
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        tried = other.submit(_run_file, now, events)
        return run_events(then, lines), tried.result()


def _run_file(config: Config, events: Path) -> Run:
    with events.open("rb") as lines:
        return run_events(config, lines)
