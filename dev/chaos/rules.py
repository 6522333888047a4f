"""A trial's rules: those of `config/sla.yaml`; in a stormy one, few alerts are many."""

from pathlib import Path

from ruamel.yaml import YAML

from dev.places import CONFIG

STORM = {"threshold": 1, "window": "6s"}
"""A play breaks one promise of a queue every 2 s, and none towards its end: so a list
begins with the second, and is over before the trial is."""


def write_rules(folder: Path, *, is_stormy: bool) -> Path:
    """Write the file where it differs; returns the one that holds."""
    if not is_stormy:
        return CONFIG
    rules = YAML(typ="safe").load(CONFIG)
    rules["alerts"]["storm"] = STORM
    path = folder / "sla.yaml"
    with path.open("w", encoding="utf-8") as output:
        YAML(typ="safe").dump(rules, output)
    return path
