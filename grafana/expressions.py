"""The wall's PromQL: each question, and an answer also when nothing waits.

Every query ends in a fill from `replyclock_waiting`, which exists, at zero, for every
configured queue as long as a worker is up. So an empty tile means one thing only: no
worker answers. What a tile says instead of a number is one of the marks below.
"""

from typing import Final

NOBODY: Final = 0
"""Nobody waits: an oldest wait is at least a second."""
UNDECIDED: Final = -1
"""No verdict today. 0/0 is not 100 %: a wall that praises itself before the first
verdict would also praise a pipe that is broken."""
PARTIAL: Final = -2
"""Some partitions have no worker: a number now would be a part of the truth."""
STALE: Final = -3
"""Nobody is known to wait, and a source is silent: who waits, nobody knows. A wait that
is known stays a number: bad news of a silent source is no less true."""
IDLE: Final = 999_999_999
"""No clock runs in the queue: later than any deadline, so the bar is full."""

STUCK: Final = 60
"""Seconds. Records wait and none was applied for a minute: the delay is more."""

_OF = 'measure="first_reply",queue=~"$queue"'

_EVENTS: Final = 'topic=~".*conversations[.]events"'
"""Behind any prefix. The alerts process says the same of facts: who reads those does
not change what is known of customers."""
COVERAGE: Final = (
    f"min(sum by (topic) (replyclock_partitions_assigned{{{_EVENTS}}})"
    f" / max by (topic) (replyclock_partitions{{{_EVENTS}}}))"
)
LAG: Final = f"sum(replyclock_lag_records{{{_EVENTS}}})"
_SILENT: Final = (
    'min by (channel, account, queue) (replyclock_source_silent{queue=~"$queue"})'
)
"""1 for an account that is silent for every worker (semantics 3.6)."""


def _by(grouping: str) -> str:
    return f" by ({grouping})" if grouping else ""


def _waits(by: str, band: str = "") -> str:
    of = f'{_OF},band="{band}"' if band else _OF
    return f"sum{_by(by)} (replyclock_waiting{{{of}}})"


def _fill(by: str, mark: int) -> str:
    return f"0 * {_waits(by)} {mark:+d}".replace(" +0", "")


def _whole(value: str, by: str) -> str:
    """`value` while every partition has a worker, else the mark `PARTIAL`."""
    return f"(({value}) and on () ({COVERAGE} >= 1)) or ({_fill(by, PARTIAL)})"


def _stale(by: str) -> str:
    """The mark `STALE` where a source is silent, nothing elsewhere."""
    return f"(0 * count{_by(by)} ({_SILENT} == 1) {STALE:+d})"


def waiting(by: str = "", band: str = "") -> str:
    waits = _waits(by, band)
    return _whole(f"({waits} > 0) or {_stale(by)} or {waits}", by)


def oldest_wait(by: str = "") -> str:
    """Seconds since the longest wait of now began."""
    began = f"min{_by(by)} (replyclock_oldest_wait_timestamp_seconds{{{_OF}}})"
    # At least a second: 0 is the mark for nobody, and two machines' clocks differ.
    age = f"clamp_min(time() - {began}, 1)"
    return _whole(f"{age} or {_stale(by)} or {_fill(by, NOBODY)}", by)


def next_breach(by: str = "") -> str:
    """Seconds until the nearest deadline of a clock that runs and is not breached."""
    at = f"min{_by(by)} (replyclock_next_deadline_timestamp_seconds{{{_OF}}})"
    left = f"({at} - time())"
    return _whole(f"{left} or {_stale(by)} or ({_fill(by, IDLE)})", by)


def stale(by: str) -> str:
    """1 where an account of the queue is silent for every worker (semantics 3.6)."""
    return _whole(f"(max by ({by}) ({_SILENT})) or ({_fill(by, 0)})", by)


def silent_sources() -> str:
    """How many accounts are silent."""
    return _whole(f"sum({_SILENT}) or ({_fill('', 0)})", "")


def service_level(by: str = "") -> str:
    """Met per decided cycle since midnight, 0 to 1, retractions taken off.

    `increase` extrapolates all counters of a worker by the same factor, so the ratio
    is exact. A verdict of yesterday taken back today is clamped: a few cycles around
    midnight.
    """
    decided = _net("met|breached", by)
    ratio = f"clamp(({_net('met', by)}) / (({decided}) > 0), 0, 1)"
    return f"({ratio}) or ({_fill(by, UNDECIDED)})"


def _net(verdicts: str, by: str) -> str:
    of = f'{_OF},verdict=~"{verdicts}"'
    counted, taken_back = (
        f"sum{_by(by)} (increase({counter}{{{of}}}[$__range]))"
        for counter in ("replyclock_verdicts_total", "replyclock_retractions_total")
    )
    return f"{counted} - {taken_back}"


def data_delay() -> str:
    """Seconds from an event's arrival to its being applied, 99 of 100, last minute.

    A quiet minute has no delay to show: then 0 when nothing waits in Kafka, which is
    the truth, and `STUCK` when something does. The age of the newest event would grow
    all night while everything is well.
    """
    buckets = "sum by (le) (rate(replyclock_event_delay_seconds_bucket[1m]))"
    measured = f"histogram_quantile(0.99, {buckets}) >= 0"
    return f"({measured}) or (0 * ({LAG} == 0)) or (0 * ({LAG} > 0) + {STUCK})"
