"""What the parts of the bench gave, as tables and charts of a Markdown page."""

from collections.abc import Callable, Sequence

from bench.growth import Growth
from bench.live import Delay, Live
from bench.loss import Loss
from bench.markdown import table
from bench.recovery import Restart, bytes_each, rate
from bench.rules import Timing

_RESTART_HEADS = (
    *("worker", "changelog records", "conversations", "start to ready"),
    *("records/s", "bytes a conversation"),
)
_LOSS_HEADS = ("worker", "when", "facts lost", "twice", "never true", "")
_LIVE_HEADS = (
    *("traffic", "events/s", "CPU of a core", "breaches", "not told"),
    *("detection p99 above lateness", "at most", "reply p99", "at most"),
)
_GROWTH_HEADS = (*("conversations", "workers", "events/CPU-s", "events/s", "a scrape"),)


def restart_table(restarts: Sequence[Restart]) -> str:
    """How long until a restarted worker is ready."""
    empty = {run.side: run for run in restarts if not run.records}
    return table(
        _RESTART_HEADS,
        [
            (
                run.side,
                f"{run.records:,}",
                f"{run.conversations:,}",
                f"{run.seconds:.1f} s",
                f"{rate(run, empty[run.side]):,.0f}",
                f"{bytes_each(run, empty[run.side]):,.0f}",
            )
            for run in restarts
            if run.records
        ],
    )


def loss_table(losses: Sequence[Loss]) -> str:
    return table(
        _LOSS_HEADS,
        [
            (
                loss.side,
                loss.event.value,
                f"{loss.missing:,} of {loss.facts:,}",
                f"{loss.repeated:,}",
                f"{loss.unexpected:,}",
                "" if loss.is_done else "did not come to its end",
            )
            for loss in losses
        ],
    )


def live_table(runs: Sequence[Live]) -> str:
    """Nothing when not measured."""
    return table(
        _LIVE_HEADS,
        [
            (
                run.what,
                f"{run.rate:,.0f}",
                f"{run.load:.0%}",
                f"{run.breaches:,}",
                f"{run.missing:,}",
                *_delay(run.detection),
                *_delay(run.reply),
            )
            for run in runs
        ],
    )


_WHOLE = 100


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= _WHOLE else f"{value:.3g}"


def timing_table(timings: Sequence[Timing]) -> str:
    return table(
        ("what", "asked", "measured", ""),
        [
            (
                timing.what,
                "" if timing.asked is None else f"{timing.asked:,.9g} {timing.unit}",
                f"{_figure(timing.got)} {timing.unit}",
                "" if timing.holds else "**no**",
            )
            for timing in timings
        ],
    )


def growth_table(runs: Sequence[Growth]) -> str:
    return table(
        _GROWTH_HEADS,
        [
            (
                f"{run.conversations:,}",
                str(run.workers),
                f"{run.events / run.cpu_seconds:,.0f}",
                f"{run.events / run.wall_seconds:,.0f}",
                f"{run.scrape_seconds * 1000:,.0f} ms",
            )
            for run in runs
        ],
    )


def growth_chart(
    title: str,
    unit: str,
    runs: Sequence[Growth],
    names: Callable[[Growth], str],
    value: Callable[[Growth], float],
) -> str:
    """A line over the runs, drawn by whoever shows Mermaid; level is linear growth."""
    labels = ", ".join(f'"{names(run)}"' for run in runs)
    values = [value(run) for run in runs]
    return "\n".join(
        [
            "```mermaid",
            "xychart-beta",
            f'    title "{title}"',
            f"    x-axis [{labels}]",
            f'    y-axis "{unit}" 0 --> {max(values) * 1.5:.6g}',
            f"    line [{', '.join(f'{each:.6g}' for each in values)}]",
            "```",
        ]
    )


def _delay(delay: Delay) -> tuple[str, str]:
    return f"{delay.p99:.2f} s", f"{delay.most:.2f} s"
