"""Whether customers can rely on a reply time, whenever and wherever they write."""

from stream.figures.figure import BY, Column, Figure, N, Unit

_P50, _P90 = "quantile_disc(waited_s, 0.5)", "quantile_disc(waited_s, 0.9)"
_FIRST_REPLIES = (
    "FROM waits WHERE measure = 'first_reply' AND NOT shadow AND is_answered"
)
_LIVE = ("replyclock_reply_seconds",)
_LEAST = 10
"""Waits that a group needs: the fewest whose p90 is not simply the longest of them."""

CONSISTENCY = Figure(
    number=23,
    name="consistency",
    title="Consistency",
    says="The p90 of the first reply time over its median: 1 is alike for all; not "
    "known where the median is 0 s. In wall time; a wait counts when the reply came, "
    "late ones included.",
    source="semantics 5.1; the field's list, 23",
    rows=f"({_FIRST_REPLIES})",
    moment="replied_at",
    columns=(
        N,
        Column("p50_s", "p50", Unit.SECONDS, _P50),
        Column("p90_s", "p90", Unit.SECONDS, _P90),
        Column("p90_over_p50", "p90 / p50", Unit.RATIO, f"{_P90} / nullif({_P50}, 0)"),
    ),
    by=("queue", "channel", "account", "policy", "agent", "day", "hour"),
    live=_LIVE,
)


def _between(name: str) -> Figure:
    return Figure(
        number=23,
        name=f"consistency_of_{name}s",
        title=f"Consistency between {name}s",
        says=f"The longest median of the first reply time of {name}s over the "
        f"shortest, and whose they are; of {name}s with {_LEAST} such waits or more, "
        "since of few chance makes the median. Not known of one alone, or where the "
        "shortest is 0 s.",
        source="the field's list, 23",
        rows=f"""(
          SELECT {BY[name]} AS name, count(*) AS n, {_P50} AS p50_s
          FROM (SELECT *, replied_at AS moment {_FIRST_REPLIES})
          WHERE moment >= getvariable('begin') AND moment < getvariable('end')
          GROUP BY name HAVING n >= {_LEAST}
        )""",  # noqa: S608  our own
        moment="",
        columns=(
            Column("n", "n", Unit.COUNT, "coalesce(sum(n), 0)::BIGINT"),
            Column("compared", f"{name}s", Unit.COUNT, "count(*)"),
            Column(
                "spread",
                "longest / shortest",
                Unit.RATIO,
                "if(count(*) > 1, max(p50_s) / nullif(min(p50_s), 0), NULL)",
            ),
            Column(
                "slowest", "slowest", Unit.NAME, "arg_max(name, p50_s ORDER BY name)"
            ),
            Column("slowest_p50_s", "its p50", Unit.SECONDS, "max(p50_s)"),
            Column(
                "fastest", "fastest", Unit.NAME, "arg_min(name, p50_s ORDER BY name)"
            ),
            Column("fastest_p50_s", "its p50", Unit.SECONDS, "min(p50_s)"),
        ),
        live=() if name == "hour" else _LIVE,
    )


BETWEEN = tuple(map(_between, ("queue", "hour", "channel")))
