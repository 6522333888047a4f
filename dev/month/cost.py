"""What a look at a dashboard costs: each of its queries, timed as Grafana sends it."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, Final

from dev.month.unrecorded import unrecorded
from grafana.answers import QueryFailedError, fetch
from grafana.queries import PanelQuery, panel_queries, shown_since

_PATIENCE: Final = 120
"""Seconds: Prometheus' own limit."""
_TIMES: Final = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of a panel's slowest query; None: Prometheus refused it."""

    panel: str
    recorded: float | None
    unrecorded: float | None


def costs(
    dashboard: Mapping[str, Any],
    now: datetime,
    prometheus: str,
    recorded: Mapping[str, str],
) -> Iterator[Cost]:
    """Of each panel of `dashboard`, whose `time` is the range to ask for."""
    panels: dict[str, list[PanelQuery]] = {}
    for query in panel_queries(dashboard, now):
        panels.setdefault(query.panel, []).append(query)
    since = shown_since(dashboard, now)
    for panel, queries in panels.items():
        as_is = [
            _seconds(query, query.expr, since, now, prometheus) for query in queries
        ]
        plain = [
            _seconds(query, other, since, now, prometheus)
            for query in queries
            if (other := unrecorded(query.expr, recorded)) != query.expr
        ]
        yield Cost(panel, _slowest(as_is), _slowest(plain or as_is))


def _slowest(seconds: list[float | None]) -> float | None:
    taken = [one for one in seconds if one is not None]
    return max(taken) if len(taken) == len(seconds) else None


def _seconds(
    query: PanelQuery, expr: str, since: datetime, now: datetime, prometheus: str
) -> float | None:
    asked: dict[str, object] = {"query": expr}
    if query.instant:
        asked |= {"time": now.timestamp()}
    else:
        start, end = (at.timestamp() // query.step * query.step for at in (since, now))
        asked |= {"start": start, "end": end, "step": query.step}
    took = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        try:
            fetch(
                prometheus,
                "query" if query.instant else "query_range",
                asked,
                timeout=_PATIENCE,
            )
        except QueryFailedError:
            return None
        took.append(time.perf_counter() - began)
    return median(took)
