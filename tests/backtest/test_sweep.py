"""Whose waits a sweep is of."""

import pytest

from stream.backtest.sweep import Part, part_named, queues_with, sweep
from stream.config import parse_config
from stream.sla.cycles import Cycle
from stream.sla.events import Channel
from stream.sla.facts import Measure
from tests.timelines import CONFIG

FIRST, NEXT = Measure.FIRST_REPLY, Measure.NEXT_REPLY
RULES = parse_config(CONFIG.replace("{sales:", "{vip: {}, sales:"), "sla.yaml")


def wait(name, queue, policy, measure=FIRST, *, shadow=False):
    """Answered after five."""
    cycle = Cycle(Channel.WHATSAPP, queue, policy, lasted_ms=5, waited_business_ms=5)
    return (name, measure, 0, shadow), cycle


WAITS = [
    wait("a", "sales", "all"),
    wait("b", "sales", "vip"),
    wait("c", "support", "vip"),
    wait("a", "sales", "tried", shadow=True),
    wait("a", "later", "all", NEXT),
    wait("d", "shadowed", "tried", shadow=True),
]


@pytest.mark.parametrize(
    ("part", "met"),
    [
        (Part("queue", "sales"), 2),
        (Part("policy", "vip"), 2),
        (Part("policy", "tried"), 2),
        (Part("queue", "shadowed"), 0),
        (Part("queue", "later"), 0),
    ],
    ids=str,
)
def test_a_sweep_is_of_one_queue_or_of_one_policy(part, met):
    """Of a policy that is only tried, too; in a queue it would count twice."""
    swept = sweep(WAITS, FIRST, part, [4, 5])

    assert [(level.met, level.breached) for level in swept.levels.values()] == [
        (0, met),
        (met, 0),
    ]


def test_without_a_name_each_queue_that_has_such_waits_is_by_itself():
    """In order; not those with other promises, nor of shadows alone."""
    assert queues_with(FIRST, WAITS) == [
        Part("queue", "sales"),
        Part("queue", "support"),
    ]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("sales", Part("queue", "sales")),
        ("all", Part("policy", "all")),
        ("vip", Part("queue", "vip")),
        ("policy:vip", Part("policy", "vip")),
        ("queue:vip", Part("queue", "vip")),
        ("unrouted", Part("queue", "unrouted")),
    ],
)
def test_a_queue_or_a_policy_by_name(text, part):
    """The queue where both are called so, unless it is said."""
    assert part_named(text, RULES) == part


@pytest.mark.parametrize(
    ("text", "near"), [("slaes", ": did you mean 'sales'?"), ("policy:sales", "")]
)
def test_a_name_that_is_none_is_refused(text, near):
    """With the one that may have been meant."""
    with pytest.raises(ValueError, match="called") as refused:
        part_named(text, RULES)

    said = f"no queue and no policy is called {text!r}{near}"
    assert str(refused.value) == said
