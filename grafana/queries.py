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

_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::\w+)?\}|(\w+))")


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


def panel_queries(dashboard: Mapping[str, Any], now: datetime) -> list[PanelQuery]:
    """Every target of every panel, in order.

    `now` is a local time, with its zone: "today" begins at that zone's midnight.
    Raises `UnknownVariableError`.
    """
    values = _values(dashboard, now)
    return [
        PanelQuery(
            panel=panel["title"],
            panel_id=panel["id"],
            ref_id=target["refId"],
            expr=_fill_in(target["expr"], values),
            instant=bool(target.get("instant")),
        )
        for panel in dashboard["panels"]
        for target in panel.get("targets", [])
    ]


def _fill_in(expr: str, values: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        try:
            return values[name]
        except KeyError:
            raise UnknownVariableError(f"${name} in: {expr}") from None

    return _VARIABLE.sub(value, expr)


def _values(dashboard: Mapping[str, Any], now: datetime) -> dict[str, str]:
    seconds = max(1, round(_range(dashboard["time"], now).total_seconds()))
    # Of an instant query Grafana computes the step as of a graph 1,000 points wide.
    step = max(SCRAPE_SECONDS, seconds // 1_000)
    own = {
        variable["name"]: _current(variable)
        for variable in dashboard["templating"]["list"]
    }
    return {
        **own,
        "__range": f"{seconds}s",
        "__range_s": str(seconds),
        "__interval": f"{step}s",
        "__rate_interval": f"{max(step + SCRAPE_SECONDS, 4 * SCRAPE_SECONDS)}s",
    }


def _range(time: Mapping[str, str], now: datetime) -> timedelta:
    if time != {"from": "now/d", "to": "now"}:
        raise UnknownVariableError(f"a time range other than today: {dict(time)}")
    return now - now.replace(hour=0, minute=0, second=0, microsecond=0)


def _current(variable: Mapping[str, Any]) -> str:
    """What a query gets of a variable before anyone chooses another value."""
    value = variable.get("current", {}).get("value", "")
    values = value if isinstance(value, list) else [value]
    if values == ["$__all"]:
        return str(variable.get("allValue", ".+"))
    if variable.get("multi") and len(values) > 1:
        return "(" + "|".join(map(str, values)) + ")"
    return "".join(map(str, values))
