import json
import re
from pathlib import Path
from typing import Any, Protocol

import pytest

from grafana.build import DASHBOARDS, dashboard_json, main
from grafana.queries import FOLDER, WALL

Panel = dict[str, Any]


class Declared(Protocol):
    name: str
    kind: str
    labels: tuple[str, ...]


@pytest.fixture(scope="module")
def wall() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(WALL.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def panels(wall: dict[str, Any]) -> list[Panel]:
    found: list[Panel] = wall["panels"]
    return found


@pytest.mark.parametrize("name", DASHBOARDS)
def test_committed_dashboards_are_the_generated_ones(name: str) -> None:
    """The files in the repository are what the generator makes."""
    committed = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert committed == dashboard_json(name)


def test_check_refuses_a_wall_edited_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` exits 1, says what to run and writes nothing."""
    edited = tmp_path / "wall.json"
    other = dashboard_json("wall").replace("Longest wait", "Oldest wait")
    edited.write_text(other, "utf-8")
    before = edited.read_bytes()
    assert main(["--check", "--folder", str(tmp_path)]) == 1
    assert "python -m grafana.build" in capsys.readouterr().err
    assert edited.read_bytes() == before


def test_missing_wall_is_written_and_then_current(tmp_path: Path) -> None:
    """The generator writes the file that `--check` then accepts."""
    folder = str(tmp_path / "new")
    assert main(["--check", "--folder", folder]) == 1
    assert main(["--folder", folder]) == 0
    assert main(["--check", "--folder", folder]) == 0


def test_every_panel_says_what_it_is(panels: list[Panel]) -> None:
    """A title, a description, a unit and a word for no data, on each."""
    for panel in panels:
        defaults = panel["fieldConfig"]["defaults"]
        assert panel["title"], panel["id"]
        assert len(panel["description"]) > 40, panel["title"]
        assert defaults["unit"] == "string", panel["title"]
        assert defaults["noValue"] == "no data", panel["title"]


def test_ids_and_ref_ids_are_explicit_and_unique(panels: list[Panel]) -> None:
    """Links to a panel and diffs of the file stay stable."""
    ids = [panel["id"] for panel in panels]
    assert sorted(ids) == list(range(1, len(panels) + 1))
    for panel in panels:
        refs = [target["refId"] for target in panel["targets"]]
        assert "" not in refs
        assert len(set(refs)) == len(refs)


def test_panels_fill_a_screen_without_overlap(panels: list[Panel]) -> None:
    """Each of the 24 columns is full from top to bottom, within 27 rows."""
    cells = [
        (x, y)
        for panel in panels
        for at in [panel["gridPos"]]
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    rows = max(y for _, y in cells) + 1
    assert rows <= 27
    assert sorted(cells) == [(x, y) for x in range(24) for y in range(rows)]


def test_far_readers_get_large_text(panels: list[Panel]) -> None:
    """25 mm on a 55-inch screen: 1/200 of five metres."""
    for panel in panels:
        assert panel["options"]["text"]["titleSize"] >= 56, panel["title"]
        assert panel["options"]["text"]["valueSize"] >= 56, panel["title"]


def colour_of(panel: Panel, text: str | None) -> str:
    """What Grafana draws the text on: the first mapping that matches, else the base."""
    defaults = panel["fieldConfig"]["defaults"]
    for mapping in defaults["mappings"]:
        options = mapping["options"]
        if mapping["type"] == "regex":
            matched = text is not None and re.search(options["pattern"], text)
        else:
            assert options["match"] == "null+nan"
            matched = text is None
        if matched:
            return str(options["result"]["color"])
    (base,) = defaults["thresholds"]["steps"]
    return str(base["color"])


@pytest.mark.parametrize(
    ("panel", "text", "colour"),
    [
        (1, "late 5 · 1 h 05", "dark-red"),
        (1, "at risk 3 · 25 s", "dark-orange"),
        (1, "13 min", "transparent"),
        (1, "closed · 13 min", "transparent"),
        (1, "clear", "transparent"),
        (1, "stale", "dark-purple"),
        (1, "partial", "dark-purple"),
        (2, "7", "dark-red"),
        (2, "none", "transparent"),
        (2, "stale", "dark-purple"),
        (3, "13", "dark-orange"),
        (4, "26 h 05", "transparent"),
        (4, "partial", "dark-purple"),
        (5, "96.5 of 90 %", "transparent"),
        (5, "89.9 under 90 %", "dark-red"),
        (5, "none yet", "transparent"),
        (6, "live", "transparent"),
        (6, "delayed", "dark-purple"),
        (6, "source silent", "dark-purple"),
        (6, "storm", "dark-orange"),
        (6, "muted", "dark-orange"),
    ],
)
def test_colours_follow_the_words(
    panels: list[Panel], panel: int, text: str, colour: str
) -> None:
    """Dark when all is well; orange at risk, red broken, purple unknown."""
    (drawn,) = (one for one in panels if one["id"] == panel)
    assert colour_of(drawn, text) == colour


def test_no_data_is_unknown(panels: list[Panel]) -> None:
    """An empty answer is purple and says so; there is no green on the wall."""
    for panel in panels:
        assert colour_of(panel, None) == "dark-purple"
        assert "green" not in json.dumps(panel)


def test_nothing_in_the_file_is_ignored_by_grafana(wall: dict[str, Any]) -> None:
    """No settings of interval variables in others; what is not for a wall is hidden."""
    variables = {one["name"]: one for one in wall["templating"]["list"]}
    assert list(variables) == ["datasource", "team", "queue"]
    assert variables["datasource"]["hide"] == 2
    for variable in variables.values():
        assert not {"auto", "auto_min", "auto_count"} & set(variable)
    assert wall["timepicker"]["hidden"] is True
    assert wall["timezone"] == ""
    assert wall["refresh"] == "10s"


def test_wall_is_grafanas_classic_json(wall: dict[str, Any]) -> None:
    """It loads from a file in Grafana 10 to 13, cannot be edited, shows today."""
    assert wall["uid"] == "replyclock-wall"
    assert wall["schemaVersion"] >= 36
    assert wall["editable"] is False
    assert wall["time"] == {"from": "now/d", "to": "now"}
    assert "elements" not in wall


def test_wall_asks_only_for_metrics_that_exist(
    panels: list[Panel], declared: list[Declared]
) -> None:
    """Every metric and label in a query is exported by one of our processes.

    Or recorded of them (`rules/wall.yml`). `team` is asked of what has none, too.
    """
    exported = {
        series: set(metric.labels) | ({"le"} if series.endswith("_bucket") else set())
        for metric in declared
        for series in (
            (f"{metric.name}_bucket",) if metric.kind == "histogram" else (metric.name,)
        )
    }
    for panel in panels:
        for target in panel["targets"]:
            expr = target["expr"]
            named = re.findall(r"(?<!:)(replyclock_\w+)(?:\{([^}]*)\})?", expr)
            assert named, panel["title"]
            for name, matchers in named:
                labels = set(re.findall(r"(\w+)=~?\"", matchers))
                assert name in exported, panel["title"]
                assert labels - {"team"} <= exported[name], (panel["title"], name)
