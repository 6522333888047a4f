"""The service level of today, first and next replies, beside what is promised.

Asked of counters that Prometheus adds up by worker (`prometheus/rules/wall.yml`): each
of twelve series a queue, scraped every five seconds for a day, would be read six times.
"""

from typing import Final

from grafana.expressions import QUEUES, fill
from grafana.words import SAYS, counted

_TOTALS: Final = "instance_queue_verdict:replyclock_{}:sum"
_A_BIT: Final = 1e-6
"""Of a tenth of a percent: 57 % is stored as 56.99999999."""


def service_level() -> str:
    """Met per decided since midnight, 0 to 1: "96.5 of 90 %" or "89.9 under 90 %".

    What was taken back is taken off. `increase` extrapolates all counters of a worker
    by the same factor, so the ratio is exact. A verdict of yesterday taken back today
    is clamped: a few cycles around midnight. Before the first verdict "none yet": a
    100 % drawn from nothing would also praise a pipe that is broken.
    """
    kept = f"{_level()} >= {_objective()} - {_A_BIT}"
    return (
        f"({_compared(kept, 'of')}) or on () ({_compared(_level(), 'under')})"
        f" or on () ({fill('none yet')})"
    )


def _compared(level: str, word: str) -> str:
    percent = counted(f"floor(1000 * ({level}) + {_A_BIT}) / 10", "level", by="")
    wanted = f"round(1000 * {_objective()}) / 10"
    objective = counted(wanted, "objective", f"{word} $1 %", by="")
    both = (
        f"({level}) * on () group_left (level) ({percent})"
        f" * on () group_left (objective) ({objective})"
    )
    joined = f'label_join({both}, "{SAYS}", " ", "level", "objective")'
    return f"sum by ({SAYS}) ({joined})"


def _level() -> str:
    return f"clamp(sum({_net('met')}) / (sum({_net('met|breached')}) > 0), 0, 1)"


def _objective() -> str:
    """Of each queue, by how many of today's replies were its."""
    wanted = "max by (queue) (replyclock_queue_objective_ratio)"
    decided = _net("met|breached")
    return f"(sum({decided} * on (queue) {wanted}) / sum({decided}))"


def _net(verdicts: str) -> str:
    of = f'{{queue=~"$queue",verdict=~"{verdicts}"}}[$__range]'
    counted_, taken_back = (
        f"sum by (queue) (increase({_TOTALS.format(kind)}{of}))"
        for kind in ("verdicts", "retractions")
    )
    return f"(({counted_} - {taken_back}) and on (queue) ({QUEUES}))"
