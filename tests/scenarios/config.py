"""The config of a scenario: a file in `configs/`, with what the scenario changes.

The shared files leave out what no clock asks for (`version`, `alerts`).
"""

from pathlib import Path
from typing import Any

from msgspec import json
from ruamel.yaml import YAML

from stream.config import Config, parse_config
from tests.scenarios.reader import Scenario

CONFIGS = Path(__file__).parent / "configs"
_RECEIVERS = {
    name: {"slack": {"channel": channel}}
    for name, channel in {"ops": "C0OPS", "lead": "C0LEAD", "boss": "C0BOSS"}.items()
}
_REST = {
    "version": 1,
    "alerts": {"routes": [{"to": "ops"}], "receivers": _RECEIVERS},
}


def config_of(scenario: Scenario) -> Config:
    """Raises `ConfigError` as `replyclock` would for the file."""
    heads = scenario.heads
    name = heads.get("config", "replies")
    document: dict[str, Any] = _yaml((CONFIGS / f"{name}.yaml").read_text("utf-8"))
    for policy in document["policies"]:
        policy.update(_yaml(heads.get("with", "{}")))
    document |= _yaml(heads.get("set", "{}"))
    # JSON is YAML, too.
    return parse_config(json.encode(_REST | document).decode(), scenario.place)


def _yaml(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)
