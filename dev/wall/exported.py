"""What our processes would have exported on the day of a situation, until it.

As OpenMetrics text with times, which `promtool tsdb create-blocks-from` reads. Gauges
stand as they are all day; counters grow evenly from midnight.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from dev.wall.series import Series, series_of
from dev.wall.situations import Situation

EVERY = 120
"""Seconds between the samples of the day: Prometheus looks back five minutes."""
_AT_LAST = 5
"""Seconds between those of the last two minutes, as Prometheus scrapes."""


def exported(situations: Iterable[Situation]) -> Iterator[str]:
    """The lines of one file; a metric's are together, as OpenMetrics wants them."""
    lines: dict[tuple[str, str], list[str]] = defaultdict(list)
    for situation in situations:
        for series in series_of(situation):
            lines[series.metric, series.kind] += _samples(series, situation.at)
    for (metric, kind), samples in lines.items():
        yield f"# TYPE {metric} {kind}"
        yield from samples
    yield "# EOF"


def _samples(series: Series, at: datetime) -> Iterator[str]:
    until = int(at.timestamp())
    since = int(at.replace(hour=0, minute=0, second=0).timestamp())
    name = f"{series.metric}{series.ending}{{{series.labels}}}"
    for instant in (
        *range(since, until - 120, EVERY),
        *range(until - 120, until + 1, _AT_LAST),
    ):
        grown = (instant - since) / (until - since) if series.grows else 1
        yield f"{name} {series.value * grown:.12g} {instant}"
