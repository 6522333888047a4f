"""How many people it takes."""

from stream.figures.catalogue.arrivals import NEEDS_A_PERSON, WORK, hours
from stream.figures.figure import Column, Figure, Row, Unit
from stream.figures.staffing import need
from stream.figures.thresholds import Thresholds
from stream.sla.instants import SECOND

SOURCE = (
    "Erlang 1917; with patience Mandelbaum and Zeltyn, “The Palm/Erlang-A Queue”, 2005"
)
NEED = (
    Column("agents", "agents", Unit.COUNT),
    Column("people", "people, with shrinkage", Unit.COUNT),
    Column("level", "service level reached", Unit.SHARE),
    Column("occupancy", "occupancy", Unit.SHARE),
)


def needed(row: Row, limits: Thresholds) -> Row:
    """NEED and `handling_s`, of the `per_hour` and the measured `handling_s` of a row.

    Nobody is needed where nobody comes; not known without a length of the work.
    """
    rule, per_hour, handling_s = limits.staffing, row["per_hour"], row["handling_s"]
    if rule.handling is not None:
        handling_s = rule.handling / SECOND
    found: Row = {"handling_s": handling_s, **dict.fromkeys(each.name for each in NEED)}
    if per_hour == 0:
        found |= {"agents": 0, "people": 0}
    elif isinstance(per_hour, float) and isinstance(handling_s, float):
        found |= need(per_hour, handling_s, rule)._asdict()
    return found


_ROWS = f"""(
  WITH work AS ({WORK}),
  usual AS (SELECT queue, favg(handling_s) AS usual_s FROM work GROUP BY queue)
  SELECT
    moment, queue, 'hour' AS what,
    epoch(
      least(moment + INTERVAL 1 hour, getvariable('end'))
      - greatest(moment, getvariable('begin'))
    ) / 3600 AS hours
  FROM ({hours("getvariable('begin')", "getvariable('end')")})
  CROSS JOIN (SELECT DISTINCT queue FROM sessions)
  UNION ALL BY NAME
  SELECT started_at AS moment, queue, usual_s, 'session' AS what
  FROM sessions LEFT JOIN usual USING (queue)
  WHERE started_at >= getvariable('begin') AND started_at < getvariable('end')
    AND {NEEDS_A_PERSON}
  UNION ALL BY NAME
  SELECT *, 'work' AS what FROM work WHERE moment >= getvariable('begin')
)"""  # noqa: S608  our own
_SESSIONS = "count(*) FILTER (what = 'session')"
_HOURS = "fsum(hours) / count(DISTINCT queue) FILTER (what = 'hour')"  # of each queue

STAFFING_NEED = Figure(
    number=19,
    name="staffing_need",
    title="Staffing need",
    says="Agents that keep `staffing` of the rules file (so many customers wait no "
    "longer than that for a place that is free) with the sessions of a mean hour of "
    "the period: by Erlang C, with `patience` by Erlang A, each agent being as many "
    "servers as `concurrency`. Work for a session is `handling`, or the mean from the "
    "first reply to the last in its queue, in the last four weeks; a single reply says "
    "nothing of it. Sessions count in the hour in which they began, whether it is open "
    "or not; what a bot resolved alone does not.",
    source=SOURCE,
    rows=_ROWS,
    moment="",
    columns=(
        Column("n", "n", Unit.COUNT, _SESSIONS),
        Column(
            "per_hour",
            "sessions an hour",
            Unit.RATIO,
            f"{_SESSIONS} / ({_HOURS})",
        ),
        Column("handling_s", "work for one, mean", Unit.SECONDS, "favg(usual_s)"),
        Column(
            "handling_p50_s",
            "work for one, median, as measured",
            Unit.SECONDS,
            "quantile_disc(handling_s, 0.5)",
        ),
        *NEED,
    ),
    by=("queue", "hour"),
    then=needed,
)
