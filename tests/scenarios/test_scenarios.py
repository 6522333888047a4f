"""Every scenario in this folder, through `replyclock replay`'s own door."""

import pytest

from stream.records import encode_event
from stream.replay.replay import BadLineError, Replay
from stream.sla.facts import Fact
from tests.scenarios.config import config_of
from tests.scenarios.reader import Scenario, scenarios


def replayed(scenario: Scenario) -> list[Fact]:
    """Events as JSON lines and the config in, facts out."""
    events, until = scenario.events()
    run = Replay(config_of(scenario).rules())
    told = [*run.lines([encode_event(event) for event in events])]
    told += run.run_until(run.now if until is None else until)
    faults = [str(one) for one in told if isinstance(one, BadLineError)]
    assert faults == []
    return [one for one in told if isinstance(one, Fact)]


def in_scope(fact: Fact, scope: str) -> bool:
    """Whether the scenario's table is complete for facts like this one."""
    return (
        not scope
        or (scope == "clock" and fact.measure is not None)
        or (fact.measure is not None and fact.measure.value in scope.split(", "))
    )


def cases() -> list:
    return [
        pytest.param(
            scenario,
            id=f"{scenario.place.partition('.')[0]}: {scenario.title}",
            marks=[pytest.mark.xfail(strict=True, reason=scenario.heads["wrong"])]
            if "wrong" in scenario.heads
            else [],
        )
        for scenario in scenarios()
    ]


@pytest.mark.parametrize("scenario", cases())
def test_scenario(scenario: Scenario):
    """Replay tells the scenario's facts, all of them and no others."""
    table, expected = scenario.expected()
    facts = [fact for fact in replayed(scenario) if in_scope(fact, scenario.scope)]
    told = table.told(facts)
    groups = dict.fromkeys([*(one.group for one in expected), *told])

    for group in groups:
        wanted = [one for one in expected if one.group == group]
        assert (group, table.lines(told.get(group, []), wanted)) == (
            group,
            table.expected_lines(wanted),
        ), scenario.place


@pytest.mark.parametrize("scenario", [*scenarios()], ids=lambda s: s.place)
def test_each_statement_has_a_name_of_its_own(scenario: Scenario):
    """No `fact_id` twice: who keeps the first of each misses nothing (6.11)."""
    names = [fact.fact_id for fact in replayed(scenario)]

    assert len(names) == len(set(names))
