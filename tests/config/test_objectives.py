"""Objectives and teams: read with their faults, and of no concern to the rules."""

from dataclasses import replace

import pytest

from stream.config import parse_config
from stream.config.difference import differences
from stream.config.faults import ConfigError
from stream.config.objectives import objective_of

CONFIG = """\
version: 1
queues:
  sales: {accounts: ["whatsapp:1"]}
  support: {accounts: ["messenger:2"], team: emea}
  uk: {accounts: ["whatsapp:3"], objective: 99.5%}
  desk: {}
policies:
  - {name: tried, shadow: true, objective: 100%, targets: &one {first_reply: 1m}}
  - {name: vendors, match: {tag: vendor}, objective: 99%, targets: none}
  - {name: sellers, match: {queue: sales}, objective: 95%, targets: *one}
  - {name: number, match: {account: "whatsapp:1"}, objective: 96%, targets: *one}
  - {name: page, match: {channel: messenger}, objective: 80%, targets: *one}
  - {name: all, targets: {first_reply: 10m}}
  - {name: late, match: {tier: vip}, objective: 98%, targets: *one}
alerts:
  routes: [{to: ops}]
  receivers: {ops: {slack: {channel: C1}}}
"""


@pytest.mark.parametrize(
    ("queue", "objective"),
    [
        ("sales", 0.95),
        ("support", 0.9),
        ("uk", 0.995),
        ("desk", 0.96),
        ("unrouted", 0.96),
    ],
)
def test_a_queue_has_its_own_or_the_highest_of_policies_that_it_can_meet(
    queue, objective
):
    """By queue, by its accounts, up to the policy for everybody; of no shadow or none.

    A queue without accounts is assigned to: it can meet those of all accounts.
    """
    assert objective_of(queue, parse_config(CONFIG, "sla.yaml")) == objective


def test_nine_of_ten_where_nothing_is_said():
    """Of a policy, and of a queue that no policy promises anything."""
    config = parse_config(CONFIG.replace("match: {tag: vendor}, ", ""), "sla.yaml")

    assert config.policies[-2].objective == 0.9
    assert objective_of("support", config) == 0.9


@pytest.mark.parametrize(
    "written", ["90", "0.9", "0%", "100.1%", "-5%", "ninety", "9 %", "null", "[90%]"]
)
def test_an_objective_is_a_percentage(written):
    """Anything else is refused where it stands, with what to write."""
    with pytest.raises(ConfigError) as caught:
        parse_config(CONFIG.replace("80%", written), "sla.yaml")

    place = "sla.yaml:12:47: policies.4.objective"
    said = "write a percentage above 0%, at most 100%: 90% or 99.5%"
    assert str(caught.value) == f"{place}: {said}"


CHANGES = {
    "policy all: objective 90% -> 99% (everybody whom no policy above matches)": (
        "name: all, ",
        "name: all, objective: 99%, ",
    ),
    "queue uk: objective 99.5% -> 90%": ("99.5%", "90%"),
    "queue support: team emea -> apac": ("emea", "apac"),
}


@pytest.mark.parametrize("said", CHANGES)
def test_a_change_of_them_alone_changes_no_promise(said):
    """What the rules read is the same; the version is the file's, as for a comment."""
    old = parse_config(CONFIG, "old.yaml")
    new = parse_config(CONFIG.replace(*CHANGES[said]), "new.yaml")

    assert [*map(str, differences(old, new))] == [said]
    assert new.version_hash != old.version_hash
    book = replace(new.rules().book, version=old.version_hash)
    assert replace(new.rules(), book=book) == old.rules()
