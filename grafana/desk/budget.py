"""The error budget, in PromQL: how many promises may break, and how many did.

Of an objective of 90 % one promise in ten may break. Used is what broke of that: 1 is
all of it, in whatever time. The objective is the one of now, whenever it was decided.
"""

from typing import Final

from grafana.desk.counts import QUEUES, RANGE, counted, filled

WEEK: Final = "1w"

_MOST: Final = 99.99
"""What is told of an objective of 100 % of which one broke, 0.01 of nothing allowed."""

_OF_QUEUES: Final = (
    f"max by (queue) (replyclock_queue_objective_ratio{{{QUEUES}}})",
    "scalar(max(replyclock_objective_ratio))",
)
"""Its own; of a queue that only events name the highest of all policies."""
_OF_POLICIES: Final = "max by (policy) (replyclock_objective_ratio)"


def used(over: str = RANGE, by: str = "", ago: str = "") -> str:
    """First and next replies that broke, of those that may, 0 to 100."""
    share = _share(_all(_broken(over, ago), by), _all(_allowed(over, ago), by))
    # Of another week what was not recorded is not known.
    return share if ago else filled(share, by, 0)


def left(over: str = RANGE) -> str:
    """How many more replies may be late, of those decided in this time."""
    more = f"floor({_all(_allowed(over), '')} - {_all(_broken(over), '')})"
    return filled(more, "", 0)


def decided(over: str = RANGE) -> str:
    """First and next replies that were in time or not, by queue."""
    return filled(_decided(over), "queue", 0)


def broken(over: str = RANGE) -> str:
    """Those of them that were not in time, by queue."""
    return filled(_broken(over), "queue", 0)


def used_over_time(over: str) -> str:
    """Of each queue, at each instant of the time `over` before it."""
    return _share(_broken(over), _allowed(over))


def of_policies() -> dict[str, str]:
    """Of each policy, over the range: every measure that it promises."""
    over = RANGE
    met = _of_policy("met", over)
    late = _of_policy("breached", over)
    allowed = f"({met} + {late}) * on (policy) (1 - {_OF_POLICIES})"
    return {
        "Decided": _of_every_policy(f"{met} + {late}"),
        "Broken": _of_every_policy(late),
        "Objective": _OF_POLICIES,
        "Budget used": _of_every_policy(_share(late, allowed)),
    }


def _share(broken: str, allowed: str) -> str:
    return f"clamp_max({broken} / clamp_min({allowed}, 1e-9), {_MOST})"


def _all(by_queue: str, by: str) -> str:
    return by_queue if by else f"sum({by_queue})"


def _allowed(over: str, ago: str = "") -> str:
    own, others = _OF_QUEUES
    count = _decided(over, ago)
    return f"({count} * on (queue) (1 - {own}) or on (queue) {count} * (1 - {others}))"


def _decided(over: str, ago: str = "") -> str:
    return counted(_verdicts("met|breached"), over, "queue", ago)


def _broken(over: str, ago: str = "") -> str:
    return counted(_verdicts("breached"), over, "queue", ago)


def _verdicts(which: str) -> str:
    of = f'{QUEUES},verdict=~"{which}"'
    return f"queue_verdict:replyclock_verdicts:increase5m{{{of}}}"


def _of_policy(verdict: str, over: str) -> str:
    recorded = "policy_verdict:replyclock_policy_verdicts:increase5m"
    return counted(f'{recorded}{{verdict="{verdict}"}}', over, "policy")


def _of_every_policy(expr: str) -> str:
    return f"({expr}) or on (policy) (0 * {_OF_POLICIES})"
