"""`replyclock doctor` as people type it, with nothing running."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stream.cli import main
from stream.config.file import MISSING

EXAMPLE = str(Path(__file__).parents[2] / "config" / "sla.yaml")
NOWHERE = {
    "REPLYCLOCK_BROKER": "127.0.0.1:9",
    "REPLYCLOCK_REDIS_URL": "redis://:hush-9931@127.0.0.1:9/0",
    "REPLYCLOCK_CONFIG": EXAMPLE,
}


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which nothing answers."""
    for name in list(os.environ):
        if name.startswith("REPLYCLOCK_"):
            monkeypatch.delenv(name)
    for name, value in NOWHERE.items():
        monkeypatch.setenv(name, value)


def doctor(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["doctor", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_with_nothing_there_each_thing_is_a_line():
    """Exit 1; nothing on standard error, no colour, no password."""
    result = doctor()

    assert (result.exit_code, result.stderr) == (1, "")
    heads = [line[:21].split() for line in result.stdout.splitlines() if line[0] != " "]
    assert heads == [
        ["ok", "settings"],
        ["ok", "engine"],
        ["FAIL", "kafka"],
        ["skip", "kafka", "brokers"],
        ["skip", "topics"],
        ["skip", "keys"],
        ["skip", "authors"],
        ["skip", "worker", "group"],
        ["skip", "alerts", "group"],
        ["FAIL", "redis"],
        ["warn", "slack"],
        ["warn", "customers"],
    ]
    assert "\x1b" not in result.stdout
    assert "hush" not in result.stdout


def test_a_terminal_gets_colours():
    """As click decides for the standard output."""
    result = CliRunner().invoke(main, ["doctor"], color=True)

    assert "\x1b[31m\x1b[1mFAIL" in result.stdout


def test_json_has_the_same_findings():
    """One object, and nothing beside it."""
    result = doctor("--format", "json")

    told = json.loads(result.stdout)
    assert (result.exit_code, result.stderr, told["ok"]) == (1, "", False)
    assert told["findings"][2] == {
        "mark": "FAIL",
        "name": "kafka",
        "found": "no connection: 127.0.0.1:9 Connect call failed ('127.0.0.1', 9)",
        "remedy": [
            "is it running, and is REPLYCLOCK_BROKER its address? from here:",
            "nc -vz 127.0.0.1 9",
        ],
    }


def test_wrong_settings_leave_nothing_to_look_for(monkeypatch):
    """Every fault of the settings and the file, as `check` says them."""
    monkeypatch.setenv("REPLYCLOCK_PARTITIONS", "0")
    monkeypatch.setenv("REPLYCLOCK_CONFIG", "nowhere.yaml")

    result = doctor()

    assert result.exit_code == 1
    assert result.stdout.splitlines()[:3] == [
        "FAIL  settings        REPLYCLOCK_PARTITIONS: must be at least 1",
        f"      nowhere.yaml:1:1: {MISSING}",
        "      replyclock check says the same, until it is mended",
    ]
    assert "FAIL  kafka" not in result.stdout


def test_a_wrong_config_does_not_keep_kafka_unseen(monkeypatch):
    """Only what needs the rules is left out."""
    monkeypatch.setenv("REPLYCLOCK_CONFIG", "nowhere.yaml")

    text = doctor().stdout

    assert text.startswith(
        "FAIL  settings        nowhere.yaml:1:1: there is no such file"
    )
    assert "FAIL  kafka " in text


def test_faust_that_is_not_compiled_is_a_fault():
    """As the worker would say at its start; NO_CYTHON is read at the import."""
    ended = subprocess.run(
        [sys.executable, "-m", "stream.cli", "doctor"],
        env={**os.environ, "NO_CYTHON": "1"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.splitlines()[1:3] == [
        (
            "FAIL  engine          Faust is not compiled here (no Cython wheel, or"
            " NO_CYTHON is set)"
        ),
        "      unset NO_CYTHON; pip install --require-hashes -r requirements.lock",
    ]


@pytest.mark.parametrize("arguments", [["--sample", "0"], ["--format", "xml"]])
def test_a_mistake_of_usage_is_exit_2(arguments):
    """One line after the usage."""
    result = doctor(*arguments)

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith("Error: ")
