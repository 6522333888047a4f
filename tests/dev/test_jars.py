"""Kafka's jars, fetched by Maven."""

import subprocess
from pathlib import Path

import pytest

from dev.faults import StackError
from dev.kafka.jars import fetch_jars


@pytest.mark.broker
def test_maven_says_what_it_has_to_say_and_nothing_else(tmp_path: Path) -> None:
    """No codes of a terminal, neither there nor in a log; a half folder is none."""
    pom, cache, log = tmp_path / "pom.xml", tmp_path / "cache", tmp_path / "log"
    pom.write_text("<project/>", "utf-8")

    def spawn(command: list[str]) -> "subprocess.Popen[bytes]":
        with log.open("wb") as out:
            return subprocess.Popen(command, stdout=out, stderr=out)

    with pytest.raises(StackError, match="Maven could not fetch Kafka's jars"):
        fetch_jars(spawn, cache=cache, pom=pom)
    said = log.read_text("utf-8")

    assert "'modelVersion' is missing" in said
    assert "\x1b" not in said
    assert [*(cache / "kafka").glob("part-*")] == []
