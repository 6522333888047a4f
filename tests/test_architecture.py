"""The shape of the code: what style and architecture promise, held by a machine."""

import ast
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
