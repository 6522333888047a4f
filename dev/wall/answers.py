"""What Prometheus answers to all that a dashboard asks, as the page wants it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from grafana.answers import fetch
from grafana.queries import panel_queries, shown_since


def answers_to(
    dashboard: Mapping[str, Any], prometheus_url: str, now: datetime
) -> dict[str, Any]:
    """The time that is shown, and the series of each panel's target.

    Raises `QueryFailedError` when a query is refused: Grafana would draw a warning.
    """
    since, until = shown_since(dashboard, now).timestamp(), now.timestamp()
    answers: dict[int, dict[str, Any]] = defaultdict(dict)
    for query in panel_queries(dashboard, now):
        asked: dict[str, object] = {"query": query.expr}
        if query.instant:
            data = fetch(prometheus_url, "query", {**asked, "time": until})
        else:
            # Grafana's points are whole steps, so that a graph does not flicker.
            start, end = (at // query.step * query.step for at in (since, until))
            graph = {"start": start, "end": end, "step": query.step}
            data = fetch(prometheus_url, "query_range", {**asked, **graph})
        answers[query.panel_id][query.ref_id] = _series(data)
    return {"from": since, "to": until, "answers": answers}


def _series(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    if data["resultType"] == "scalar":
        return [{"metric": {}, "value": data["result"]}]
    series: list[dict[str, Any]] = data["result"]
    return series
