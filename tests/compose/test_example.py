"""config/env.example, beside the settings and what Compose takes from .env."""

import re

import pytest

from stream.process.odd_environment import OF_COMPOSE
from stream.process.settings import PREFIX
from tests.compose.conftest import FIELDS, FILES, ROOT, SECRETS


def shown(name: str) -> str:
    """A setting's default, as one writes it into an environment."""
    default = FIELDS[name].default
    return str(default).lower() if isinstance(default, bool) else str(default)


LINE = re.compile(rf"^(#?){PREFIX}(\w+)=(.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def example() -> list[tuple[str, str, str]]:
    """Each variable of env.example: `#` or nothing, field, value."""
    text = (ROOT / "config" / "env.example").read_text(encoding="utf-8")
    found = [(mark, name.lower(), value) for mark, name, value in LINE.findall(text)]
    # Sinks have names of their own (docs/sinks.md): an example of one is shown.
    return [each for each in found if not each[1].startswith("sink_")]


def test_example_lists_every_setting_once(example: list[tuple[str, str, str]]) -> None:
    """All variables that Settings or Compose read, and none else."""
    compose = {name.removeprefix(PREFIX).lower() for name in OF_COMPOSE}
    assert sorted(name for _, name, _ in example) == sorted({*FIELDS, *compose})


def test_example_shows_the_defaults(example: list[tuple[str, str, str]]) -> None:
    """A line with # says the default; the others are secrets, and empty."""
    for mark, name, value in example:
        if mark:
            default = OF_COMPOSE.get(PREFIX + name.upper())
            assert value == (shown(name) if default is None else default), name
        else:
            assert name in SECRETS, name
            assert value == ""


@pytest.mark.parametrize("file", FILES)
def test_compose_asks_only_for_variables_of_the_example(
    example: list[tuple[str, str, str]], file: str
) -> None:
    """Whatever Compose takes from .env is explained there."""
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / file).read_text(encoding="utf-8")))
    assert asked <= {PREFIX + name.upper() for _, name, _ in example}


def test_compose_has_the_defaults_of_the_code() -> None:
    """`${NAME:-value}` repeats the default; logs alone are JSON in containers."""
    text = (ROOT / FILES[0]).read_text(encoding="utf-8")
    said = dict(re.findall(r"\$\{(\w+):-(.*?)\}", text))
    assert {name: said.pop(name) for name in OF_COMPOSE} == OF_COMPOSE
    assert said.pop(f"{PREFIX}LOG_FORMAT") == "json"
    for name, value in said.items():
        assert value == shown(name.removeprefix(PREFIX).lower()), name
