"""Grafana's own types and registries, over every dashboard and over planted faults."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from dev.wall.schema import faults_of
from grafana.build import DASHBOARDS
from tests.dev.wall.conftest import Dashboard, Panel, committed

pytestmark = pytest.mark.broker

TABLE: Panel = {
    "id": 99,
    "title": "Table",
    "type": "table",
    "gridPos": {"h": 4, "w": 4, "x": 0, "y": 30},
    "options": {"frameIndex": 0, "showHeader": True},
    "targets": [],
    "fieldConfig": {
        "defaults": {"custom": {"align": "auto"}},
        "overrides": [
            {
                "matcher": {"id": "byName", "options": "Late"},
                "properties": [{"id": "unit", "value": "s"}],
            }
        ],
    },
}


def in_table(change: Callable[[Panel], object]) -> Callable[[Dashboard], object]:
    """The change, in a table beside what the dashboard has."""

    def plant(dashboard: Dashboard) -> None:
        table = deepcopy(TABLE)
        change(table)
        dashboard["panels"].append(table)

    return plant


def override(table: Panel, name: str, value: object) -> None:
    table["fieldConfig"]["overrides"][0]["properties"] = [{"id": name, "value": value}]


PLANTED: dict[str, tuple[Callable[[Dashboard], object], str]] = {
    "unit": (
        in_table(lambda t: t["fieldConfig"]["defaults"].update(unit="secs")),
        "Table.fieldConfig.defaults: no unit secs",
    ),
    "unit of an override": (
        in_table(lambda t: override(t, "unit", "secs")),
        "Table.fieldConfig.overrides.0.properties.0: no unit secs",
    ),
    "colour": (
        in_table(
            lambda t: t["fieldConfig"]["defaults"].update(
                thresholds={
                    "mode": "absolute",
                    "steps": [{"value": None, "color": "dark-grene"}],
                }
            )
        ),
        "no colour dark-grene",
    ),
    "reducer": (
        lambda d: d["panels"][0]["options"]["reduceOptions"].update(calcs=["newest"]),
        "options.reduceOptions: no reducer newest",
    ),
    "matcher": (
        in_table(
            lambda t: t["fieldConfig"]["overrides"][0]["matcher"].update(id="named")
        ),
        "Table.fieldConfig.overrides.0: no matcher named",
    ),
    "transformation": (
        in_table(
            lambda t: t.update(transformations=[{"id": "joinByFeld", "options": {}}])
        ),
        "Table: no transformation joinByFeld",
    ),
    "option of another version": (
        in_table(lambda t: t["options"].update(footer={"show": False})),
        "'\"footer\"' does not exist",
    ),
    "enum": (
        in_table(lambda t: t["options"].update(cellHeight="huge")),
        "Type '\"huge\"' is not assignable",
    ),
    "override": (
        in_table(lambda t: override(t, "custom.cellOption", {"type": "auto"})),
        "Type '\"custom.cellOption\"' is not assignable",
    ),
    "value of an override": (
        in_table(lambda t: override(t, "custom.cellOptions", {"type": "colour"})),
        "Type '{ type: \"colour\"; }' is not assignable",
    ),
    "field option": (
        in_table(lambda t: t["fieldConfig"]["defaults"].update(nodata="no data")),
        "'\"nodata\"' does not exist",
    ),
    "setting of another kind of variable": (
        lambda d: d["templating"]["list"][0].update(auto=False),
        "'\"auto\"' does not exist",
    ),
    "type of panel": (
        in_table(lambda t: t.update(type="tabel")),
        "is not assignable",
    ),
}


@pytest.fixture(scope="module")
def found() -> dict[str, list[str]]:
    """Those of the committed dashboards, and of copies of the wall with one planted."""
    dashboards = {name: committed(name) for name in DASHBOARDS}
    for name, (plant, _) in PLANTED.items():
        copy = committed("wall")
        del copy["panels"][1:]  # types are slow
        plant(copy)
        dashboards[name] = copy
    return faults_of(dashboards)


@pytest.mark.parametrize("name", DASHBOARDS)
def test_grafana_knows_every_word_of_a_dashboard(
    found: dict[str, list[str]], name: str
) -> None:
    """Names, enums, units, reducers, colours, matchers, transformations."""
    assert found[name] == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_word_that_grafana_does_not_know_is_found(
    found: dict[str, list[str]], name: str
) -> None:
    """What Grafana would ignore without a word is told, in its own words."""
    _, said = PLANTED[name]
    planted = [fault for fault in found[name] if fault not in found["wall"]]
    assert any(said in fault for fault in planted), found[name]
