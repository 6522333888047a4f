"""Exits: what was done to a process explains its end, and nothing else does."""

import pytest

from dev.chaos.exits import Exit, may_repeat, unexplained
from dev.chaos.schedule import Action, Fault, Schedule


def schedule(*actions: Action) -> Schedule:
    return Schedule(seed=1, workers=("worker",), length=30, actions=actions)


BECAUSE = {
    "killed": (Action(5, Fault.KILL, "worker"), Exit(5.2, "worker", -9)),
    "asked to end": (Action(5, Fault.TERMINATE, "worker"), Exit(9, "worker", 0)),
    "asked at once": (Action(5, Fault.TERMINATE, "alerts"), Exit(5.1, "alerts", -15)),
    "left": (Action(5, Fault.LEAVE, "worker-2"), Exit(6, "worker-2", 0)),
    "rolled": (Action(5, Fault.ROLLING, "worker"), Exit(25, "worker-3", 0)),
    "frozen for long": (Action(5, Fault.FREEZE, "worker", 12), Exit(18, "worker", 1)),
    "cut off for long": (Action(5, Fault.CUT, "worker", 12), Exit(18, "worker", 1)),
    "no broker": (Action(5, Fault.BROKER, "kafka", 4), Exit(38, "worker-2", 1)),
    "no Redis": (Action(5, Fault.REDIS, "redis"), Exit(6, "alerts", 1)),
    "Redis forgets": (Action(5, Fault.FORGET, "redis", 4), Exit(60, "alerts", 1)),
    "Redis wiped": (Action(5, Fault.WIPE, "redis"), Exit(6, "alerts", 1)),
}
FOR_NO_REASON = {
    "crashed": (Action(5, Fault.TERMINATE, "worker"), Exit(6, "worker", 1)),
    "killed by another": (Action(5, Fault.KILL, "alerts"), Exit(5.2, "worker", -9)),
    "killed too late": (Action(5, Fault.KILL, "worker"), Exit(20, "worker", -9)),
    "a segmentation fault": (Action(5, Fault.KILL, "worker"), Exit(5.2, "worker", -11)),
    "a segmentation fault when asked to end": (
        Action(5, Fault.TERMINATE, "worker"),
        Exit(5.2, "worker", -11),
    ),
    "its clock jumped": (
        Action(5, Fault.CLOCK, "worker", 4, by=7200),
        Exit(6, "worker", 1),
    ),
    "ended unasked": (Action(5, Fault.KILL, "worker"), Exit(6, "worker", 0)),
    "frozen shortly": (Action(5, Fault.FREEZE, "worker", 2), Exit(9, "worker", 1)),
    "another was frozen": (
        Action(5, Fault.FREEZE, "worker-2", 12),
        Exit(18, "worker", 1),
    ),
    "no Redis is nothing to it": (
        Action(5, Fault.REDIS, "redis"),
        Exit(6, "worker", 1),
    ),
    "before the broker died": (Action(20, Fault.BROKER, "kafka", 4), Exit(9, "w", 1)),
    "long after the broker": (Action(5, Fault.BROKER, "kafka", 4), Exit(90, "w", 1)),
    "alerts was not rolled": (Action(5, Fault.ROLLING, "worker"), Exit(6, "alerts", 0)),
}


@pytest.mark.parametrize(("action", "end"), BECAUSE.values(), ids=BECAUSE.keys())
def test_the_schedule_says_why(action, end):
    """Who was killed, asked, or robbed of lease or broker may have ended so."""
    assert unexplained(schedule(action), [end]) == []


@pytest.mark.parametrize(
    ("action", "end"), FOR_NO_REASON.values(), ids=FOR_NO_REASON.keys()
)
def test_a_crash_is_named(action, end):
    """An end that nothing explains is found, with who, how and when."""
    (line,) = unexplained(schedule(action), [end])
    assert line.startswith(f"{end.who} ended with status {end.status} at {end.at:.1f}")


def test_an_exit_without_faults_is_a_crash():
    """Where nothing is done nobody ends."""
    assert len(unexplained(schedule(), [Exit(3, "alerts", 1)])) == 1


def test_where_the_core_dump_lies_is_said():
    """Whoever reads that it crashed in C has to look there next."""
    end = Exit(3, "worker", -11, "core dump: /tmp/dump-1")
    (line,) = unexplained(schedule(Action(3, Fault.TERMINATE, "worker")), [end])
    assert "core dump: /tmp/dump-1" in line


FORGETS = Action(20, Fault.FORGET, "redis", 4)


@pytest.mark.parametrize(
    ("action", "end", "may"),
    [
        (FORGETS, Exit(18, "alerts", -9), True),
        (FORGETS, Exit(23, "alerts", 1), True),
        (Action(20, Fault.WIPE, "redis"), Exit(18, "alerts", -9), True),
        (FORGETS, Exit(18, "worker", -9), False),
        (FORGETS, Exit(18, "alerts", 0), False),
        (FORGETS, Exit(2, "alerts", -9), False),
        (FORGETS, Exit(40, "alerts", -9), False),
        (Action(20, Fault.REDIS, "redis"), Exit(18, "alerts", -9), False),
    ],
)
def test_who_forgets_at_once_may_repeat(action, end, may):
    """An alert may come twice only where Redis and the process lost their memory."""
    assert may_repeat(schedule(action), [end]) is may
