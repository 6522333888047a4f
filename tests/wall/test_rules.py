import re
import subprocess
from pathlib import Path
from typing import Any, Protocol

import pytest
from ruamel.yaml import YAML

from grafana import expressions
from stream.figures.catalogue.spikes import CLEAR
from stream.monitoring.alertmanager import TEMPLATE

REPOSITORY = Path(__file__).parents[2]
PROMETHEUS = REPOSITORY / "grafana" / "prometheus"
RULES = sorted((PROMETHEUS / "rules").glob("*.yml"))
RULE_TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))

Rule = dict[str, Any]


class Declared(Protocol):
    name: str
    kind: str


@pytest.fixture(scope="module")
def rules() -> list[Rule]:
    groups = [g for file in RULES for g in YAML(typ="safe").load(file)["groups"]]
    return [rule for group in groups for rule in group["rules"]]


@pytest.fixture(scope="module")
def alerts(rules: list[Rule]) -> list[Rule]:
    return [rule for rule in rules if "alert" in rule]


@pytest.mark.parametrize(
    "command",
    [
        ("promtool", "check", "config", "--lint=all", PROMETHEUS / "prometheus.yml"),
        ("promtool", "check", "rules", "--lint=all", *RULES),
        *(("promtool", "test", "rules", file) for file in RULE_TESTS),
    ],
    ids=["config", "rules", *(file.name for file in RULE_TESTS)],
)
def test_tools_of_prometheus_are_content(command: tuple[str, ...]) -> None:
    """Prometheus' own tool accepts the files, and the rule tests."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_every_alert_says_what_where_and_how_bad(alerts: list[Rule]) -> None:
    """A summary, a severity and the address of the runbook's heading, on each."""
    for alert in alerts:
        name = alert["alert"]
        assert alert["annotations"]["summary"], name
        assert alert["labels"]["severity"] in {"page", "ticket", "none"}, name
        address = f"{{{{ $externalLabels.runbook }}}}#{name.lower()}"
        assert alert["annotations"]["runbook_url"] == address, name


def test_runbook_has_one_heading_an_alert(alerts: list[Rule]) -> None:
    """No alert without a page to read, no page without its alert."""
    runbook = (REPOSITORY / "docs" / "runbook.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (\w+)$", runbook, re.MULTILINE)
    assert sorted(headings) == sorted(alert["alert"] for alert in alerts)


def test_every_alert_is_tried_by_promtool(alerts: list[Rule]) -> None:
    """Each alert is expected to fire in one of the rule tests at least."""
    texts = [file.read_text("utf-8") for file in RULE_TESTS]
    for alert in alerts:
        assert any(alert["alert"] in text for text in texts), alert["alert"]


def test_rules_ask_only_for_metrics_that_exist(
    rules: list[Rule], declared: list[Declared]
) -> None:
    """Every metric in a rule is exported by us, or recorded by another rule."""
    exported = {
        f"{metric.name}_bucket" if metric.kind == "histogram" else metric.name
        for metric in declared
    }
    recorded = {rule["record"] for rule in rules if "record" in rule}
    for rule in rules:
        for name in re.findall(r"[\w:]*replyclock_[\w:]+", rule["expr"]):
            assert name in exported | recorded, name


def test_inhibitions_name_alerts_that_exist(alerts: list[Rule]) -> None:
    """A renamed alert does not slip out of the rules that keep others quiet."""
    names = [alert["alert"] for alert in alerts]
    settings = YAML(typ="safe").load(TEMPLATE)
    matchers = [
        matcher
        for rule in settings["inhibit_rules"]
        for matcher in (*rule["source_matchers"], *rule["target_matchers"])
        if matcher.startswith("alertname")
    ] + [
        matcher
        for route in settings["route"]["routes"]
        for matcher in route["matchers"]
        if matcher.startswith("alertname")
    ]
    for matcher in matchers:
        pattern = matcher.split("=", 1)[1].strip(' ~"')
        for choice in pattern.split("|"):
            assert any(re.fullmatch(choice, name) for name in names), matcher


def test_alert_and_figure_mean_the_same_spike(alerts: list[Rule]) -> None:
    """As far from what is usual; promtool and the figure's goldens try the rest."""
    [spike] = [each["expr"] for each in alerts if each["alert"] == "CategorySpike"]
    assert f") / 4) + {CLEAR}\n" in spike


def test_wall_and_alert_mean_the_same_delay(rules: list[Rule]) -> None:
    """The data delay of the wall is the recorded one that the alert judges."""
    (rule,) = (
        rule
        for rule in rules
        if rule.get("record") == "job:replyclock_event_delay_seconds:p99_rate1m"
    )
    assert "".join(rule["expr"].split()) == "".join(expressions.data_delay().split())
