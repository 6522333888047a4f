"""Odd configs: each is good, and warned of with the right places and words.

The goldens were read one by one, as those of the broken ones (`test_broken`).
"""

from pathlib import Path

import pytest

from stream.config import load_config, warnings_of

ODD = Path(__file__).parents[1] / "data" / "config" / "odd"
EXAMPLES = Path(__file__).parents[2] / "config"
NAMES = sorted(path.stem for path in ODD.glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_an_odd_config_is_warned_of_with_these_words(name):
    """All that is odd about the file where nobody posts events, in its order."""
    path = ODD / f"{name}.yaml"
    golden = (ODD / f"{name}.txt").read_text("utf-8")

    said = [str(each) for each in warnings_of(path, load_config(path), 2026)]
    assert said == [f"{path}:{line}" for line in golden.splitlines()]


@pytest.mark.parametrize("name", ["sla", "full"])
def test_our_own_examples_are_not_odd(name):
    """All that they show can come true, as they say who says it."""
    path = EXAMPLES / f"{name}.yaml"
    assert warnings_of(path, load_config(path), 2026) == []


def test_every_file_has_its_golden():
    """And the one that nothing is odd about says nothing."""
    assert sorted(path.stem for path in ODD.glob("*.txt")) == NAMES
    assert (ODD / "nothing.txt").read_text("utf-8") == ""
