"""How many promises were kept."""

from stream.figures.figure import Column, Figure, N, Unit

_MET = "count(*) FILTER (verdict = 'met')"
_BREACHED = "count(*) FILTER (verdict = 'breached')"

SERVICE_LEVEL = Figure(
    number=4,
    name="service_level",
    title="Service level",
    says="Promises kept, of those that were decided: met / (met + breached); cancelled "
    "ones are neither. It counts at the verdict, which for a breach is the deadline "
    "and not the late reply, for the queue that held it then. All promises together, "
    "as in the digest; by measure: first reply, next reply, resolution, window.",
    source="semantics 5.1, 5.2 and 2.12",
    rows="(FROM waits WHERE NOT shadow AND verdict IN ('met', 'breached'))",
    moment="decided_at",
    columns=(
        N,
        Column("met", "met", Unit.COUNT, _MET),
        Column("breached", "breached", Unit.COUNT, _BREACHED),
        Column("share", "met, of decided", Unit.SHARE, f"{_MET} / nullif(count(*), 0)"),
    ),
    by=("measure", "queue", "channel", "account", "policy", "day", "hour"),
    live=("replyclock_verdicts_total", "replyclock_retractions_total"),
)
