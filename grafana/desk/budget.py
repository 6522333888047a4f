"""The error budget, in PromQL: how many promises may break, and how many did.

Of an objective of 90 % one promise in ten may break. Used is what broke of that: 1 is
all of it, in whatever time. The objective is the one of now, whenever it was decided. A
queue that the rules file does not name has none, and is judged by nobody.
"""

from typing import Final

from grafana.desk.counts import NONE_YET, QUEUES, RANGE, counted, filled

_MOST: Final = 99.99
"""What is told of an objective of 100 % of which one broke, 0.01 of nothing allowed."""

_A_BIT: Final = 0.001
"""Of a reply, or of a percent: 1 - 0.9 is stored as 0.09999999."""
_OBJECTIVE: Final = f"max by (queue) (replyclock_queue_objective_ratio{{{QUEUES}}})"
_OF_POLICIES: Final = "max by (policy) (replyclock_objective_ratio)"

ALL_THAT_MAY: Final = f"1 + 0 * max({_OBJECTIVE})"
"""A line in a graph of what is used; none where no worker answers."""


def used(over: str = RANGE, by: str = "", ago: str = "") -> str:
    """First and next replies that broke, of those that may, 0 to 100."""
    share = _share(_all(_broken(over, ago), by), _all(_allowed(over, ago), by))
    # Of another week what was not recorded is not known.
    return share if ago else filled(share, by, 0)


def left(over: str = RANGE) -> str:
    """How many more replies may be late, of those decided in this time."""
    more = f"sum({_allowed(over)}) - sum({_broken(over)})"
    return filled(f"floor({more} + {_A_BIT})", "", 0)


def of_queues() -> dict[str, str]:
    """Of each queue, over the range: first and next replies."""
    decided, broken = _decided(RANGE), _broken(RANGE)
    return {
        "Decided": filled(decided, "queue", 0),
        "Broken": filled(broken, "queue", 0),
        "In time": filled(f"1 - {broken} / ({decided} > 0)", "queue", NONE_YET),
        "Objective": _OBJECTIVE,
        "Budget used": used(by="queue"),
    }


def used_over_time(over: str) -> str:
    """Of each queue, at each instant of the time `over` before it."""
    return _share(_broken(over), _allowed(over))


def of_policies() -> dict[str, str]:
    """Of each policy in force, over the range: every measure that it promises."""
    met, broken = (_of_policy(verdict) for verdict in ("met", "breached"))
    decided = f"({met} + {broken})"
    allowed = f"{decided} * on (policy) (1 - {_OF_POLICIES})"
    return {
        "Decided": decided,
        "Broken": broken,
        "Objective": f"{_OF_POLICIES} and on (policy) {decided}",
        "Budget used": _share(broken, allowed),
    }


def _share(broken: str, allowed: str) -> str:
    # Rounded down, so that what reads 100 % has its colour: 99.6 % is not all.
    share = f"clamp_max({broken} / clamp_min({allowed}, 1e-9), {_MOST})"
    return f"floor(100 * {share} + {_A_BIT}) / 100"


def _all(by_queue: str, by: str) -> str:
    return by_queue if by else f"sum({by_queue})"


def _allowed(over: str, ago: str = "") -> str:
    return f"({_decided(over, ago)} * on (queue) (1 - {_OBJECTIVE}))"


def _decided(over: str, ago: str = "") -> str:
    return _verdicts("met|breached", over, ago)


def _broken(over: str, ago: str = "") -> str:
    return _verdicts("breached", over, ago)


def _verdicts(which: str, over: str, ago: str) -> str:
    of = f'{QUEUES},verdict=~"{which}"'
    recorded = f"queue_verdict:replyclock_verdicts:increase5m{{{of}}}"
    return f"({counted(recorded, over, 'queue', ago)} and on (queue) {_OBJECTIVE})"


def _of_policy(verdict: str) -> str:
    recorded = "policy_verdict:replyclock_policy_verdicts:increase5m"
    of_all = counted(f'{recorded}{{verdict="{verdict}"}}', RANGE, "policy")
    # One that has left the file promises nothing any more.
    return f"({of_all} and on (policy) {_OF_POLICIES})"
