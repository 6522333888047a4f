"""How much is asked, and whether that is more than before."""

from stream.figures.figure import Column, Figure, Unit

_LENGTH = "(getvariable('end') - getvariable('begin'))"
_ZONE, _SINCE = "getvariable('zone')", "getvariable('known_since')"
_FIRST_DAY = f"timezone({_ZONE}, date_trunc('day', timezone({_ZONE}, {_SINCE})))"
_NOW = "count(*) FILTER (NOT is_before)"
_BEFORE = (
    f"if({_FIRST_DAY} > getvariable('begin') - {_LENGTH},"
    " NULL, count(*) FILTER (is_before))"
)

VOLUME = Figure(
    number=7,
    name="volume",
    title="Volume",
    says="Sessions opened, whatever came of them; spam is none. Beside it those of the "
    "period before, which is as long and ends where this one begins: by day and hour, "
    "those that began as long before that day or hour. `change` of 0.25 is a quarter "
    "more; not known where there were none, or where facts begin later than the first "
    "day of that period. A session counts at its start; one that has not ended has no "
    "category yet.",
    source="the field's list, 7",
    rows=f"""(
      SELECT
        *,
        started_at < getvariable('begin') AS is_before,
        if(is_before, started_at + {_LENGTH}, started_at) AS moment
      FROM sessions
      WHERE started_at >= getvariable('begin') - {_LENGTH}
        AND started_at < getvariable('end')
    )""",  # noqa: S608  our own
    moment="",
    columns=(
        Column("n", "sessions", Unit.COUNT, _NOW),
        Column("before", "in the period before", Unit.COUNT, _BEFORE),
        Column("change", "change", Unit.RATIO, f"{_NOW} / nullif({_BEFORE}, 0) - 1"),
    ),
    by=("queue", "channel", "account", "category", "day", "hour"),
    live=("replyclock_sessions_opened_total", "replyclock_sessions_withdrawn_total"),
)
