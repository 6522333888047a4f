"""The longest waits that were answered in a period, and who got no answer in it."""

from dataclasses import dataclass

from stream.figures.period import Period
from stream.figures.tables import Tables
from stream.sla.instants import from_ms, to_ms

MOST = 10

_ANSWERED = f"""
SELECT conversation_id, measure, began_at, replied_at, waited_s, channel, queue
FROM waits
WHERE measure IN ('first_reply', 'next_reply') AND NOT shadow AND is_answered
  AND replied_at >= getvariable('begin') AND replied_at < getvariable('end')
ORDER BY waited_s DESC, began_at, conversation_id
LIMIT {MOST}
"""  # noqa: S608  our own
_UNANSWERED = """
SELECT count(*) AS n FROM waits
WHERE measure IN ('first_reply', 'next_reply') AND NOT shadow
  AND verdict = 'breached' AND NOT is_answered
  AND began_at >= getvariable('begin') AND began_at < getvariable('end')
"""


@dataclass(frozen=True, slots=True)
class Wait:
    """`began` in milliseconds, `seconds` of wall time."""

    conversation: str
    measure: str
    began: int
    seconds: float
    channel: str
    queue: str


def longest(tables: Tables, period: Period) -> list[Wait]:
    """The `MOST` longest, the longest first."""
    _let(tables, period)
    return [
        Wait(
            row["conversation_id"],
            row["measure"],
            to_ms(row["began_at"]),
            row["waited_s"],
            row["channel"],
            row["queue"] or "",
        )
        for row in tables.rows(_ANSWERED)
    ]


def unanswered(tables: Tables, period: Period) -> int:
    """Broken promises to customers who began to wait then and never had a reply."""
    _let(tables, period)
    return int(tables.rows(_UNANSWERED)[0]["n"])


def _let(tables: Tables, period: Period) -> None:
    tables.let(begin=from_ms(period.begin), end=from_ms(period.end))
