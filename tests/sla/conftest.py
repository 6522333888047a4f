"""A timeline for each test, with the rules of `tests/timelines.py`."""

from collections.abc import Callable

import pytest

from stream.config import parse_config
from stream.sla.policy import Rules
from tests.timelines import CONFIG, Timeline


@pytest.fixture(scope="session")
def rules() -> Rules:
    return parse_config(CONFIG, "test.yaml").rules()


@pytest.fixture
def play(rules: Rules) -> Callable[..., Timeline]:
    """Play steps on a new timeline."""
    return lambda *steps: Timeline(rules).play(*steps)
