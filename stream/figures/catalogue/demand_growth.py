"""Whether more is asked than before."""

from stream.figures.figure import Column, Figure, Unit

_NEW, _BEFORE = "count(*) FILTER (is_new)", "count(*) FILTER (NOT is_new)"

DEMAND_GROWTH = Figure(
    number=20,
    name="demand_growth",
    title="Demand growth",
    says="Sessions opened in the period, against those of the period before it, which "
    "is as long and ends where it begins: 0.2 is a fifth more. Not known where none "
    "were opened before. A session counts at its start, open or not; spam is none.",
    source="period over period; the field's list, 20",
    rows="""(
      SELECT *, started_at >= getvariable('begin') AS is_new FROM sessions
      WHERE started_at < getvariable('end')
        AND started_at
          >= getvariable('begin') - (getvariable('end') - getvariable('begin'))
    )""",
    moment="",
    columns=(
        Column("n", "sessions", Unit.COUNT, _NEW),
        Column("before", "in the period before", Unit.COUNT, _BEFORE),
        Column("growth", "change", Unit.RATIO, f"{_NEW} / nullif({_BEFORE}, 0) - 1"),
    ),
    by=("queue", "channel", "account"),
    live=("replyclock_sessions_opened_total", "replyclock_sessions_withdrawn_total"),
)
