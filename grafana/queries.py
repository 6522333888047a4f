"""The questions a dashboard asks, as Grafana would send them to Prometheus."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "dashboards" / "ReplyClock"
WALL: Final = FOLDER / "wall.json"
SCRAPE_SECONDS: Final = 5
"""As in prometheus.yml, and `timeInterval` of the data source."""

_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::\w+)?\}|([^\W\d]\w*))")
"""Not `$1`: that is of `label_replace`, and Grafana leaves it, too."""


class UnknownVariableError(Exception):
    """A query names a variable that neither Grafana nor the dashboard defines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelQuery:
    """One target of one panel, variables filled in."""

    panel: str
    panel_id: int
    ref_id: str
    expr: str
    instant: bool
    step: int = SCRAPE_SECONDS
    """Seconds from one point of a graph to the next."""


def panel_queries(dashboard: Mapping[str, Any], now: datetime) -> list[PanelQuery]:
    """Every target of every panel, in order.

    `now` is a local time, with its zone: "today" begins at that zone's midnight.
    Raises `UnknownVariableError`.
    """
    seconds = max(1, round((now - shown_since(dashboard, now)).total_seconds()))
    own = {
        variable["name"]: _current(variable)
        for variable in dashboard["templating"]["list"]
    }
    queries = []
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            step = _step(seconds, target.get("interval") or panel.get("interval"))
            query = PanelQuery(
                panel=panel["title"],
                panel_id=panel["id"],
                ref_id=target["refId"],
                expr=_fill_in(target["expr"], {**own, **_intervals(seconds, step)}),
                instant=bool(target.get("instant")),
                step=step,
            )
            queries.append(query)
    return queries


def shown_since(dashboard: Mapping[str, Any], now: datetime) -> datetime:
    """When the time that the dashboard shows begins; it ends `now`.

    Of Grafana's words for it these are known: `now/d` and `now-7d` (s, m, h, d, w).
    Raises `UnknownVariableError` for others.
    """
    time = dashboard["time"]
    if time == {"from": "now/d", "to": "now"}:
        return now.replace(hour=0, minute=0, second=0, microsecond=0)
    found = re.fullmatch(r"now-(\d+[smhdw])", time["from"])
    if found is None or time["to"] != "now":
        raise UnknownVariableError(f"the time range {dict(time)}")
    return now - timedelta(seconds=seconds_of(found[1]))


def _fill_in(expr: str, values: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        try:
            return values[name]
        except KeyError:
            raise UnknownVariableError(f"${name} in: {expr}") from None

    return _VARIABLE.sub(value, expr)


def _step(seconds: int, at_least: str | None) -> int:
    # Grafana's graphs are about 1,000 points wide; of an instant query it computes the
    # same.
    least = seconds_of(at_least) if at_least else SCRAPE_SECONDS
    return max(least, seconds // 1_000)


def _intervals(seconds: int, step: int) -> dict[str, str]:
    return {
        "__range": f"{seconds}s",
        "__range_s": str(seconds),
        "__interval": f"{step}s",
        "__rate_interval": f"{max(step + SCRAPE_SECONDS, 4 * SCRAPE_SECONDS)}s",
    }


def seconds_of(duration: str) -> int:
    """Of `5m`, as Prometheus and Grafana write it; one unit."""
    return int(duration[:-1]) * _UNITS[duration[-1]]


def _current(variable: Mapping[str, Any]) -> str:
    """What a query gets of a variable before anyone chooses another value."""
    value = variable.get("current", {}).get("value", "")
    values = value if isinstance(value, list) else [value]
    if values == ["$__all"]:
        # Else Grafana names all values that it finds, and an empty one is none.
        return str(variable.get("allValue", ".+"))
    if variable.get("multi") and len(values) > 1:
        return "(" + "|".join(map(str, values)) + ")"
    return "".join(map(str, values))
