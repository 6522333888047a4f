"""The groups of workers and alerts, and what the doctor says of them."""

import pytest

from stream.doctor.check import Mark
from stream.doctor.group import (
    Group,
    forbidden_group,
    judge_group,
    moving_group,
    readers_of,
)
from stream.process.settings import Settings

WORKERS, ALERTS = readers_of(Settings())
NAME = WORKERS.name
NONE, HALF, OTHER = frozenset[int](), frozenset({0, 1}), frozenset({2, 3})
CURRENT = dict.fromkeys(range(4), 0)

CASES = {
    "all is covered": (
        Group("Stable", [HALF, OTHER], CURRENT),
        (
            Mark.OK,
            f"{NAME}: 2 members, all 4 partitions, 0 records behind",
        ),
    ),
    "one too many waits without a partition": (
        Group("Stable", [HALF | OTHER, NONE], {**CURRENT, 2: 12}),
        (
            Mark.OK,
            f"{NAME}: 2 members, all 4 partitions, 12 records behind",
        ),
    ),
    "nobody has two of them": (
        Group("Stable", [HALF], CURRENT),
        (Mark.FAIL, f"{NAME}: nobody has partitions 2, 3; 1 member"),
    ),
    "there is no group": (
        Group("Dead", [], {**CURRENT, 0: 1500}),
        (Mark.WARN, f"{NAME} has no member; 1,500 records behind"),
    ),
    "all have left": (
        Group("Empty", [], CURRENT),
        (Mark.WARN, f"{NAME} has no member; 0 records behind"),
    ),
    "the topic goes back, or is to be begun anew": (
        Group("Empty", [], {**CURRENT, 1: -300, 2: 12}),
        (
            Mark.FAIL,
            f"{NAME} has read further than the topic goes: no worker starts",
        ),
    ),
    "one commits while we ask": (
        Group("Stable", [HALF, OTHER], {**CURRENT, 1: -3, 2: 12}),
        (
            Mark.OK,
            f"{NAME}: 2 members, all 4 partitions, 12 records behind",
        ),
    ),
    "they share out at the moment": (
        Group("PreparingRebalance", [NONE, NONE], CURRENT),
        (
            Mark.WARN,
            f"{NAME} shares out its partitions at the moment; 0 records behind",
        ),
    ),
    "it is far behind": (
        Group("Stable", [HALF, OTHER], {**CURRENT, 0: 10_001}),
        (
            Mark.WARN,
            f"{NAME}: 2 members, all 4 partitions, 10,001 records behind",
        ),
    ),
}


@pytest.mark.parametrize(("group", "expected"), CASES.values(), ids=CASES.keys())
def test_judgement(group, expected):
    """Each state is one line; what is not well says what to do."""
    finding = judge_group(WORKERS, group)

    assert (finding.mark, finding.found) == expected
    assert bool(finding.remedy) == (finding.mark is not Mark.OK)
    assert finding.name == "worker group"


@pytest.mark.parametrize("group", [group for group, _ in CASES.values()])
def test_both_groups_are_judged_alike(group):
    """Each with its own line, its own command and its own page of the runbook."""
    worker, alerts = judge_group(WORKERS, group), judge_group(ALERTS, group)

    assert (alerts.mark, alerts.name) == (worker.mark, "alerts group")
    words = worker.found.replace("-worker", "-alerts")
    assert alerts.found == words.replace("no worker", "no alerts")
    names = [("worker", "alerts"), ("MonitorDataDelayed", "MonitorFactsDelayed")]
    names.append(("begin-anew:", "begin-anew --alerts:"))
    said = worker.remedy
    for workers, others in names:
        said = tuple(line.replace(workers, others) for line in said)
    assert alerts.remedy == said


def test_a_group_that_we_may_not_ask_for(commands):
    """The right that the worker needs is the command."""
    finding = forbidden_group(WORKERS, commands)

    assert finding.mark is Mark.FAIL
    assert finding.remedy[-1].endswith(
        "User:worker --operation Read --group replyclock-worker"
    )


def test_who_may_not_look_at_the_other_group_has_no_fault(commands):
    """The doctor runs as the worker, whose user needs no right on it."""
    finding = forbidden_group(ALERTS, commands)

    assert finding.mark is Mark.SKIP
    assert finding.remedy[-1].endswith("--operation Describe --group replyclock-alerts")


def test_a_group_between_two_brokers_is_not_called_empty():
    """Its commits are unknown then, not none."""
    assert moving_group(WORKERS).mark is Mark.WARN
