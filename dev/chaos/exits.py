"""Exits: who ended when and how, and whether the schedule says why.

A supervisor starts again whoever ended, so a crash heals by itself and no promise
breaks. It is a fault all the same when nothing was done to that process.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dev.chaos.schedule import WORKERS, Action, Fault, Schedule

_CRASHED = 1
_KILLED = -9
_IN_ORDER = (0, -15)
"""-15: SIGTERM came before the process had begun to listen to it."""
_NOTICED_S = 5.0
"""An exit is dated when the supervisor looks, and actions may begin late."""
_STOP_S = 15.0
_LEASE_S = 3.0
"""A heartbeat is 3 s old at most, an answer to it late, and what is written needs
3 s on the way: the lease of 10 s has at least this left when a freeze begins."""
_GIVES_UP_S = 60.0
"""Twice Kafka's time limit of 30 s: a write waits, then the drain before the end."""
_FORGOTTEN_S = 15.0
"""From the end of the alerts process until the next one has read what it had not
committed: it starts, and is given the partitions a session timeout later."""
_ENDED_IN_ORDER = (Fault.TERMINATE, Fault.LEAVE)
_LOSSES = (Fault.FORGET, Fault.WIPE)


@dataclass(frozen=True, slots=True)
class Exit:
    """`who` ended `at` seconds after the trial's begin; negative status: a signal.

    `core` says where its core dump lies, where one is to be expected.
    """

    at: float
    who: str
    status: int
    core: str = ""

    def __str__(self) -> str:
        ended = f"{self.who} ended with status {self.status} at {self.at:.1f} s"
        return f"{ended}; {self.core}" if self.core else ended


def unexplained(schedule: Schedule, exits: Iterable[Exit]) -> list[str]:
    """Exits that no action of the schedule accounts for, a line each.

    None accounts for a crash in C, whatever was done at that moment.
    """
    return [
        f"{each}, and the schedule does not say why"
        for each in exits
        if not any(_explains(action, each) for action in schedule.actions)
    ]


def may_repeat(schedule: Schedule, exits: Iterable[Exit]) -> bool:
    """Whether Redis and the alerts process may have lost their memory at once.

    What was posted just then nobody knows any more: it may come a second time, to be
    put right when the wait ends (ADR 11). Where only one of them forgets, it must not.
    """
    ends = [each.at for each in exits if each.who == "alerts" and each.status]
    return any(
        -_FORGOTTEN_S < end - action.at < action.seconds + _NOTICED_S
        for action in schedule.actions
        if action.fault in _LOSSES
        for end in ends
    )


def _explains(action: Action, end: Exit) -> bool:
    after = end.at - action.at
    if after < -_NOTICED_S:
        return False
    if end.status == _KILLED:
        return _is_done_to(action, end, (Fault.KILL,)) and after < _NOTICED_S
    if end.status == _CRASHED:
        return _may_crash(action, end) and after < action.seconds + _GIVES_UP_S
    if end.status not in _IN_ORDER:
        return False
    if action.fault is Fault.ROLLING:
        return end.who in WORKERS and after < len(WORKERS) * _STOP_S + _NOTICED_S
    return _is_done_to(action, end, _ENDED_IN_ORDER) and after < _STOP_S + _NOTICED_S


def _is_done_to(action: Action, end: Exit, faults: Iterable[Fault]) -> bool:
    return action.who == end.who and action.fault in faults


def _may_crash(action: Action, end: Exit) -> bool:
    """A lease that ran out, a server that did not answer: ended by design."""
    match action.fault:
        case Fault.FREEZE | Fault.CUT:
            return action.who == end.who and action.seconds > _LEASE_S
        case Fault.BROKER:
            return True
        case Fault.REDIS | Fault.FORGET | Fault.WIPE:
            return end.who == "alerts"  # a rebalance does not wait for Redis
        case _:
            return False
