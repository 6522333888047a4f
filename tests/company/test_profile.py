"""A profile: a few lines suffice, and each fault is said with its place."""

import json
import re

import jsonschema
import pytest
from ruamel.yaml import YAML

from dev.places import CONFIG, REPOSITORY
from stream.company.file import parse_profile
from stream.company.schema import schema
from stream.config import load_config, parse_config
from stream.config.faults import ConfigError
from tests.company.weeks import RULES
from tests.pages import blocks

FULL = load_config(REPOSITORY / "config" / "full.yaml")


FAULTS = (REPOSITORY / "tests" / "data" / "company" / "faults.txt").read_text("utf-8")


@pytest.mark.parametrize("case", FAULTS.split("\n\n"))
def test_a_fault_is_said_with_its_place(case: str) -> None:
    """As for the rules file: where, what is wrong, and what to write."""
    lines = case.strip().splitlines()
    wanted = [line[3:] for line in lines if line.startswith("-> ")]
    text = "\n".join(line for line in lines if not line.startswith("-> "))
    with pytest.raises(ConfigError) as raised:
        parse_profile(text, "p", FULL)
    assert str(raised.value).splitlines() == wanted


def test_rules_without_an_account_cannot_be_played():
    """There is nobody to write to: one line."""
    text = re.sub(r"accounts: \[.*?\]", "accounts: []", CONFIG.read_text("utf-8"))
    with pytest.raises(ConfigError, match="no queue of the rules lists an account"):
        parse_profile("version: 1", "p", parse_config(text, "sla.yaml"))


def test_the_page_shows_a_profile():
    """That of docs/company.md is right, for us and for an editor's schema."""
    (shown,) = blocks("company.md", "yaml")
    profile = parse_profile(shown, "company.yaml", FULL)
    jsonschema.Draft7Validator(json.loads(schema())).validate(
        YAML(typ="safe").load(shown)
    )

    assert [*profile.agents] == ["ana", "ben", "cleo"]
    assert profile.absences[0].days == {1}


def test_an_editor_finds_no_fault_in_the_guides_company():
    """The schema that its first line names takes it."""
    path = REPOSITORY / "docs" / "ops-guide" / "company.yaml"
    named = path.read_text("utf-8").splitlines()[0].partition("$schema=")[2]
    rules = json.loads((path.parent / named).read_text("utf-8"))

    jsonschema.Draft7Validator(rules).validate(YAML(typ="safe").load(path))


def test_a_lunch_beside_a_short_shift_is_none_of_it():
    """It takes nothing of a day on which nobody is there at noon."""
    works = '{mon: ["09:00-10:00"], tue: ["22:00-06:00"]}'
    text = f'version: 1\nagents: {{ana: {{works: {works}, lunch: "12:00-14:00"}}}}'
    assert parse_profile(text, "p", RULES).agents["ana"].lunch == (720, 840)


def test_what_is_left_out_is_the_default():
    """One line is a company: six people."""
    profile = parse_profile("version: 1", "p", RULES)
    assert len(profile.agents) == 6
