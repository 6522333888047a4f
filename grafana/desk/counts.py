"""What the recordings of five minutes each add up to, in PromQL.

The sum of a recording over a time is what happened in it
(`grafana/prometheus/rules/recording.yml`).
"""

from typing import Final

QUEUES: Final = 'queue=~"$queue"'
RANGE: Final = "$__range"
"""What is shown."""
WEEK: Final = "1w"
NONE_YET: Final = -1_000
"""The mark for what nothing was counted of: 0 of 0 is not 100 %. NPS may be -100."""


def counted(recorded: str, over: str = RANGE, by: str = "", ago: str = "") -> str:
    """How often it happened in the time `over`, that ended `ago`."""
    offset = f" offset {ago}" if ago else ""
    return f"sum{grouped(by)} (sum_over_time({recorded}[{over}]{offset}))"


def grouped(labels: str) -> str:
    return f" by ({labels})" if labels else ""


def listed(*labels: str) -> str:
    """Those that are not empty."""
    return ", ".join(filter(None, labels))


def filled(expr: str, by: str, mark: int) -> str:
    """`mark` where `expr` has no answer, as long as a worker answers.

    `by`: `queue`, or empty.
    """
    of_every_queue = f"0 * max{grouped(by)} (replyclock_queue_info{{{QUEUES}}})"
    return f"({expr}) or on ({by}) ({of_every_queue} {mark:+d})".replace(" +0", "")
