"""Every rule, decision and complaint has a scenario, and every scenario a rule."""

from collections import Counter
from pathlib import Path

import pytest

from tests.scenarios.reader import Scenario, scenarios

ROOT = Path(__file__).parents[2]
AT_LEAST = 120

WORDS = (
    "conversation session queue message measure target calendar clock deadline "
    "warning breach outcome fact"
)
"""What `semantics.md` section 1 defines, but for alerts: those are section 4's."""

RULES = [
    *[f"1 {word}" for word in WORDS.split()],
    *[f"2.{number}" for number in range(1, 18)],
    *[f"3.{number}" for number in range(1, 7)],
    *[f"5.{number}" for number in range(1, 6)],
    *[f"6.{number}" for number in range(1, 14)],
]

ELSEWHERE = {
    "3.1": "pyproject.toml",  # ruff bans clocks in the pure modules, import-linter time
    "3.6": "tests/sla/test_silence.py",  # a gauge, no fact
    "5.3": "tests/worker/test_waiting.py",
    "5.4": "tests/explain/test_story.py",
    "5.5": "tests/backtest/test_run.py",
    "6.10": "docs/config.md",  # a sentence of the reference
}
"""What replay cannot show, and where it is shown."""

DECISIONS = {
    "D1": "`closed` ends the session; `resolved` does not, it can be reopened",
    "D2": "a session lapses after silence, but not before a promised answer",
    "D3": "one reply clock at most; what ends it; the order at equal instants",
    "D4": "the window lives with its wait, from the customer's latest words",
    "D5": "resolution: its ends, and when it is paused",
    "D6": "which attributes choose the policy, and when again",
    "D7": "whose calendar counts; business days",
    "D8": "escalation steps",
    "D9": "an unknown author, and the better source",
    "D10": "an event from the future happened when it arrived",
    "D11": "queue and assignee are those at the instant of the fact",
    "D12": "what is older than what is remembered is too late",
    "D13": "shadow policies",
}
"""Where `semantics.md` leaves room (ADR 0007)."""

COMPLAINTS = [
    'trailing "thanks" keeps the clock running',
    "a bot answer stops it",
    "an answer that failed to deliver counted",
    "reopened conversation with absurd times",
    "lunch break, overnight, holiday, half day",
    "pause while the customer writes",
    "policy follows a team change, keeps the start",
    "escalates though answered",
    "merged twice counted",
    "DST day",
    "one wait missed many times",
    "closing without an answer counted as success",
    '"1 day" meaning 24 office hours',
]
"""Of users of helpdesks: each story that made them distrust their figures."""

ALL = list(scenarios())


def test_there_are_enough():
    """At least 120 stories."""
    assert len(ALL) >= AT_LEAST


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_scenario(rule):
    """Or a place where it is shown."""
    shown = any(rule in scenario.rules for scenario in ALL)

    assert [shown, rule in ELSEWHERE].count(True) == 1


@pytest.mark.parametrize("place", ELSEWHERE.values())
def test_what_is_shown_elsewhere_is_there(place):
    """The file exists."""
    assert (ROOT / place).is_file()


@pytest.mark.parametrize("decision", DECISIONS)
def test_every_decision_is_seen_from_several_sides(decision):
    """Two scenarios at least for what `semantics.md` leaves to us (ADR 0007)."""
    assert sum(decision in scenario.decisions for scenario in ALL) > 1


@pytest.mark.parametrize("complaint", COMPLAINTS)
def test_every_complaint_has_a_scenario(complaint):
    """What annoyed people elsewhere does not happen here."""
    assert any(complaint in scenario.heads.get("complaint", "") for scenario in ALL)


@pytest.mark.parametrize("scenario", ALL, ids=lambda s: s.place)
def test_a_scenario_names_its_rules(scenario: Scenario):
    """Rules, decisions and complaints that exist, and no others."""
    complaint = scenario.heads.get("complaint", "")
    for known in sorted(COMPLAINTS, key=len, reverse=True):
        complaint = complaint.replace(known, "")

    assert scenario.rules
    assert set(scenario.rules) <= set(RULES)
    assert set(scenario.decisions) <= DECISIONS.keys()
    assert complaint.strip(", ") == ""


def test_titles_are_unique():
    """A title is how a scenario is called."""
    titles = Counter(scenario.title for scenario in ALL)

    assert [title for title, count in titles.items() if count > 1] == []
