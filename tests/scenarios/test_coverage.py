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
    *[f"2.{number}" for number in range(1, 13)],
    *[f"3.{number}" for number in range(1, 7)],
    *[f"5.{number}" for number in range(1, 6)],
]

ELSEWHERE = {
    "3.1": "pyproject.toml",  # ruff bans clocks in the pure modules, import-linter time
    "5.3": "tests/test_waiting.py",
}
"""What replay cannot show, and where it is shown."""

OPEN = {
    "3.6": "a silent source is the wall's and alerting's; not built yet",
    "5.4": "`explain` is being built; its tests will stand in tests/cli",
    "5.5": "`backtest` is being built; its tests will stand in tests/cli",
}
"""What nothing shows yet."""

DECISIONS = [f"D{number}" for number in range(1, 14)]

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
    """Or a place where it is shown, or a line that says that it is open."""
    shown = any(rule in scenario.rules for scenario in ALL)

    assert [shown, rule in ELSEWHERE, rule in OPEN].count(True) == 1


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
    assert set(scenario.decisions) <= set(DECISIONS)
    assert complaint.strip(", ") == ""


def test_titles_are_unique():
    """A title is how a scenario is called."""
    titles = Counter(scenario.title for scenario in ALL)

    assert [title for title, count in titles.items() if count > 1] == []
