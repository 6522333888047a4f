"""Runs -> ratios: a table, a JSON file, and `docs/performance.md`."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median

import msgspec
from msgspec import Struct

from bench.machine import Machine
from bench.measure import Run
from bench.recovery import Restart, bytes_each, rate
from bench.sides import OURS, STOCK
from dev.places import REPOSITORY

RESULTS = REPOSITORY / "bench" / "results"
PAGE = REPOSITORY / "docs" / "performance.md"


_HEADS = (
    *("workload", "per CPU-second", "by the clock"),
    *("ours, events/CPU-s", "stock", "ours, events/s", "stock"),
)

_RESTART_HEADS = (
    *("worker", "changelog records", "conversations", "start to ready"),
    *("records/s", "bytes a conversation"),
)


class Spread(Struct, frozen=True):
    median: float
    least: float
    most: float


class Comparison(Struct, frozen=True, kw_only=True):
    """A workload's pairs. Ratios are ours to stock's rate, pair by pair."""

    workload: str
    title: str
    events: int
    conversations: int
    facts: int
    pairs: int
    ratio_cpu: Spread
    ratio_wall: Spread
    ours_per_cpu_second: Spread
    stock_per_cpu_second: Spread
    ours_per_second: Spread
    stock_per_second: Spread


class Report(Struct, frozen=True, kw_only=True):
    machine: Machine
    comparisons: tuple[Comparison, ...]
    runs: tuple[Run, ...]
    restarts: tuple[Restart, ...] = ()


def compare(
    runs: Sequence[Run], *, workload: str, title: str, conversations: int
) -> Comparison:
    """The runs of one workload, which came in pairs, in the order they ran."""
    own = [run for run in runs if run.workload == workload]
    ours = [run for run in own if run.side == OURS.name]
    stock = [run for run in own if run.side == STOCK.name]
    return Comparison(
        workload=workload,
        title=title,
        events=ours[0].events,
        conversations=conversations,
        facts=ours[0].facts,
        pairs=len(ours),
        ratio_cpu=_ratio(ours, stock, _per_cpu_second),
        ratio_wall=_ratio(ours, stock, _per_second),
        ours_per_cpu_second=_spread(map(_per_cpu_second, ours)),
        stock_per_cpu_second=_spread(map(_per_cpu_second, stock)),
        ours_per_second=_spread(map(_per_second, ours)),
        stock_per_second=_spread(map(_per_second, stock)),
    )


def table(comparisons: Sequence[Comparison]) -> str:
    """Ratios first: they hold across machines, rates do not."""
    lines = [
        _row(_HEADS),
        _row(["---"] * len(_HEADS)),
    ]
    for c in comparisons:
        cells = (
            f"{c.title}: {c.events:,} events, {c.conversations:,} conversations",
            f"**{_times(c.ratio_cpu)}**",
            _times(c.ratio_wall),
            *(
                f"{spread.median:,.0f}"
                for spread in (
                    c.ours_per_cpu_second,
                    c.stock_per_cpu_second,
                    c.ours_per_second,
                    c.stock_per_second,
                )
            ),
        )
        lines.append(_row(cells))
    return "\n".join(lines)


def restart_table(restarts: Sequence[Restart]) -> str:
    """How long until a restarted worker is ready; nothing when not measured."""
    if not restarts:
        return ""
    empty = {run.side: run for run in restarts if not run.records}
    lines = [_row(_RESTART_HEADS), _row(["---"] * len(_RESTART_HEADS))]
    for run in restarts:
        if run.records:
            cells = (
                run.side,
                f"{run.records:,}",
                f"{run.conversations:,}",
                f"{run.seconds:.1f} s",
                f"{rate(run, empty[run.side]):,.0f}",
                f"{bytes_each(run, empty[run.side]):,.0f}",
            )
            lines.append(_row(cells))
    return "\n".join(
        [
            "A restart with conversations that all wait. The rate leaves out what a",
            "start with an empty changelog takes; ours includes building deadlines and",
            "gauges, which stock does not have. Memory is the whole process, an empty",
            "one taken off:",
            "",
            *lines,
            "",
            "",
        ]
    )


def page(report: Report) -> str:
    """`docs/performance.md`, all of it."""
    m = report.machine
    pairs = report.comparisons[0].pairs
    return f"""\
# Performance

Written by `make bench` ({m.date[:10]}); do not edit. The numbers are in
`bench/results/`.

The whole worker on real Kafka, working off a backlog, beside a stock Faust program
with the same rules, in the same run:

{table(report.comparisons)}

Median of {pairs} pairs of runs, ours and stock in turn; least to most in brackets. "per
CPU-second" compares events for each second of CPU time, of all threads and the
kernel, until all is committed; "by the clock" compares events a second until the last
fact or state is in Kafka. Ratios travel between machines, rates do not.

{restart_table(report.restarts)}\
{m.cpu}, {m.cores} cores shared by the broker and the worker; {m.system};
Python {m.python}, Kafka {m.kafka}, faust-streaming {m.faust}, aiokafka {m.aiokafka};
load before the start {m.load:.1f}; commit {m.commit or "unknown"}.

## What is compared

- **Ours** is `replyclock worker` as it runs in production: dead letters, deadlines,
  gauges of who waits, Prometheus counters.
- **Stock** is `bench/stock_faust.py`: an agent, a table and a topic of facts, as
  Faust's documentation shows them, with uvloop, linger, large batches and Cython
  switched on. It has no timers, metrics or dead letters to pay for.
- Both: the same events of a seeded play, four partitions, the same rules and codecs,
  `acks=all`, a commit every 0.5 s, state in memory with a changelog.
- Each process is started, frozen, and continued when the backlog is in Kafka, so
  start-up and waiting count for nobody.
- No deadline passes meanwhile: the play's clocks are far ahead.
- After each run every fact is read back. Both sides must have written exactly the
  facts that the bare rules draw from the events, once each, or the bench fails.
"""


def write(report: Report, results: Path, page_file: Path) -> Path:
    """Keep the numbers, named by the day, and the page; the numbers' place."""
    results.mkdir(parents=True, exist_ok=True)
    file = results / f"worker-{report.machine.date[:10]}.json"
    file.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    page_file.parent.mkdir(parents=True, exist_ok=True)
    page_file.write_text(page(report), "utf-8")
    return file


def read(file: Path) -> Report:
    return msgspec.json.decode(file.read_bytes(), type=Report)


def _per_cpu_second(run: Run) -> float:
    return run.events / run.cpu_seconds


def _per_second(run: Run) -> float:
    return run.events / run.wall_seconds


def _ratio(
    ours: Sequence[Run], stock: Sequence[Run], rate: Callable[[Run], float]
) -> Spread:
    return _spread(rate(a) / rate(b) for a, b in zip(ours, stock, strict=True))


def _spread(values: Iterable[float]) -> Spread:
    found = sorted(values)
    return Spread(median(found), found[0], found[-1])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _times(ratio: Spread) -> str:
    return f"{ratio.median:.1f}x ({ratio.least:.1f}..{ratio.most:.1f})"
