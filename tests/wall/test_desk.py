import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from grafana.build import DASHBOARDS, dashboard_json

PROMETHEUS = Path(__file__).parents[2] / "grafana" / "prometheus"
RULES = sorted((PROMETHEUS / "rules").glob("*.yml"))
RECORDING = PROMETHEUS / "rules" / "recording.yml"

Panel = dict[str, Any]


def loaded(name: str) -> dict[str, Any]:
    dashboard: dict[str, Any] = json.loads(dashboard_json(name))
    return dashboard


def panels_of(*names: str) -> list[Panel]:
    return [panel for name in names for panel in loaded(name)["panels"]]


DESKS = [name for name in DASHBOARDS if name != "wall"]
DESK = panels_of(*DESKS)
GROUPS = YAML(typ="safe").load(RECORDING)["groups"]


def titled(panel: Panel) -> str:
    return str(panel["title"])


@pytest.mark.parametrize("panel", DESK, ids=titled)
def test_a_panel_is_one_question(panel: Panel) -> None:
    """Its title asks, its description says what the answer is made of."""
    assert re.fullmatch(r"[A-Z][^?]+\?", panel["title"])
    assert len(panel["description"]) > 40


@pytest.mark.parametrize("panel", DESK, ids=titled)
def test_a_panel_leads_on_to_what_exists(panel: Panel) -> None:
    """To a dashboard of ours, or to an alert that the rules have."""
    uids = {loaded(name)["uid"] for name in DASHBOARDS}
    alerts = {
        rule.get("alert")
        for file in RULES
        for group in YAML(typ="safe").load(file)["groups"]
        for rule in group["rules"]
    }
    (link,) = panel["links"]
    dashboard = re.match(r"/d/([\w-]+)\?", link["url"])
    alert = re.fullmatch(r"/alerting/list\?search=rule:(\w+)", link["url"])
    assert (dashboard and dashboard[1] in uids) or (alert and alert[1] in alerts)


@pytest.mark.parametrize("panel", DESK, ids=titled)
def test_no_data_is_purple_and_says_so(panel: Panel) -> None:
    """Nothing is no good news: it is not drawn in the colour of the lowest value."""
    defaults = panel["fieldConfig"]["defaults"]
    nothing = [m["options"] for m in defaults["mappings"] if m["type"] == "special"]
    assert defaults["noValue"] == "no data"
    assert [(n["match"], n["result"]["color"]) for n in nothing] == [
        ("null+nan", "dark-purple")
    ]
    assert "green" not in defaults["thresholds"]["steps"][0]["color"]


@pytest.mark.parametrize("name", ["sales", 'the "big" ones', "a} b", "R&D | EMEA"])
def test_a_queue_is_chosen_by_its_whole_name(name: str) -> None:
    """Grafana writes a result as text, quotes as they are, and takes group 1 of it."""
    variables = loaded("today")["templating"]["list"]
    (queue,) = (each for each in variables if each["name"] == "queue")
    found = re.search(queue["regex"].strip("/"), f'{{queue="{name}"}} 1 1764252000000')
    assert found
    assert found[1] == name


def test_a_queue_leads_to_its_wall_whatever_its_name_is() -> None:
    """In the address of another dashboard a `&` would end it, a `#` the address."""
    (table,) = (panel for panel in panels_of("today") if panel["type"] == "table")
    urls = re.findall(r'"url": "(/d/[^"]*__value[^"]*)"', json.dumps(table))
    assert urls
    assert all(url.endswith(":percentencode}") for url in urls)


@pytest.mark.parametrize("name", DESKS)
def test_panels_lie_side_by_side(name: str) -> None:
    """Each of the 24 columns is full from top to bottom, and nothing lies twice."""
    cells = [
        (x, y)
        for panel in panels_of(name)
        for at in [panel["gridPos"]]
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    rows = max(y for _, y in cells) + 1
    assert sorted(cells) == [(x, y) for x in range(24) for y in range(rows)]


@pytest.mark.parametrize("name", DESKS)
def test_a_panel_keeps_its_id(name: str) -> None:
    """Ids are given, from 1, so that a link to a panel stays right."""
    ids = [panel["id"] for panel in panels_of(name)]
    assert ids == list(range(1, len(ids) + 1))


def test_tables_join_their_columns() -> None:
    """Every query of a table has a heading, and every look a column it is for."""
    for panel in DESK:
        if panel["type"] != "table" or len(panel["targets"]) == 1:
            continue
        arranged = panel["transformations"][-1]["options"]
        headings = set(arranged["renameByName"].values())
        for target in panel["targets"]:
            value = f"Value #{target['refId']}"
            assert value in {**arranged["renameByName"], **arranged["excludeByName"]}
        for override in panel["fieldConfig"]["overrides"]:
            assert override["matcher"]["options"] in headings, panel["title"]


@pytest.mark.parametrize("tool", ["check", "test"])
def test_prometheus_takes_the_recordings(tool: str) -> None:
    """Prometheus' own tool accepts them, and they record what their test says."""
    test = PROMETHEUS / "tests" / "recording.test.yml"
    command = {
        "check": ["promtool", "check", "rules", "--lint=all", RECORDING],
        "test": ["promtool", "test", "rules", test],
    }[tool]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_what_is_counted_is_recorded_without_gap_or_overlap() -> None:
    """A group that counts evaluates as often as its range is long: the sum is whole."""
    for group in GROUPS:
        for rule in group["rules"]:
            for length in re.findall(r"\[(\w+)\]", rule["expr"]):
                assert length == group["interval"]
                assert rule["record"].endswith(f":increase{length}")


def test_every_recording_is_asked_for() -> None:
    """Nothing is recorded that neither a panel nor a rule uses."""
    asked = "".join(map(dashboard_json, DASHBOARDS)) + "".join(
        file.read_text("utf-8") for file in RULES if file != RECORDING
    )
    for group in GROUPS:
        for rule in group["rules"]:
            assert rule["record"] in asked


@pytest.mark.parametrize("panel", DESK, ids=titled)
def test_the_page_of_dashboards_answers_each_question(panel: Panel) -> None:
    """docs/dashboards.md has a row for it."""
    page = PROMETHEUS.parents[1] / "docs" / "dashboards.md"
    assert f"\n| {panel['title']} | " in page.read_text(encoding="utf-8")


def test_what_can_be_chosen_changes_something() -> None:
    """A variable that people see is in a query; one that is only kept is hidden."""
    for name in DESKS:
        dashboard = loaded(name)
        choices = dashboard["templating"]["list"]
        seen = [choice for choice in choices if choice.get("hide") != 2]
        targets = [panel["targets"] for panel in dashboard["panels"]]
        asked = json.dumps([*targets, *(choice["query"] for choice in seen)])
        for choice in seen:
            assert f"${choice['name']}" in asked, (name, choice["name"])
