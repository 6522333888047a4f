"""What a backtest says on a terminal."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from stream.backtest.difference import COUNTS, Difference
from stream.backtest.legend import legend
from stream.backtest.sweep import Sweep
from stream.config.durations import say_duration
from stream.sla.figures import Figures
from stream.sla.instants import from_ms

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_HOURS = 5
_BAR = 40


Line = tuple[tuple[str, ...], Figures, Figures]
"""Whose figures, then, now."""


def queue_lines(difference: Difference) -> list[Line]:
    """By queue, channel and measure, and the total."""
    queues = difference.queues
    lines: list[Line] = [
        ((row.queue, row.channel, row.measure), *queues.of(row)) for row in queues.rows
    ]
    return [*lines, (("total", "", ""), *queues.total)]


def policy_lines(difference: Difference) -> list[Line]:
    """By policy, whether it is a shadow, and measure."""
    policies = difference.policies
    return [
        ((row.policy, "shadow" if row.shadow else "", row.measure), *policies.of(row))
        for row in policies.rows
    ]


def tables(difference: Difference) -> str:
    """By queue, by policy, and what the words mean."""
    parts = (
        _table(("queue", "channel", "measure"), queue_lines(difference)),
        _table(("policy", "", "measure"), policy_lines(difference)),
        [(f"{word}:" if word else "", said) for word, said in legend(difference)],
    )
    return "\n\n".join("\n".join(_aligned(part)) for part in parts)


def _table(names: tuple[str, ...], lines: list[Line]) -> list[tuple[str, ...]]:
    rows = [(*labels, *_cells(then, now)) for labels, then, now in lines]
    return [(*names, *COUNTS, "service level"), *rows]


def _cells(then: Figures, now: Figures) -> tuple[str, ...]:
    counts = [_change(getattr(then, name), getattr(now, name)) for name in COUNTS]
    before, after = percent(then), percent(now)
    return *counts, before if before == after else f"{before} -> {after}"


def _change(then: int, now: int) -> str:
    return f"{then} -> {now} ({now - then:+})" if now != then else str(then)


def percent(figures: Figures) -> str:
    """The service level; `-` where nothing was decided."""
    level = figures.service_level
    return "-" if level is None else f"{level:.1%}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()


def hours(difference: Difference) -> str:
    """The hours with the most breaches, under whichever config."""
    then, now = difference.hours_then, difference.hours_now
    worst = sorted({*then, *now}, key=lambda at: (-max(then[at], now[at]), at))
    return "\n".join(
        f"{DAYS[day]} {hour:02}:00  {_change(then[day, hour], now[day, hour])}"
        for day, hour in worst[:_HOURS]
    )


def flips(difference: Difference, zone: str) -> Iterator[str]:
    """A line a cycle that ends otherwise; when it began, in the time of `zone`."""
    local = ZoneInfo(zone)
    for flip in difference.flips:
        conversation, measure, start, _ = flip.key
        then, now = (verdict or "none" for verdict in (flip.then, flip.now))
        began = from_ms(start).astimezone(local).isoformat(" ", "seconds")
        yield f"{conversation}  {measure}  {began}  {then} -> {now}"


def chart(sweep: Sweep) -> str:
    """The service level as a function of the target, a bar each."""
    lines = [f"{sweep.measure} of {sweep.part}: target, service level, met, breached"]
    for target, figures in sweep.levels.items():
        bar = "#" * round((figures.service_level or 0) * _BAR)
        counts = f"{figures.met:>6}  {figures.breached:>6}"
        said = f"{say_duration(target):>6}  {percent(figures):>6}  {counts}  {bar}"
        lines.append(said.rstrip())
    return "\n".join(lines)
