"""What a look at a dashboard costs: each of its queries, sent as Grafana sends it.

Seconds of Prometheus' CPU, not of a clock: they are the same while others are busy on
the machine, and at least what somebody waits on an idle one.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.request import urlopen

from dev.month.unrecorded import unrecorded
from grafana.answers import QueryFailedError, fetch
from grafana.queries import PanelQuery, panel_queries, shown_since

_PATIENCE: Final = 120
"""Seconds: Prometheus' own limit."""
_TIMES: Final = 3
"""The cheapest of these counts: what is dearer, Prometheus did beside it."""


def dearest(
    dashboard: Mapping[str, Any],
    now: datetime,
    days: int,
    prometheus: str,
    instead_of: Mapping[str, str] | None = None,
) -> float | None:
    """CPU seconds of the dearest query of `dashboard` over `days` until `now`.

    None when Prometheus refuses one. `instead_of`: recordings, name -> expression, to
    do without.
    """
    shown = {**dashboard, "time": {"from": f"now-{days}d", "to": "now"}}
    since = shown_since(shown, now)
    try:
        return max(
            _seconds(
                query, unrecorded(query.expr, instead_of or {}), since, now, prometheus
            )
            for query in panel_queries(shown, now)
        )
    except QueryFailedError:
        return None


def _seconds(
    query: PanelQuery, expr: str, since: datetime, now: datetime, prometheus: str
) -> float:
    asked: dict[str, object] = {"query": expr}
    if query.instant:
        asked |= {"time": now.timestamp()}
    else:
        # Grafana's points are whole steps.
        start, end = (at.timestamp() // query.step * query.step for at in (since, now))
        asked |= {"start": start, "end": end, "step": query.step}
    what = "query" if query.instant else "query_range"
    took = []
    for _ in range(_TIMES):
        before = _spent(prometheus)
        fetch(prometheus, what, asked, timeout=_PATIENCE)
        took.append(_spent(prometheus) - before)
    return min(took)


def _spent(prometheus: str) -> float:
    """CPU seconds since it started, in steps of a hundredth."""
    address = f"{prometheus}/metrics"
    with urlopen(address, timeout=_PATIENCE) as answer:  # noqa: S310 - our own
        found = re.search(
            rb"^process_cpu_seconds_total (\S+)$", answer.read(), re.MULTILINE
        )
    assert found
    return float(found[1])
