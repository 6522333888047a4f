"""When a category is asked for more than usual.

Sessions of a category in an hour (k) against the sum of the same hour of the week in
the four weeks before (m). If nothing has changed both are Poisson, of r and 4 r, and
the roots of Poisson numbers are nearly normal with a variance of 1/4, whatever r is:
sqrt(k + 3/8) - sqrt(m / 4 + 3/32) has the mean 0 and the variance 1/4 + 1/16 = 5/16
(Anscombe 1948; Huffman 1984 compares two rates so). No rate has to be known, and how
little four weeks say of it is in the variance.

An hour is a spike where that difference is above `CLEAR` = 1.8, which is 3.22 times
sqrt(5/16): by chance once in 1,560 hours, and more seldom where k is small. A month
has 744 hours at most, so a category has 744 / 1,560 = 0.48 false alarms a month:
tests/figures/catalogue/test_spikes.py computes it exactly, and plays years. Without
anything in four weeks 5 sessions are a spike; where 10 an hour are usual, 25.

The same rule, live, of sessions that ended: grafana/prometheus/rules/categories.yml.
"""

from stream.figures.figure import Column, Figure, Unit

CLEAR = 1.8
"""How far apart the roots must be."""

_IS_SPIKE = f"sqrt(k + 0.375) - sqrt(m / 4 + 0.09375) > {CLEAR}"

SPIKES = Figure(
    number=9,
    name="spikes",
    title="Spikes of a category",
    says="Hours in which more sessions of a category were opened than usual: than in "
    "the same hour of the four weeks before, by so much that chance alone makes less "
    "than one such hour a month. `n` are the hours that were judged: somebody wrote "
    "about it, and the four weeks are known. `sessions` and `usual` are those of the "
    "hours that were spikes. A session counts at its start, and is known when it "
    "ended; live it counts at its end (the alert CategorySpike).",
    source="the field's list, 9; ADR 34; Huffman 1984, “An improved approximate "
    "two-sample Poisson test”",
    rows="""(
      WITH counted AS (
        SELECT
          category,
          date_trunc('hour', timezone(getvariable('zone'), started_at)) AS hour,
          count(*) AS sessions, min(started_at) AS moment
        FROM (
          SELECT started_at, unnest(categories) AS category FROM sessions
          WHERE started_at >= getvariable('begin') - to_days(29)
            AND started_at < getvariable('end')
        )
        GROUP BY ALL
      ),
      compared AS (
        SELECT
          category, hour, sum(sessions) FILTER (weeks = 0) AS k,
          coalesce(sum(sessions) FILTER (weeks > 0), 0) AS m,
          min(moment) FILTER (weeks = 0) AS moment
        FROM (
          SELECT
            * REPLACE (hour + to_days(7 * weeks::INTEGER) AS hour), weeks
          FROM counted, range(5) AS before(weeks)
        )
        GROUP BY category, hour
      )
      SELECT [category] AS categories, k, m, moment
      FROM compared
      WHERE k IS NOT NULL
        AND moment - to_days(28) >= date_trunc('day', getvariable('known_since'))
    )""",
    moment="moment",
    columns=(
        Column("n", "hours judged", Unit.COUNT, "count(*)"),
        Column("spikes", "spikes", Unit.COUNT, f"count(*) FILTER ({_IS_SPIKE})"),
        Column(
            "sessions",
            "sessions in them",
            Unit.COUNT,
            f"coalesce(sum(k) FILTER ({_IS_SPIKE}), 0)",
        ),
        Column(
            "usual",
            "usual in them",
            Unit.COUNT,
            f"coalesce(sum(m) FILTER ({_IS_SPIKE}), 0) / 4",
        ),
    ),
    by=("category", "day", "hour"),
)
