"""Every kind of panel, drawn from a real Prometheus: what is read there."""

from typing import Any

import pytest

from dev.wall.colours import is_green
from dev.wall.drawn import Text
from tests.dev.wall.conftest import Panel, Studio

pytestmark = pytest.mark.broker

LATE = 'sum by (queue) (replyclock_customers_waiting{band="breached"})'
WAITING = "sum by (queue) (replyclock_customers_waiting)"


def panel(kind: str, *exprs: str, **more: Any) -> Panel:
    """One panel that asks for these; a table's queries have tables as answers."""
    return {
        "id": 1,
        "title": "Title",
        "type": kind,
        "gridPos": {"x": 0, "y": 0, "w": 24, "h": 20},
        "options": {},
        "fieldConfig": {"defaults": {}, "overrides": []},
        "targets": [
            {
                "refId": "ABC"[number],
                "expr": expr,
                "instant": kind != "timeseries",
                "format": "table" if kind == "table" else "time_series",
                "legendFormat": "{{queue}}",
            }
            for number, expr in enumerate(exprs)
        ],
        **more,
    }


def texts(studio: Studio, drawn: Panel, situation: str = "busy") -> list[Text]:
    """All that is read in the panel, below its title."""
    dashboard = {
        "time": {"from": "now/d", "to": "now"},
        "templating": {"list": []},
        "timezone": "utc",
        "panels": [drawn],
    }
    (panel,) = studio.draw(dashboard, situation)
    assert not panel.failed
    title, *others = panel.texts
    assert (title.role, title.text) == ("title", "Title")
    return others


def test_a_stat_has_names_words_and_colours(studio: Studio) -> None:
    """A mapping's word instead of its value, a threshold's colour behind the others."""
    stat = panel(
        "stat",
        f"sort({LATE})",
        options={
            "colorMode": "background_solid",
            "graphMode": "none",
            "reduceOptions": {"calcs": ["lastNotNull"]},
            "textMode": "value_and_name",
        },
    )
    stat["fieldConfig"]["defaults"] = {
        "mappings": [{"type": "value", "options": {"0": {"text": "none"}}}],
        "thresholds": {
            "mode": "absolute",
            "steps": [
                {"value": None, "color": "transparent"},
                {"value": 1, "color": "#c4162a"},
            ],
        },
    }
    read = texts(studio, stat)
    names = [text.text for text in read if text.role == "name"]
    values = {text.text: text.background for text in read if text.role == "value"}
    assert names[-1] == "sales"
    assert set(values) == {"none", "2"}
    assert values["2"] == "rgb(196, 22, 42)"
    assert values["none"] != values["2"]


def test_a_bar_gauge_has_its_names_and_values(studio: Studio) -> None:
    """Units are beside them."""
    bars = panel("bargauge", WAITING, options={"reduceOptions": {"calcs": ["last"]}})
    bars["fieldConfig"]["defaults"] = {"unit": "suffix:waiting"}
    read = [text.text for text in texts(studio, bars, "one queue")]
    assert read == ["sales", "17", "waiting"]


def test_a_table_is_joined_named_and_sorted(studio: Studio) -> None:
    """As its transformations say, with what an override says of one column."""
    table = panel(
        "table",
        WAITING,
        LATE,
        options={
            "showHeader": True,
            "sortBy": [{"displayName": "Waiting", "desc": True}],
        },
        transformations=[
            {"id": "joinByField", "options": {"byField": "queue", "mode": "outer"}},
            {
                "id": "organize",
                "options": {
                    "excludeByName": {"Time": True, "Time 1": True, "Time 2": True},
                    "indexByName": {"queue": 0},
                    "renameByName": {
                        "queue": "Queue",
                        "Value #A": "Waiting",
                        "Value #B": "Late",
                    },
                },
            },
        ],
    )
    table["fieldConfig"]["overrides"] = [
        {
            "matcher": {"id": "byName", "options": "Late"},
            "properties": [{"id": "unit", "value": "suffix:late"}],
        }
    ]
    read = texts(studio, table)
    headers = [text.text for text in read if text.role == "header"]
    cells = [text.text for text in read if text.role == "cell"]
    assert headers == ["Queue", "Waiting", "Late"]
    assert cells[:6] == ["support", "39", "0 late", "sales", "17", "2 late"]


def test_a_merged_table_is_sorted_by_a_transformation(studio: Studio) -> None:
    """`merge` makes one row of what has the same labels."""
    table = panel(
        "table",
        WAITING,
        LATE,
        options={"showHeader": True},
        transformations=[
            {"id": "merge", "options": {}},
            {"id": "sortBy", "options": {"fields": {}, "sort": [{"field": "queue"}]}},
            {"id": "organize", "options": {"excludeByName": {"Time": True}}},
        ],
    )
    cells = [text.text for text in texts(studio, table) if text.role == "cell"]
    assert cells[:6] == ["sales", "17", "2", "support", "39", "0"]


def test_a_graph_has_its_legend(studio: Studio) -> None:
    """What stands on its axes is painted, and no text."""
    graph = panel(
        "timeseries",
        WAITING,
        options={
            "legend": {
                "calcs": [],
                "displayMode": "list",
                "placement": "bottom",
                "showLegend": True,
            },
            "tooltip": {"mode": "single", "sort": "none"},
        },
    )
    read = {text.text for text in texts(studio, graph)}
    assert {"sales", "support", "vip", "unrouted"} <= read


def test_a_panel_without_thresholds_is_green(studio: Studio) -> None:
    """Grafana's own defaults: what a dashboard leaves out it still draws."""
    options = {"colorMode": "background_solid", "reduceOptions": {"calcs": ["last"]}}
    stat = panel("stat", "no_such_metric", options=options)
    (text,) = texts(studio, stat)
    assert is_green(text.background)


def test_a_row_is_its_title(studio: Studio) -> None:
    """Rows have no targets and draw nothing else."""
    row = panel("row")
    assert texts(studio, row) == []


def test_what_no_query_answers_is_told_by_the_panels_own_word(studio: Studio) -> None:
    """`noValue`, as Grafana does."""
    stat = panel("stat", "no_such_metric", options={"reduceOptions": {"calcs": []}})
    stat["fieldConfig"]["defaults"] = {"noValue": "no data"}
    assert [text.text for text in texts(studio, stat)] == ["no data"]
