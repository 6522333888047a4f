"""The worker's group, and what the doctor says of it."""

import pytest

from stream.doctor.check import Mark
from stream.doctor.group import Group, forbidden_group, judge_group, moving_group

NONE, HALF, OTHER = frozenset[int](), frozenset({0, 1}), frozenset({2, 3})
CURRENT = dict.fromkeys(range(4), 0)

CASES = {
    "all is covered": (
        Group("Stable", [HALF, OTHER], CURRENT),
        (Mark.OK, "g: 2 members, all 4 partitions, 0 records behind"),
    ),
    "one too many waits without a partition": (
        Group("Stable", [HALF | OTHER, NONE], {**CURRENT, 2: 12}),
        (Mark.OK, "g: 2 members, all 4 partitions, 12 records behind"),
    ),
    "nobody has two of them": (
        Group("Stable", [HALF], CURRENT),
        (Mark.FAIL, "g: nobody has partitions 2, 3; 1 member"),
    ),
    "there is no group": (
        Group("Dead", [], {**CURRENT, 0: 1500}),
        (Mark.WARN, "g has no member; 1,500 records behind"),
    ),
    "all have left": (
        Group("Empty", [], CURRENT),
        (Mark.WARN, "g has no member; 0 records behind"),
    ),
    "they share out at the moment": (
        Group("PreparingRebalance", [NONE, NONE], CURRENT),
        (Mark.WARN, "g shares out its partitions at the moment; 0 records behind"),
    ),
    "it is far behind": (
        Group("Stable", [HALF, OTHER], {**CURRENT, 0: 10_001}),
        (Mark.WARN, "g: 2 members, all 4 partitions, 10,001 records behind"),
    ),
}


@pytest.mark.parametrize(("group", "expected"), CASES.values(), ids=CASES.keys())
def test_judgement(group, expected):
    """Each state is one line; what is not well says what to do."""
    finding = judge_group("g", group)

    assert (finding.mark, finding.found) == expected
    assert bool(finding.remedy) == (finding.mark is not Mark.OK)


def test_a_group_that_we_may_not_ask_for(commands):
    """The right that the worker needs is the command."""
    finding = forbidden_group("g", commands)

    assert finding.mark is Mark.FAIL
    assert finding.remedy[-1].endswith("User:worker --operation Read --group g")


def test_a_group_between_two_brokers_is_not_called_empty():
    """Its commits are unknown then, not none."""
    assert moving_group("g").mark is Mark.WARN
