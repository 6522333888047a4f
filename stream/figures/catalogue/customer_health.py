"""How many customers are in trouble."""

from stream.figures.catalogue.shares import part
from stream.figures.figure import Figure, N

# How a sign compares with the limit of the same name (stream/config/figures.py).
_AT_MOST, _AT_LEAST = "<=", ">="
_SIGNS = {
    "csat": _AT_MOST,
    "ces": _AT_MOST,
    "emotion": _AT_MOST,
    "breaches": _AT_LEAST,
    "reopened": _AT_LEAST,
}


def _limit(colour: str, sign: str) -> str:
    return f"getvariable('health_{colour}_{sign}')"


def _shows(colour: str) -> str:
    """Any sign is enough; one that is not known, or has no limit, is none."""
    return " OR ".join(
        f"{sign} {than} {_limit(colour, sign)}" for sign, than in _SIGNS.items()
    )


_IS_KNOWN = " OR ".join(
    f"({sign} IS NOT NULL"
    f" AND coalesce({_limit('red', sign)}, {_limit('amber', sign)}) IS NOT NULL)"
    for sign in _SIGNS
)
_OF_LATE = (
    "{0} >= getvariable('end') - to_seconds(getvariable('health_over'))"
    " AND {0} < getvariable('end')"
)
_HEARD = f"""
  SELECT customer, channel, queue, started_at AS heard_at FROM sessions
  UNION ALL BY NAME
  SELECT customer, channel, queue, ended_at AS heard_at, reopened FROM sessions
  UNION ALL BY NAME
  SELECT customer, channel, queue, "at" AS heard_at, scale, score FROM surveys
  UNION ALL BY NAME
  SELECT
    coalesce(sessions.customer, waits.conversation_id) AS customer,
    waits.channel, waits.queue, waits.decided_at AS heard_at,
    (waits.verdict = 'breached')::INT AS broken
  FROM (FROM waits WHERE NOT shadow AND {_OF_LATE.format("decided_at")}) AS waits
  ASOF LEFT JOIN sessions
    ON waits.conversation_id = sessions.conversation_id
    AND waits.began_at >= sessions.started_at
"""  # noqa: S608  our own
_CUSTOMERS = f"""
  SELECT
    arg_max(channel, heard_at) AS channel, arg_max(queue, heard_at) AS queue,
    arg_max(score, heard_at) FILTER (scale = 'csat') AS csat,
    arg_max(score, heard_at) FILTER (scale = 'ces') AS ces,
    -- 0.1, 0.2 and -0.3 are 0, whatever floats make of it.
    round(favg(score) FILTER (scale = 'emotion'), 9) AS emotion,
    sum(broken) AS breaches, sum(reopened) AS reopened
  FROM ({_HEARD})
  WHERE {_OF_LATE.format("heard_at")}
  GROUP BY customer
"""  # noqa: S608  our own
_ROWS = f"""(
  SELECT channel, queue, CASE
    WHEN {_shows("red")} THEN 'red'
    WHEN {_shows("amber")} THEN 'amber'
    WHEN {_IS_KNOWN} THEN 'green'
    ELSE 'unknown'
  END AS colour
  FROM ({_CUSTOMERS})
)"""  # noqa: S608  our own

CUSTOMER_HEALTH = Figure(
    number=14,
    name="customer_health",
    title="Customer health",
    says="Customers who were heard of in `health.over` up to the period's end, by the "
    "signs of that time: red where any limit of `health.red` is reached, else amber "
    "where one of `health.amber` is, else green. Latest answers, mean emotion, broken "
    "promises and reopened sessions are the customer's, in whichever conversations. "
    "Green is only who is known not to be in trouble: where none of the signs that "
    "have a limit is known, the customer is unknown. A customer counts in the queue "
    "and channel of last time.",
    source="Gainsight's and Totango's health scores",
    rows=_ROWS,
    moment="",
    columns=(
        N,
        *(
            column
            for colour in ("red", "amber", "green", "unknown")
            for column in part(colour, colour, f"colour = '{colour}'")
        ),
    ),
    by=("queue", "channel"),
)
