"""How long a matter takes, from its first word to its solution."""

from stream.figures.catalogue.times import lengths
from stream.figures.figure import Figure, N

HANDLING_TIME = Figure(
    number=3,
    name="handling_time",
    title="Handling time",
    says="From a session's start to when it was resolved for good, or closed after a "
    "reply: wall time, pauses included, which a resolution promise leaves out. It "
    "counts when it was resolved; those that nobody resolved are none. It is known "
    "when the session ended, after `session_gap` of silence: of the last day the "
    "figure still grows.",
    source="semantics 2.4 and 6.6; Zendesk's “full resolution time”, turnaround",
    rows="(SELECT *, epoch(resolved_at - started_at) AS handled_s FROM sessions)",
    moment="resolved_at",
    columns=(N, *lengths("handled_s")),
    by=("queue", "channel", "account", "category", "day", "hour"),
    live=("replyclock_handling_seconds",),
)
