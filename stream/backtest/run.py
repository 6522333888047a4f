"""Backtest: last week's traffic under today's rules and under others.

The same engine replays the same arrivals twice; nothing is sent and nothing written
(semantics 5.5).
"""

import gc
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from zoneinfo import ZoneInfo

from stream.config import Config
from stream.replay.replay import BadLineError, Replay
from stream.sla.cycles import Cycle, Cycles, Key
from stream.sla.facts import Measure, Verdict
from stream.sla.figures import Figures, Row, figures
from stream.sla.instants import from_ms


@dataclass(frozen=True, slots=True)
class Run:
    """What came of the events under one config."""

    cycles: dict[Key, Cycle]
    events: int
    faults: tuple[str, ...]
    """Lines that are no events, and why."""


@dataclass(frozen=True, slots=True)
class Flip:
    """A cycle that ends otherwise; None: there is none."""

    key: Key
    then: Verdict | None
    now: Verdict | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Then: under the config in force; now: under the one that is tried."""

    then: dict[Row, Figures]
    now: dict[Row, Figures]
    flips: tuple[Flip, ...]
    hours_then: Counter[tuple[int, int]]
    """Breaches by local weekday (Monday is 0) and hour of their deadline."""
    hours_now: Counter[tuple[int, int]]

    @property
    def rows(self) -> list[Row]:
        return sorted({*self.then, *self.now})


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
    return Run(cycles.by_key, replay.events, tuple(faults))


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


def compare(then: Run, now: Run, config: Config) -> Difference:
    """What changes; `config` says what is stale, and the time zone of the hours."""
    keys = [key for key in {**then.cycles, **now.cycles} if not key[3]]
    verdicts = (
        Flip(key, _verdict(then.cycles.get(key)), _verdict(now.cycles.get(key)))
        for key in keys
    )
    zone = ZoneInfo(config.timezone)
    return Difference(
        figures(then.cycles.items(), config.stale_after),
        figures(now.cycles.items(), config.stale_after),
        tuple(flip for flip in verdicts if flip.then is not flip.now),
        _hours(then.cycles.items(), zone),
        _hours(now.cycles.items(), zone),
    )


def _verdict(cycle: Cycle | None) -> Verdict | None:
    return None if cycle is None else cycle.verdict


def _hours(
    cycles: Iterable[tuple[Key, Cycle]], zone: ZoneInfo
) -> Counter[tuple[int, int]]:
    return Counter(
        (local.weekday(), local.hour) for local in _deadlines_broken(cycles, zone)
    )


def _deadlines_broken(
    cycles: Iterable[tuple[Key, Cycle]], zone: ZoneInfo
) -> Iterator[datetime]:
    for (_, _, _, shadow), cycle in cycles:
        broken = cycle.verdict is Verdict.BREACHED and cycle.deadline is not None
        if broken and not shadow:
            yield from_ms(cycle.deadline or 0).astimezone(zone)


def sweep(
    cycles: Iterable[tuple[Key, Cycle]], measure: Measure, targets: Iterable[int]
) -> dict[int, Figures]:
    """What each target (ms of open time) would have given, by how long waits lasted.

    Exact where the target alone changes: the wait is met if it was answered within it,
    breached if it lasted longer, cancelled if it ended otherwise before.
    """
    waits = [
        (cycle.lasted_ms, cycle.waited_business_ms is not None)
        for (_, known, _, shadow), cycle in cycles
        if known is measure and not shadow
    ]
    found = {}
    for target in targets:
        each = found[target] = Figures()
        for lasted, answered in waits:
            if lasted is None or lasted > target:
                each.breached += 1
            elif answered:
                each.met += 1
            else:
                each.cancelled += 1
    return found
