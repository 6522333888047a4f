"""Our worker beside its peers on the same events: runs in pairs, and their ratios."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from bench.markdown import Spread, reached, spread, table, times
from bench.measure import Run
from bench.sides import OURS, PEERS, Side

_HEADS = (
    *("ours to", "per CPU-second", "target", "by the clock"),
    *("ours, events/CPU-s", "theirs", "ours, events/s", "theirs"),
)


class Peer(Struct, frozen=True, kw_only=True):
    """Another side beside ours. Ratios are ours to its rate, pair by pair."""

    side: str
    target: float
    ratio_cpu: Spread
    ratio_wall: Spread
    per_cpu_second: Spread
    per_second: Spread


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
        per_cpu_second=spread(map(_per_cpu_second, ours)),
        per_second=spread(map(_per_second, ours)),
        peers=tuple(_peer(side, ours, theirs) for side, theirs in peers if theirs),
    )


def tables(comparisons: Sequence[Comparison]) -> str:
    """One for each workload; ratios first: they hold across machines, rates do not."""
    return "\n\n".join(map(_table, comparisons))


def _table(found: Comparison) -> str:
    title = f"{found.title[:1].upper()}{found.title[1:]}"
    rows = [
        (
            peer.side,
            f"**{times(peer.ratio_cpu)}**",
            f"at least {peer.target:g}x: {reached(peer.ratio_cpu.median, peer.target)}",
            times(peer.ratio_wall),
            *(
                f"{rate.median:,.0f}"
                for rate in (
                    *(found.per_cpu_second, peer.per_cpu_second),
                    *(found.per_second, peer.per_second),
                )
            ),
        )
        for peer in found.peers
    ]
    head = f"{title}: {found.events:,} events, {found.conversations:,} conversations:"
    return f"{head}\n\n{table(_HEADS, rows)}"


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
        per_cpu_second=spread(map(_per_cpu_second, theirs)),
        per_second=spread(map(_per_second, theirs)),
    )


def _ratio(
    ours: Sequence[Run], theirs: Sequence[Run], rate: Callable[[Run], float]
) -> Spread:
    return spread(rate(a) / rate(b) for a, b in zip(ours, theirs, strict=True))
