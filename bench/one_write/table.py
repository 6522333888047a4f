"""What one state write an event costs, ours beside each peer, ratio first."""

from collections.abc import Sequence

from bench.markdown import reached, spread, table, times
from bench.one_write.measure import OneWrite
from bench.one_write.sides import CEILING, OURS, STREAMS

_HEADS = (
    *("peer", "per CPU-second", "target"),
    *("ours, events/CPU-s", "peer", "ours, events/s", "peer"),
)
_TARGETS = {
    STREAMS: ("Kafka Streams, one thread", 1.5),
    CEILING: ("aiokafka alone, the ceiling", 0.6),
}


def one_write_table(runs: Sequence[OneWrite]) -> str:
    """A row for each peer; the ratios are pair by pair."""
    ours = [run for run in runs if run.program == OURS]
    rows = []
    for name, (title, target) in _TARGETS.items():
        peers = [run for run in runs if run.program == name]
        pairs = list(zip(ours, peers, strict=True))
        ratio = spread(_per_cpu_second(a) / _per_cpu_second(b) for a, b in pairs)
        rows.append(
            (
                title,
                f"**{times(ratio)}**",
                f"at least {target}x: {reached(ratio.median, target)}",
                *(
                    f"{spread(map(_per_cpu_second, s)).median:,.0f}"
                    for s in (ours, peers)
                ),
                *(f"{spread(map(_per_second, s)).median:,.0f}" for s in (ours, peers)),
            )
        )
    return table(_HEADS, rows)


def _per_cpu_second(run: OneWrite) -> float:
    return run.events / run.cpu_seconds


def _per_second(run: OneWrite) -> float:
    return run.events / run.wall_seconds
