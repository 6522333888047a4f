"""What is not done yet."""

from stream.figures.figure import Column, Figure, N, Unit

_HOUR, _DAY = 3600, 86400
_AGES = {
    "under_1h": ("under 1 h", 0, _HOUR),
    "under_4h": ("1 h to 4 h", _HOUR, 4 * _HOUR),
    "under_1d": ("4 h to 1 day", 4 * _HOUR, _DAY),
    "under_3d": ("1 to 3 days", _DAY, 3 * _DAY),
    "under_7d": ("3 to 7 days", 3 * _DAY, 7 * _DAY),
    "older": ("7 days or more", 7 * _DAY, None),
}
"""By name: the title, from which age in seconds, and up to which (not with it)."""


def _aged(begin: int, end: int | None) -> str:
    upper = "" if end is None else f" AND age_s < {end}"
    return f"count(*) FILTER (age_s >= {begin}{upper})"


BACKLOG = Figure(
    number=8,
    name="backlog",
    title="Backlog",
    says="Sessions that at the period's end had begun and were neither resolved nor "
    "ended, by how long ago they began. That one was resolved is known at once where a "
    "resolution is promised, else when it ended, after a day of silence: until then "
    "it is counted here, and live it is not.",
    source="the field's list, 8; Zendesk's “unsolved tickets”",
    rows="""(
      SELECT *, epoch(getvariable('end') - started_at) AS age_s
      FROM sessions LEFT JOIN (
        SELECT
          conversation_id, arg_max(cycle, told) AS cycle,
          arg_max(kind, told) IN ('met', 'answered_late') AS is_met
        FROM facts
        WHERE measure = 'resolution' AND NOT shadow
          AND kind NOT IN ('warned', 'escalated') AND "at" >= getvariable('open_since')
          AND "at" < getvariable('end')
          AND conversation_id IN (
            SELECT conversation_id FROM sessions WHERE ended_at IS NULL
          )
        GROUP BY conversation_id
      ) AS resolution USING (conversation_id)
      WHERE started_at < getvariable('end')
        AND if(
          ended_at IS NULL,
          NOT coalesce(is_met AND cycle >= started_at, false),
          coalesce(resolved_at, ended_at) >= getvariable('end')
        )
    )""",
    moment="",
    columns=(
        N,
        *(
            Column(name, title, Unit.COUNT, _aged(begin, end))
            for name, (title, begin, end) in _AGES.items()
        ),
    ),
    by=("queue", "channel", "account"),
    live=("replyclock_backlog",),
)
