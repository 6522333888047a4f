"""A backtest for programs, in JSON's types."""

from collections.abc import Sequence
from typing import Any

from stream.backtest.difference import COUNTS, Difference, Flip, Sides
from stream.backtest.sweep import Sweep
from stream.backtest.table import DAYS
from stream.sla.figures import AnyRow, Figures, percentile
from stream.sla.instants import rfc3339


def plain(difference: Difference, sweeps: Sequence[Sweep]) -> dict[str, Any]:
    """What the terminal is told and more: reply times, every hour."""
    first, last = difference.span
    then, now = difference.queues.total
    said = {
        "events": difference.events,
        "first": rfc3339(first),
        "last": rfc3339(last),
        "rows": _rows(difference.queues),
        "total": {"then": _counts(then), "now": _counts(now)},
        "policies": _rows(difference.policies),
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
    return said | ({"sweeps": [_sweep(sweep) for sweep in sweeps]} if sweeps else {})


def _rows(sides: Sides[AnyRow]) -> list[dict[str, Any]]:
    rows = []
    for row in sides.rows:
        then, now = sides.of(row)
        rows.append({**row._asdict(), "then": _figures(then), "now": _figures(now)})
    return rows


def _counts(known: Figures) -> dict[str, Any]:
    return {
        **{name: getattr(known, name) for name in (*COUNTS, "over", "taken_back")},
        "service_level": known.service_level,
    }


def _figures(known: Figures) -> dict[str, Any]:
    return {
        **_counts(known),
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


def _sweep(sweep: Sweep) -> dict[str, Any]:
    return {
        "measure": sweep.measure,
        "of": sweep.part.kind,
        "name": sweep.part.name,
        "targets": [
            {
                "target_s": target // 1000,
                "met": figures.met,
                "breached": figures.breached,
                "cancelled": figures.cancelled,
                "service_level": figures.service_level,
            }
            for target, figures in sweep.levels.items()
        ],
    }
