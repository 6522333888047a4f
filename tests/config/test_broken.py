"""Broken configs: each is refused with the right places and words.

The goldens were read one by one; `sla.yaml:line:column` must point at the wrong key,
and the words must say what to write.
"""

from pathlib import Path

import pytest

from stream.config import parse_config
from stream.config.faults import ConfigError
from stream.config.file import LARGEST

BROKEN = Path(__file__).parents[1] / "data" / "config" / "broken"
NAMES = sorted(path.stem for path in BROKEN.glob("*.yaml"))


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "sla.yaml")
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_config_is_refused_with_these_words(name):
    """All faults of the file, in its order."""
    text = (BROKEN / f"{name}.yaml").read_text("utf-8")
    golden = (BROKEN / f"{name}.txt").read_text("utf-8")

    assert faults(text) == golden.splitlines()


def test_every_file_has_its_golden():
    """And there are as many as were promised."""
    assert sorted(path.stem for path in BROKEN.glob("*.txt")) == NAMES
    assert len(NAMES) >= 60


def test_a_file_of_megabytes_is_refused_at_once():
    """It is not read as YAML, which would take minutes."""
    text = "version: 1\n" + "# more\n" * (LARGEST // 4)

    assert faults(text) == ["sla.yaml:1:1: is larger than 1 MB: is it the right file?"]


def test_a_yaml_bomb_does_not_explode():
    """Ten lists of ten aliases each would be ten thousand million words."""
    lines = ["version: 1", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for number in range(1, 10):
        parts = ", ".join([f"*a{number - 1}"] * 10)
        lines.append(f"a{number}: &a{number} [{parts}]")
    lines.append("queues: {sales: {accounts: *a9}}")

    assert len(faults("\n".join(lines))) < 40


def test_what_is_nested_a_thousand_times_is_one_line():
    """Recursion ends in a fault, not in a traceback."""
    assert faults("version: " + "[" * 1000) == ["sla.yaml:1:1: is nested too deeply"]


def test_an_anchor_may_be_used():
    """Two policies that share their targets."""
    text = (BROKEN / "version-two.yaml").read_text("utf-8")
    text = text.replace("version: 2", "version: 1")
    text = text.replace("targets: {first_reply: 2m", "targets: &all {first_reply: 2m")

    assert parse_config(text, "sla.yaml").policies[0].targets.next_reply is not None
