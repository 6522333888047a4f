"""The JSON Schema of the rules file takes what `check` takes."""

import json
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from dev.places import CONFIG, REPOSITORY
from stream.config.schema import schema

FILES = [
    CONFIG,
    REPOSITORY / "config" / "full.yaml",
    *sorted((REPOSITORY / "tests" / "data" / "config" / "odd").glob("*.yaml")),
]
VALID = jsonschema.Draft7Validator(json.loads(schema()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_editor_finds_no_fault_in_a_good_file(path: Path) -> None:
    """Short forms, windows, `none`, `open`: none of them is underlined."""
    VALID.validate(plain(YAML(typ="safe").load(path)))


def plain(value: object) -> object:
    """As JSON has it: dates and numbers are keys that are text."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value
