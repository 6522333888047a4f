"""How many people it will take next week."""

from stream.figures.catalogue.arrivals import NEEDS_A_PERSON, WEEK_HOUR, WORK, hours
from stream.figures.catalogue.staffing_need import NEED, SOURCE, needed
from stream.figures.figure import Column, Figure, Unit

# `weeks`: how many are known of a queue, up to four; `ago`: 1 is the last week.
_ROWS = f"""(
  WITH told AS (
    SELECT
      queue, started_at AS moment, {WEEK_HOUR} AS week_hour,
      ceil(epoch(getvariable('end') - started_at) / 604800) AS ago
    FROM sessions
    WHERE started_at >= getvariable('end') - INTERVAL 35 days
      AND started_at < getvariable('end') AND {NEEDS_A_PERSON}
  ),
  queues AS (
    SELECT
      queue, usual_s, nullif(least(weeks, 4), 0) AS weeks,
      nullif(greatest(least(weeks - 1, 4), 0), 0) AS weeks_then
    FROM (
      SELECT
        queue, greatest(min(started_at), getvariable('known_since')) AS since,
        floor(epoch(getvariable('end') - since) / 604800) AS weeks
      FROM sessions WHERE started_at < getvariable('end') GROUP BY queue
    ) LEFT JOIN (
      SELECT queue, favg(handling_s) AS usual_s FROM ({WORK}) GROUP BY queue
    ) USING (queue)
  ),
  hours AS (
    SELECT moment, {WEEK_HOUR} AS week_hour
    FROM ({hours("getvariable('end')", "getvariable('end') + INTERVAL 7 days")})
  )
  SELECT
    hours.moment, queue, usual_s,
    count(*) FILTER (ago <= weeks) AS seen,
    seen / weeks AS expected,
    count(*) FILTER (ago = 1) AS came,
    count(*) FILTER (ago BETWEEN 2 AND weeks_then + 1) / weeks_then AS foretold
  FROM hours CROSS JOIN queues LEFT JOIN told USING (queue, week_hour)
  GROUP BY hours.moment, queue, usual_s, weeks, weeks_then
)"""  # noqa: S608  our own

STAFFING_FORECAST = Figure(
    number=19,
    name="staffing_forecast",
    title="Staffing need: next week",
    says="The same for the seven days after the period, with the mean of the same hour "
    "of the week in the last four weeks, or as many as are known of a queue. `miss` is "
    "that of the last forecast: for the last week from the four before it. It is the "
    "weighted absolute percentage error (WAPE): all that the hours of queues differed "
    "by, of all that came.",
    source=f"{SOURCE}; Hyndman and Athanasopoulos, “Forecasting: Principles and "
    "Practice”, seasonal mean; Kolassa and Schütz, “Advantages of the MAD/Mean Ratio "
    "over the MAPE”, 2007",
    rows=_ROWS,
    moment="",
    columns=(
        Column("n", "n", Unit.COUNT, "coalesce(sum(seen), 0)"),
        Column(
            "per_hour",
            "sessions an hour",
            Unit.RATIO,
            "fsum(expected) / count(DISTINCT moment)",
        ),
        Column(
            "miss",
            "miss of the last forecast",
            Unit.RATIO,
            "fsum(abs(came - foretold))"
            " / nullif(sum(came) FILTER (foretold IS NOT NULL), 0)",
        ),
        Column(
            "handling_s",
            "work for one, mean",
            Unit.SECONDS,
            "fsum(expected * usual_s)"
            " / nullif(fsum(expected) FILTER (usual_s IS NOT NULL), 0)",
        ),
        *NEED,
    ),
    by=("queue", "day", "hour"),
    then=needed,
)
