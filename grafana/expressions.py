"""What the wall asks of Prometheus: who waits, how late, and can it be believed.

Every query ends in a fill from `QUEUES`, which has a sample for each queue as long as a
worker answers. So an empty panel means one thing only: no worker answers. What is said
instead of a number is in `grafana.words`.
"""

from typing import Final

from grafana.words import MARK, SAYS, counted, said, spelled

QUEUES: Final = (
    'group by (queue) (replyclock_queue_info{queue=~"$queue",team=~"$team"})'
    ' or group by (queue) (replyclock_open_sessions{queue=~"$queue",team=~"$team"})'
    " unless on (queue) replyclock_queue_info"
)
"""1 for each queue that this wall shows: chosen by name, and by team.

A queue that only events name has no `replyclock_queue_info`, and no `team` either: it
belongs to the wall of all teams (`.*` matches the label that is not there).
"""

WAITING: Final = "ok|at_risk|breached"
"""Bands of who waits. Where every clock is paused it is the customer's turn."""

DELAYED: Final = 30
"""Seconds, as of the alert MonitorDataDelayed: later than that is not now."""
STUCK: Final = 60
"""Seconds. Records wait and none was applied for a minute: the delay is more."""

_EVENTS: Final = 'topic=~".*conversations[.]events"'
"""Behind any prefix. The alerts process says the same of facts: who reads those does
not change what is known of customers."""
COVERAGE: Final = (
    f"min(sum by (topic) (replyclock_partitions_assigned{{{_EVENTS}}})"
    f" / max by (topic) (replyclock_partitions{{{_EVENTS}}}))"
)
LAG: Final = f"sum(replyclock_lag_records{{{_EVENTS}}})"

SILENT: Final = (
    "max by (queue) (min by (channel, account, queue)"
    ' (replyclock_source_silent{queue=~"$queue"})) == 1'
)
"""Queues with an account that is silent for every worker (semantics 3.6)."""

MUTED: Final = 'max by (queue) (replyclock_queue_muted{queue=~"$queue"}) == 1'
"""Queues whose alerts somebody muted: the alerts process says so."""


def customers(bands: str) -> str:
    """Customers by queue, each once, by the worst band of their promises."""
    return (
        "sum by (queue) (replyclock_customers_waiting"
        f'{{queue=~"$queue",band=~"{bands}"}})'
    )


def lateness() -> str:
    """Seconds by queue, in the promise's time, since the worst broken promise broke."""
    return 'max by (queue) (replyclock_worst_lateness_seconds{queue=~"$queue"})'


def time_left() -> str:
    """Seconds by queue, in the promise's time, until the next promise breaks."""
    return 'min by (queue) (replyclock_next_breach_seconds{queue=~"$queue"})'


def longest_wait() -> str:
    """Seconds by queue, in the promise's time, of who has waited for longest."""
    return 'max by (queue) (replyclock_longest_wait_seconds{queue=~"$queue"})'


def over_all(how: str, by_queue: str) -> str:
    """One figure of all queues that the wall shows."""
    return f"{how}(({by_queue}) and on (queue) ({QUEUES}))"


def fill(text: str) -> str:
    """`text` as long as a worker answers."""
    return said(f"0 * count({QUEUES})", text)


def whole(value: str, otherwise: str) -> str:
    """`value` while every partition has a worker, else "partial" in its place.

    `otherwise`: 0 for each thing that has a value.
    """
    partial = said(f"{otherwise} + {MARK}", "partial")
    return f"(({value}) and on () ({COVERAGE} >= 1)) or on () ({partial})"


def how_many(bands: str) -> str:
    """How many customers there are in these bands, or "none"."""
    number = over_all("sum", customers(bands))
    return _figure(counted(f"{number} > 0", SAYS, by=""), "none")


def how_long() -> str:
    """How long somebody has waited, or "nobody"."""
    return _figure(spelled(over_all("max", longest_wait()), SAYS, by=""), "nobody")


def _figure(known: str, nobody: str) -> str:
    """What is known, else `nobody`; but "stale" where a source is silent."""
    stale = said(over_all("count", SILENT), "stale")
    figure = f"({known}) or on () ({stale}) or on () ({fill(nobody)})"
    return whole(figure, f"0 * count({QUEUES})")


def data_delay() -> str:
    """Seconds from an event's arrival to its being applied, 99 of 100, last minute.

    A quiet minute has no delay to show: then 0 when nothing waits in Kafka, which is
    the truth, and `STUCK` when something does. The age of the newest event would grow
    all night while everything is well.
    """
    buckets = "sum by (le) (rate(replyclock_event_delay_seconds_bucket[1m]))"
    measured = f"histogram_quantile(0.99, {buckets}) >= 0"
    return f"({measured}) or (0 * ({LAG} == 0)) or (0 * ({LAG} > 0) + {STUCK})"


def trust() -> str:
    """Can the wall be believed, is everybody told? The most serious is said.

    A storm and a muted queue are said both: neither makes the other less so.
    """
    storm = 'max(replyclock_storms{kind=~"storm|downtime"}) > 0'
    muted = over_all("count", MUTED)
    words = (
        (f"{COVERAGE} < 1", "partial"),
        (f"({data_delay()}) > {DELAYED}", "delayed"),
        (over_all("count", SILENT), "source silent"),
        (f"({storm}) and on () ({muted})", "storm, muted"),
        (storm, "storm"),
        (muted, "muted"),
    )
    said_so = " or on () ".join(f"({said(asked, word)})" for asked, word in words)
    return f"{said_so} or on () ({fill('live')})"
