"""The desk's PromQL.

What is counted over hours and days is asked of the recordings of five minutes each
(`grafana/prometheus/rules/recording.yml`): it is at most five minutes old, and a month
costs what a day would (docs/dashboards.md). What is so now is asked of the workers.
"""

from collections.abc import Callable
from typing import Final

from grafana import expressions as wall
from grafana.desk.counts import NONE_YET, QUEUES, RANGE, counted, filled, listed

_BROKEN: Final = 'verdict="breached"'

_BEFORE: Final = {"today": "", "yesterday": "1d", "last week": "1w"}
"""A day here is 24 hours: for a day after a change of the clocks it is an hour off."""


WATCHED: Final = wall.COVERAGE
"""The share of the partitions of events that a worker owns and has restored."""


def beside(question: Callable[[str], str]) -> dict[str, str]:
    """The same question of today and of the days to compare it with."""
    return {name: question(ago) for name, ago in _BEFORE.items()}


def waiting_now() -> str:
    """Customers who wait, each once, by queue."""
    waiting = f"sum by (queue) (replyclock_customers_waiting{{{QUEUES}}})"
    return filled(waiting, "queue", 0)


def late_now() -> str:
    """Of those, whose promise is broken, by queue."""
    late = f'replyclock_customers_waiting{{{QUEUES},band="breached"}}'
    return filled(f"sum by (queue) ({late})", "queue", 0)


def worst_lateness() -> str:
    """Seconds, in the time of the promise, by queue; 0 where nobody is late."""
    worst = f"max by (queue) (replyclock_worst_lateness_seconds{{{QUEUES}}})"
    return filled(worst, "queue", 0)


def objective() -> str:
    """The share of replies that is to be in time, by queue."""
    return f"max by (queue) (replyclock_queue_objective_ratio{{{QUEUES}}})"


def kept(by: str = "", ago: str = "", over: str = RANGE) -> str:
    """Replies in time of all decided in the time `over`, 0 to 1.

    `ago` is an offset: the same time that long before.
    """
    met = counted(_verdicts('verdict="met"'), over, by, ago)
    decided = counted(_verdicts('verdict=~"met|breached"'), over, by, ago)
    return _today(f"clamp({met} / ({decided} > 0), 0, 1)", by, ago, NONE_YET)


def broken(ago: str = "") -> str:
    """Promises of a reply broken in the range."""
    return _today(counted(_verdicts(_BROKEN), ago=ago), "", ago, 0)


def replied(by: str) -> str:
    """Waits that a reply ended in the range."""
    return filled(counted(_reply_times('le="+Inf"'), by=by), by, 0)


def written(ago: str = "") -> str:
    """Matters that customers began in the range."""
    return _today(counted(_opened(), ago=ago), "", ago, 0)


def reply_time(quantile: float, by: str = "", ago: str = "") -> str:
    """Seconds of open time until the reply, of the waits that ended in the range."""
    buckets = counted(_reply_times(), by=listed(by, "le"), ago=ago)
    time = f"histogram_quantile({quantile}, {buckets}) >= 0"
    return _today(time, by, ago, NONE_YET)


def replied_hourly() -> str:
    return _hourly(_reply_times('le="+Inf"'))


def broken_hourly() -> str:
    return _hourly(_verdicts(_BROKEN))


def written_hourly(ago: str = "") -> str:
    return _hourly(_opened(), ago=ago)


def reply_time_hourly(quantile: float, *, open_time: bool = True) -> str:
    """Seconds until the reply, of the waits that ended in the last hour."""
    buckets = _hourly(_reply_times(open_time=open_time), "le")
    return f"histogram_quantile({quantile}, {buckets}) >= 0"


def backlog(band: str) -> str:
    """Customers who waited, over time."""
    recorded = "band_queue:replyclock_customers_waiting:sum"
    return f'sum({recorded}{{{QUEUES},band="{band}"}})'


def _verdicts(which: str) -> str:
    return f"queue_verdict:replyclock_verdicts:increase5m{{{QUEUES},{which}}}"


def _reply_times(more: str = "", *, open_time: bool = True) -> str:
    name = (
        "replyclock_reply_business_seconds" if open_time else "replyclock_reply_seconds"
    )
    of = ",".join(filter(None, (QUEUES, more)))
    return f"le_queue:{name}:increase5m{{{of}}}"


def _opened() -> str:
    return f"queue:replyclock_sessions_opened:increase5m{{{QUEUES}}}"


def _today(expr: str, by: str, ago: str, mark: int) -> str:
    # Of another day what was not recorded is not known.
    return expr if ago else filled(expr, by, mark)


def _hourly(recorded: str, by: str = "", ago: str = "") -> str:
    return counted(recorded, "1h", by, ago)
