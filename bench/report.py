"""What a bench measured: its numbers, kept as JSON."""

from pathlib import Path

import msgspec
from msgspec import Struct

from bench.comparison import Comparison
from bench.door.measure import Door
from bench.growth import Growth
from bench.live import Live
from bench.loss import Loss
from bench.machine import Machine
from bench.measure import Run
from bench.one_write.measure import OneWrite
from bench.recovery import Restart
from bench.rules import Timing
from dev.places import REPOSITORY

RESULTS = REPOSITORY / "bench" / "results"


class Report(Struct, frozen=True, kw_only=True):
    """A part that was not measured is empty; `apart` are those measured by themselves.

    Those have a machine, which is to say date, load and commit, of their own.
    """

    machine: Machine
    apart: dict[str, Machine] = {}
    comparisons: tuple[Comparison, ...]
    runs: tuple[Run, ...]
    rules: tuple[Timing, ...] = ()
    one_writes: tuple[OneWrite, ...] = ()
    restarts: tuple[Restart, ...] = ()
    lives: tuple[Live, ...] = ()
    growths: tuple[Growth, ...] = ()
    losses: tuple[Loss, ...] = ()
    doors: tuple[Door, ...] = ()
    waits: tuple[Timing, ...] = ()
    presses: tuple[Timing, ...] = ()
    breaches: tuple[Timing, ...] = ()
    storms: tuple[Timing, ...] = ()
    pending: tuple[Timing, ...] = ()
    years: tuple[Timing, ...] = ()


def write(report: Report, results: Path) -> Path:
    """Keep the numbers, named by the day; their place."""
    results.mkdir(parents=True, exist_ok=True)
    file = results / f"worker-{report.machine.date[:10]}.json"
    file.write_bytes(encoded(report))
    return file


def encoded(report: Report) -> bytes:
    return msgspec.json.format(msgspec.json.encode(report)) + b"\n"


def read(file: Path) -> Report:
    """Raises msgspec's `ValidationError` for the results of another version."""
    return msgspec.json.decode(file.read_bytes(), type=Report)
