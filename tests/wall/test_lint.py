"""The rules of Grafana's dashboard-linter that apply, over every dashboard.

Not held, because nothing here has the labels `job` and `instance` to choose from: the
rules template-job, template-instance, target-job and target-instance. Ours are three
processes, each known by its metrics' names. The linter itself (4d0844b) says of all
dashboards those four, and the `[1m]` that has its reason below, and nothing else.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import promql_parser as promql
import pytest
from grafana_foundation_sdk.models import units

from grafana.build import DASHBOARDS, dashboard_json

Json = dict[str, Any]

RATE_INTERVAL = "7m"
RANGE = "11m"
OTHER_RANGES = {
    RANGE: "what is counted since midnight is counted over the range that is shown",
    "1h": "what is seldom is shown for an hour each, so that a single one is seen",
    "1d": "what each day came to: how busy it was, what it used of its budget",
    "1w": "weeks are compared with the weeks before, whatever range is shown",
    "1m": "the wall's delay is that of the last minute, whatever range is shown",
}
"""Ranges beside $__rate_interval, each with its reason."""

FIXED_RECORDINGS = re.compile(r":increase\w+$")
"""A recorded increase is no counter: its sum over a range is what happened in it."""

OF_NO_TEAM = {"replyclock_open_sessions": {"team"}}
"""Asked for a label that it has not: a queue that only events name has no team, and is
shown where every team is, by `.*`, which matches what is not there."""

VALID_UNITS = {value for value in vars(units).values() if isinstance(value, str)}


class Declared(Protocol):
    name: str
    kind: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """A series that a query names, and the function that it is an argument of."""

    name: str
    labels: frozenset[str]
    function: str
    over: timedelta | None


def dashboards() -> Iterator[Json]:
    for name in DASHBOARDS:
        yield json.loads(dashboard_json(name))


ALL = {dashboard["uid"]: dashboard for dashboard in dashboards()}
PANELS = [
    pytest.param(panel, id=f"{uid}: {panel['title']}")
    for uid, dashboard in ALL.items()
    for panel in dashboard["panels"]
]
every_dashboard = pytest.mark.parametrize("dashboard", ALL.values(), ids=list(ALL))
every_panel = pytest.mark.parametrize("panel", PANELS)


def filled_in(expr: str) -> str:
    """The query as Prometheus gets it, each of Grafana's intervals to be told apart."""
    for variable, value in (("__rate_interval", RATE_INTERVAL), ("__range", RANGE)):
        expr = re.sub(rf"\${variable}\b", value, expr)
    return re.sub(r"\$\{?\w+\}?", "x", expr)


def parsed(panel: Json) -> Iterator[promql.Expr]:
    for target in panel["targets"]:
        yield promql.parse(filled_in(target["expr"]))


def series_of(panel: Json) -> Iterator[Series]:
    """Every series that the panel's queries name."""
    found: list[Series] = []
    inside: list[promql.Expr] = []

    def enter(expr: promql.Expr) -> None:
        inside.append(expr)
        if isinstance(expr, promql.VectorSelector):
            found.append(_series(expr, inside))

    def leave(_: promql.Expr) -> None:
        inside.pop()

    for expr in parsed(panel):
        promql.walk(expr, enter, leave)
    return iter(found)


def _series(selector: promql.VectorSelector, inside: list[promql.Expr]) -> Series:
    calls = [expr for expr in inside if isinstance(expr, promql.Call)]
    spans = [expr.range for expr in inside if isinstance(expr, promql.MatrixSelector)]
    return Series(
        name=selector.name or "",
        labels=frozenset(matcher.name for matcher in selector.matchers.matchers),
        function=calls[-1].func.name if calls else "",
        over=spans[-1] if spans else None,
    )


@every_dashboard
def test_source_is_chosen_by_one_variable(dashboard: Json) -> None:
    """template-datasource: named `datasource`, labelled, of Prometheus."""
    sources = [
        (variable["name"], variable["label"], variable["query"])
        for variable in dashboard["templating"]["list"]
        if variable["type"] == "datasource"
    ]
    assert sources == [("datasource", "Data source", "prometheus")]


@every_dashboard
def test_choices_follow_the_time_that_is_shown(dashboard: Json) -> None:
    """template-on-time-change-reload: each asks anew when the range changes."""
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            assert variable["refresh"] == 2, variable["name"]
            assert variable["datasource"]["uid"] == "${datasource}"


@every_dashboard
def test_choices_have_no_options_of_intervals(dashboard: Json) -> None:
    """Grafana reads `auto…` of interval variables alone, and none is written."""
    for variable in dashboard["templating"]["list"]:
        assert not any(key.startswith("auto") for key in variable), variable["name"]


@every_dashboard
def test_dashboard_is_ours_and_stays(dashboard: Json) -> None:
    """uneditable-dashboard, and an address that does not move: uid and tag."""
    assert dashboard["editable"] is False
    assert dashboard["uid"].startswith("replyclock-")
    assert dashboard["tags"] == ["replyclock"]


@every_panel
def test_panel_uses_the_chosen_source(panel: Json) -> None:
    """panel-datasource: the panel and each of its queries."""
    for source in (panel["datasource"], *(t["datasource"] for t in panel["targets"])):
        assert source == {"type": "prometheus", "uid": "${datasource}"}


@every_panel
def test_panel_says_what_it_is(panel: Json) -> None:
    """panel-title-description, panel-no-targets."""
    assert panel["title"]
    assert panel["description"]
    assert panel["targets"]


@every_panel
def test_units_are_grafanas(panel: Json) -> None:
    """panel-units: of the panel, and of each column that has its own."""
    config = panel["fieldConfig"]
    own = [
        option["value"]
        for override in config["overrides"]
        for option in override["properties"]
        if option["id"] == "unit"
    ]
    for unit in (config["defaults"]["unit"], *own):
        assert unit in VALID_UNITS or unit.startswith(("suffix:", "prefix:")), unit


@every_panel
def test_queries_are_promql(panel: Json) -> None:
    """target-promql: each query parses."""
    assert len(list(parsed(panel))) == len(panel["targets"])


@every_panel
def test_rates_are_over_grafanas_interval(panel: Json) -> None:
    """target-rate-interval: `$__rate_interval`, or one of the ranges with a reason."""
    allowed = {promql.parse_duration(span) for span in (RATE_INTERVAL, *OTHER_RANGES)}
    for series in series_of(panel):
        if series.over is not None:
            assert series.over in allowed, series.name


@every_panel
def test_counters_are_never_shown_as_they_are(panel: Json) -> None:
    """target-counter-agg: what only rises is asked how fast."""
    for series in series_of(panel):
        if FIXED_RECORDINGS.search(series.name):
            assert series.function == "sum_over_time", series.name
        elif series.name.endswith(("_total", "_bucket", "_count", "_sum")):
            assert series.function in {"rate", "increase"}, series.name


@every_panel
def test_queries_ask_only_for_metrics_that_exist(
    panel: Json, declared: list[Declared]
) -> None:
    """Each metric and label is exported by one of our processes, or recorded."""
    exported = {"up": {"job"}} | {
        series: set(metric.labels) | ({"le"} if series.endswith("_bucket") else set())
        for metric in declared
        for series in (
            (f"{metric.name}_bucket",) if metric.kind == "histogram" else (metric.name,)
        )
    }
    for series in series_of(panel):
        level, *recorded = series.name.split(":")
        labels = set(level.split("_")) if recorded else exported.get(series.name)
        assert labels is not None, series.name
        assert series.labels - labels <= OF_NO_TEAM.get(series.name, set()), series.name
