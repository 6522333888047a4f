"""What a webhook costs at the door, ratio first, and how long it waits there."""

from collections.abc import Sequence

from bench.door.measure import BARE, OURS, Door
from bench.markdown import reached, spread, table, times

RATIO, P99_S = 0.5, 0.05
_HEADS = ("to the bare handler", "target", "ours, webhooks/CPU-s", "bare")
_LOADS = ("load", "median", "p99", "target", "not 200", "clocks wrong")


def door_table(doors: Sequence[Door]) -> str:
    """The ratio, pair by pair; below it the loads by the clock."""
    ours = [d for d in doors if d.side == OURS and d.what == doors[0].what]
    bare = [d for d in doors if d.side == BARE]
    ratio = spread(a.a_core / b.a_core for a, b in zip(ours, bare, strict=True))
    row = (
        f"**{times(ratio)}**",
        f"at least {RATIO}x: {reached(ratio.median, RATIO)}",
        *(f"{spread(d.a_core for d in side).median:,.0f}" for side in (ours, bare)),
    )
    rows = [_row(d) for d in doors if d.what != doors[0].what]
    return f"{table(_HEADS, [row])}\n\n{table(_LOADS, rows)}"


def _row(door: Door) -> tuple[str, ...]:
    is_burst = door.wrong is not None
    target = f"p99 under {P99_S * 1000:.0f} ms: "
    target += "reached" if door.p99 < P99_S else "not reached"
    return (
        door.what,
        f"{door.median * 1000:.1f} ms",
        f"{door.p99 * 1000:.1f} ms",
        "none fails, no clock wrong" if is_burst else target,
        f"{door.failed:,}",
        f"{door.wrong:,}" if is_burst else "",
    )
