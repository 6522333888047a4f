"""How findings are printed."""

import json

import click
import pytest

from stream.doctor.check import fail, ok, skip, warn
from stream.doctor.report import is_well, json_of, line_of

BAD = fail("topics", "missing: é", "make it:", "kafka-topics.sh --create")


def test_a_line_and_what_to_do_below_it():
    """Marks and names are columns."""
    text = click.unstyle(line_of(BAD))

    assert text.splitlines() == [
        "FAIL  topics          missing: é",
        "      make it:",
        "      kafka-topics.sh --create",
    ]


def test_json_has_the_same():
    """One object; `ok` is the exit status."""
    assert json.loads(json_of([ok("a", "b"), BAD])) == {
        "ok": False,
        "findings": [
            {"mark": "ok", "name": "a", "found": "b", "remedy": []},
            {
                "mark": "FAIL",
                "name": "topics",
                "found": "missing: é",
                "remedy": ["make it:", "kafka-topics.sh --create"],
            },
        ],
    }


@pytest.mark.parametrize(
    ("finding", "well"), [(ok, True), (warn, True), (skip, True), (fail, False)]
)
def test_only_a_fault_is_exit_1(finding, well):
    """Warnings and what could not be seen are not."""
    assert is_well([ok("a", "b"), finding("c", "d")]) is well
