"""Runs -> ratios: a table, a JSON file, and `docs/performance.md`."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median

import msgspec
from msgspec import Struct

from bench.machine import Machine
from bench.measure import Run
from bench.recovery import Restart, bytes_each, rate
from bench.sides import OURS, PEERS, QUIX, Side
from dev.places import REPOSITORY

RESULTS = REPOSITORY / "bench" / "results"
PAGE = REPOSITORY / "docs" / "performance.md"


_HEADS = (
    *("ours to", "per CPU-second", "target", "by the clock"),
    *("ours, events/CPU-s", "theirs", "ours, events/s", "theirs"),
)

_RESTART_HEADS = (
    *("worker", "changelog records", "conversations", "start to ready"),
    *("records/s", "bytes a conversation"),
)

_BESIDE = {
    False: "a stock Faust program",
    True: "programs of stock Faust and Quix Streams",
}

_QUIX = """\
- **Quix** is `bench/quix_streams.py`: a stateful function and a topic of facts, as Quix
  Streams' documentation shows them. Kafka's part is librdkafka, in C, and its CPU time
  counts; state is in RocksDB, the only one it has, and each commit writes a
  conversation once. What RocksDB does after the last commit is not counted. It has no
  timers, metrics or dead letters to pay for.
"""


class Spread(Struct, frozen=True):
    median: float
    least: float
    most: float


class Peer(Struct, frozen=True, kw_only=True):
    """Another side beside ours. Ratios are ours to its rate, pair by pair."""

    side: str
    target: float
    ratio_cpu: Spread
    ratio_wall: Spread
    per_cpu_second: Spread
    per_second: Spread

    @property
    def is_reached(self) -> bool:
        """Whether the median, before it is rounded, is the target or more."""
        return self.ratio_cpu.median >= self.target


class Comparison(Struct, frozen=True, kw_only=True):
    """A workload's pairs: a run of ours and one of each peer."""

    workload: str
    title: str
    events: int
    conversations: int
    facts: int
    pairs: int
    per_cpu_second: Spread
    per_second: Spread
    peers: tuple[Peer, ...]


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
    peers = [(side, [run for run in own if run.side == side.name]) for side in PEERS]
    return Comparison(
        workload=workload,
        title=title,
        events=ours[0].events,
        conversations=conversations,
        facts=ours[0].facts,
        pairs=len(ours),
        per_cpu_second=_spread(map(_per_cpu_second, ours)),
        per_second=_spread(map(_per_second, ours)),
        peers=tuple(_peer(side, ours, theirs) for side, theirs in peers if theirs),
    )


def tables(comparisons: Sequence[Comparison]) -> str:
    """One for each workload; ratios first: they hold across machines, rates do not."""
    return "\n\n".join(map(_table, comparisons))


def _table(found: Comparison) -> str:
    title = f"{found.title[:1].upper()}{found.title[1:]}"
    lines = [
        f"{title}: {found.events:,} events, {found.conversations:,} conversations:",
        "",
        _row(_HEADS),
        _row(["---"] * len(_HEADS)),
    ]
    for peer in found.peers:
        reached = "reached" if peer.is_reached else "not reached"
        rates = (
            *(found.per_cpu_second, peer.per_cpu_second),
            *(found.per_second, peer.per_second),
        )
        cells = (
            peer.side,
            f"**{_times(peer.ratio_cpu)}**",
            f"at least {peer.target:g}x: {reached}",
            _times(peer.ratio_wall),
            *(f"{rate.median:,.0f}" for rate in rates),
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
    first = report.comparisons[0]
    # A page of results from before, or of a bench without Quix, does not speak of it.
    quix = any(peer.side == QUIX.name for peer in first.peers)
    versions = f", quixstreams {m.quixstreams}" if quix else ""
    return f"""\
# Performance

Written by `make bench` ({m.date[:10]}); do not edit. The numbers are in
`bench/results/`.

The whole worker on real Kafka, working off a backlog, beside
{_BESIDE[quix]} with the same rules, in the same run.

{tables(report.comparisons)}

Median of {first.pairs} pairs of runs, ours and each other in turn; least to most in
brackets. "per CPU-second" compares events for each second of CPU time, of all threads
and the kernel, until all is committed, and has a target; "by the clock" compares events
a second until the last fact or state is in Kafka. Ratios travel between machines, rates
do not.

{restart_table(report.restarts)}\
{m.cpu}, {m.cores} cores shared by the broker and the worker; {m.system};
Python {m.python}, Kafka {m.kafka}, faust-streaming {m.faust}, aiokafka {m.aiokafka}\
{versions};
load before the start {m.load:.1f}; commit {m.commit or "unknown"}.

## What is compared

- **Ours** is `replyclock worker` as it runs in production: dead letters, deadlines,
  gauges of who waits, Prometheus counters.
- **Stock** is `bench/stock_faust.py`: an agent, a table and a topic of facts, as
  Faust's documentation shows them, with uvloop, linger, large batches and Cython
  switched on. It has no timers, metrics or dead letters to pay for.
{_QUIX if quix else ""}\
- All: the same events of a seeded play, four partitions, the same rules and codecs,
  `acks=all`, a commit every 0.5 s, state with a changelog.
- Each process is started, frozen, and continued when the backlog is in Kafka, so
  start-up and waiting count for nobody.
- No deadline passes meanwhile: the play's clocks are far ahead.
- After each run every fact is read back. Every side must have written exactly the
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


def _peer(side: Side, ours: Sequence[Run], theirs: Sequence[Run]) -> Peer:
    return Peer(
        side=side.name,
        target=side.target,
        ratio_cpu=_ratio(ours, theirs, _per_cpu_second),
        ratio_wall=_ratio(ours, theirs, _per_second),
        per_cpu_second=_spread(map(_per_cpu_second, theirs)),
        per_second=_spread(map(_per_second, theirs)),
    )


def _ratio(
    ours: Sequence[Run], theirs: Sequence[Run], rate: Callable[[Run], float]
) -> Spread:
    return _spread(rate(a) / rate(b) for a, b in zip(ours, theirs, strict=True))


def _spread(values: Iterable[float]) -> Spread:
    found = sorted(values)
    return Spread(median(found), found[0], found[-1])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _times(ratio: Spread) -> str:
    return f"{ratio.median:.1f}x ({ratio.least:.1f}..{ratio.most:.1f})"
