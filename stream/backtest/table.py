"""What a backtest says on a terminal, and as JSON."""

from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from stream.backtest.run import Difference, Flip
from stream.config.durations import say_duration
from stream.sla.figures import Figures, Row, percentile
from stream.sla.instants import from_ms, rfc3339

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_COUNTS = ("met", "breached", "cancelled", "alerts")
_HOURS = 5


def table(difference: Difference) -> str:
    """A line a queue, channel and measure: then, now, and the difference."""
    head = ("queue", "channel", "measure", *_COUNTS, "service level")
    lines = [head, *[_line(difference, row) for row in difference.rows]]
    return "\n".join(_aligned(lines))


def _line(difference: Difference, row: Row) -> tuple[str, ...]:
    channel, queue, measure = row
    then = difference.then.get(row, Figures())
    now = difference.now.get(row, Figures())
    counts = [_change(getattr(then, name), getattr(now, name)) for name in _COUNTS]
    levels = f"{_percent(then)} -> {_percent(now)}"
    return queue, channel.value, measure.value, *counts, levels


def _change(then: int, now: int) -> str:
    return f"{then} -> {now} ({now - then:+})" if now != then else str(then)


def _percent(figures: Figures) -> str:
    level = figures.service_level
    return "-" if level is None else f"{level:.1%}"


def _aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()


def hours(difference: Difference) -> str:
    """The hours with the most breaches under the config that is tried."""
    worst = difference.hours_now.most_common(_HOURS)
    return "\n".join(
        f"{DAYS[day]} {hour:02}:00  {_change(difference.hours_then[day, hour], count)}"
        for (day, hour), count in worst
    )


def flips(difference: Difference, zone: str) -> Iterator[str]:
    """A line a cycle that ends otherwise; when it began, in the time of `zone`."""
    local = ZoneInfo(zone)
    for flip in difference.flips:
        conversation, measure, start, _ = flip.key
        then, now = (verdict or "none" for verdict in (flip.then, flip.now))
        began = from_ms(start).astimezone(local).isoformat(" ", "seconds")
        yield f"{conversation}  {measure}  {began}  {then} -> {now}"


def plain(difference: Difference) -> dict[str, Any]:
    """The same as JSON's types."""
    return {
        "rows": [
            {
                "channel": channel.value,
                "queue": queue,
                "measure": measure.value,
                "then": _figures(difference.then.get((channel, queue, measure))),
                "now": _figures(difference.now.get((channel, queue, measure))),
            }
            for channel, queue, measure in difference.rows
        ],
        "flips": [_flip(flip) for flip in difference.flips],
        "hours": [
            {
                "day": DAYS[day],
                "hour": hour,
                "breached_then": difference.hours_then[day, hour],
                "breached_now": difference.hours_now[day, hour],
            }
            for day, hour in sorted({*difference.hours_then, *difference.hours_now})
        ],
    }


def _figures(figures: Figures | None) -> dict[str, Any]:
    known = figures or Figures()
    return {
        **{name: getattr(known, name) for name in _COUNTS},
        "service_level": known.service_level,
        **{
            f"{kind}_p{share}_s": _seconds(percentile(waits, share / 100))
            for kind, waits in (("wall", known.wall), ("business", known.business))
            for share in (50, 90, 99)
        },
    }


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000


def _flip(flip: Flip) -> dict[str, Any]:
    conversation, measure, start, _ = flip.key
    return {
        "conversation_id": conversation,
        "measure": measure.value,
        "cycle": rfc3339(start),
        "then": flip.then,
        "now": flip.now,
    }


def chart(levels: Iterable[tuple[int, Figures]], width: int = 40) -> str:
    """The service level as a function of the target, a bar each."""
    lines = []
    for target, figures in levels:
        level = figures.service_level
        bar = "#" * round((level or 0) * width)
        said = f"{say_duration(target):>6}  {_percent(figures):>6}  {bar}"
        lines.append(said.rstrip())
    return "\n".join(lines)
