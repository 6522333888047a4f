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
    other = dashboard_json("wall").replace("Oldest wait", "Longest wait")
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
    """A short title, a description, a unit and a word for no data, on each."""
    for panel in panels:
        defaults = panel["fieldConfig"]["defaults"]
        assert 1 <= len(panel["title"].split()) <= 3, panel["title"]
        assert len(panel["description"]) > 40, panel["title"]
        assert defaults["unit"], panel["title"]
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


def test_far_readers_get_large_names_and_short_words(panels: list[Panel]) -> None:
    """A tile's own name is at least 56 px, and fits the tile at half a character."""
    for panel in panels:
        if panel["type"] != "stat":
            continue
        size = panel["options"]["text"]["titleSize"]
        name = panel["targets"][0]["legendFormat"]
        width = panel["gridPos"]["w"] * 1920 / 24 - 32
        assert size >= 56, panel["title"]
        assert len(name) * size * 0.55 <= width, name


def test_state_is_told_by_words_too(panels: list[Panel]) -> None:
    """Whoever does not see colours reads why there is no number."""
    words = {
        result["text"]
        for panel in panels
        for mapping in panel["fieldConfig"]["defaults"].get("mappings", [])
        for result in mapping["options"].values()
    }
    assert words >= {
        "nobody",
        "none",
        "partial",
        "stale",
        "no verdicts yet",
        "no clock runs",
    }


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
    """Every metric and label in a query is exported by one of our processes."""
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
            named = re.findall(r"(replyclock_\w+)(?:\{([^}]*)\})?", expr)
            assert named, panel["title"]
            for name, matchers in named:
                labels = set(re.findall(r"(\w+)=~?\"", matchers))
                assert name in exported, panel["title"]
                assert labels <= exported[name], (panel["title"], name)
