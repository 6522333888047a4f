"""The service level of today, first and next replies, beside what is promised.

Asked of counters that Prometheus adds up by worker (`prometheus/rules/wall.yml`):
twelve series a queue, scraped every five seconds, would be read eight times over the
day.
"""

from typing import Final

from grafana.expressions import QUEUES, over_all
from grafana.words import SAYS, counted, said

_TOTALS: Final = "instance_queue_verdict:replyclock_{}:sum"
_A_BIT: Final = 1e-6
"""Of a tenth of a percent: 57 % is stored as 56.99999999."""


def service_level() -> str:
    """Met per decided since midnight: "96.5 of 90 %", or "89.9 under 90 %".

    What was taken back is taken off. `increase` extrapolates the counters of a worker
    by the same factor, so the ratio is exact; but none to below its zero, so that with
    one that was (almost) 0 at midnight it is off by the share of half a minute in the
    day: 0.4 points after ten minutes, less than 0.1 after one hour. A verdict of
    yesterday taken back today is clamped: a few cycles around midnight. Before the
    first verdict "none yet": a 100 % drawn from nothing would also praise a pipe that
    is broken.
    """
    # Rounded down: 89.96 is not 90.
    level = _text(f"floor(1000 * {_level()} + {_A_BIT}) / 10", "level", "$1")
    objective = _text(f"round(1000 * {_objective()}) / 10", "objective", "$1 %")
    kept = _text(f"sum({_met()} - {_wanted()}) >= bool -{_A_BIT}", "kept", "$1")
    word = f'label_replace({kept}, "kept", "of", "kept", "1")'
    word = f'label_replace({word}, "kept", "under", "kept", "0")'
    all_three = (
        f"{level} * on () group_left (kept) {word}"
        f" * on () group_left (objective) {objective}"
    )
    joined = f'label_join({all_three}, "{SAYS}", " ", "level", "kept", "objective")'
    return f"sum by ({SAYS}) ({joined}) or on () ({_none_yet()})"


def _text(value: str, label: str, text: str) -> str:
    return counted(value, label, text, by="")


def _none_yet() -> str:
    # Not of `QUEUES`: without the rules there is no data, and none may have been kept.
    return said(
        over_all("0 * count", f'{_TOTALS.format("verdicts")}{{queue=~"$queue"}}'),
        "none yet",
    )


def _level() -> str:
    return f"clamp(sum({_met()}) / (sum({_decided()}) > 0), 0, 1)"


def _objective() -> str:
    """Of each queue, by how many of today's replies were its."""
    return f"(sum({_wanted()}) / sum({_decided()}))"


def _met() -> str:
    return _net("met")


def _decided() -> str:
    return _net("met|breached")


def _wanted() -> str:
    """How many should have been met.

    What only events name has no objective of its own: the highest of all policies.
    """
    objective = "max by (queue) (replyclock_queue_objective_ratio)"
    highest = "scalar(max(replyclock_objective_ratio))"
    own = f"{_decided()} * on (queue) {objective}"
    return f"({own} or on (queue) {_decided()} * {highest})"


def _net(verdicts: str) -> str:
    of = f'{{queue=~"$queue",verdict=~"{verdicts}"}}[$__range]'
    counted_, taken_back = (
        f"sum by (queue) (increase({_TOTALS.format(kind)}{of}))"
        for kind in ("verdicts", "retractions")
    )
    return f"(({counted_} - {taken_back}) and on (queue) ({QUEUES}))"
