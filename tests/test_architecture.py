"""The shape of the code: what style and architecture promise, held by a machine."""

import ast
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from stream.config import Config

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for package in ("stream", "alerts", "dev", "grafana", "bench")
    for path in (ROOT / package).rglob("*.py")
)
PURE = [
    module
    for module in MODULES
    if module.startswith(("stream/sla/", "stream/channels/"))
    or module in {"alerts/alert.py", "alerts/routing.py", "alerts/slack/blocks.py"}
]
WALL_CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_short(module):
    """A module has fewer than 300 lines."""
    assert len((ROOT / module).read_text(encoding="utf-8").splitlines()) < 300


def test_a_module_is_named_for_what_it_is():
    """No module or package has a name that could hold anything."""
    assert [m for m in MODULES if VAGUE & set(Path(m).with_suffix("").parts)] == []


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_reads_no_clock(module):
    """The rules, parsers and blocks take `now` as an argument."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {getattr(call, "attr", getattr(call, "id", None)) for call in calls}

    assert names & WALL_CLOCKS == set()


def test_the_pure_modules_are_there():
    """The list above finds the modules it is about."""
    assert len(PURE) > 15
    assert "alerts/slack/blocks.py" in PURE


def keys_of(model: type[BaseModel]) -> set[str]:
    """Every key of the config file, those of nested parts included."""
    schema = model.model_json_schema()
    parts = [schema, *schema["$defs"].values()]
    return {name for part in parts for name in part.get("properties", {})}


@pytest.mark.parametrize("key", sorted(keys_of(Config) - {"version_hash"}))
def test_every_key_of_the_config_is_documented(key):
    """docs/config.md has a word for every key that the file may have."""
    text = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")

    assert key in text


def folders() -> list[str]:
    """Every folder that a person may look for: packages, and what is beside them."""
    beside = ["config/", "docs/", "tests/"]
    packages = {f"{Path(module).parent}/" for module in MODULES}
    return sorted(
        f
        for f in {*packages, *beside}
        if f.count("/") == 1 or f.startswith(("stream/", "alerts/"))
    )


@pytest.mark.parametrize("folder", [f for f in folders() if f != "stream/"])
def test_every_folder_is_on_the_map(folder):
    """CONTRIBUTING.md has a row for each room, and what happens there."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

    assert f"\n| `{folder}` | " in page


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_place_that_the_map_names_exists(page):
    """A file in the map is where it says; a bare name is in its row's room."""
    text = (ROOT / page).read_text(encoding="utf-8")
    wrong = []
    for line in text.splitlines():
        room = re.match(r"\| `([a-z_/]+/)` \|", line)
        for place in re.findall(r"[a-z_][a-z_/]*(?:\.py\b|/(?=`))", line):
            inside = f"{room[1]}{place}" if room else f"stream/{place}"
            if not ((ROOT / place).exists() or (ROOT / inside).exists()):
                wrong.append((place, line.strip()[:60]))

    assert wrong == []


def test_the_root_of_stream_has_no_loose_modules():
    """Every module is in a room, but the codec that all rooms use."""
    loose = {path.name for path in (ROOT / "stream").glob("*.py")}

    assert loose == {"__init__.py", "records.py"}


def test_tests_mirror_the_rooms():
    """Each room's tests are in a folder of its name."""
    rooms = {path.parent.name for path in (ROOT / "stream").glob("*/__init__.py")}
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}

    assert rooms - folders == set()


MAPPED = ("stream/sla", "stream/channels", "stream/worker", "alerts/slack")


@pytest.mark.parametrize(
    "module", [m for m in MODULES if m.startswith(MAPPED) and "__init__" not in m]
)
def test_every_module_of_the_rooms_people_change_most_is_on_the_map(module):
    """A rule that moved to another file is to be found there."""
    room, name = f"{Path(module).parent}/", Path(module).name
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| `{room}`"))
    way = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

    assert f"`{name}`" in row or module in way or module in page
