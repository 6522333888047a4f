"""Sessions as work that arrives, in SQL: in which hour, and how long it takes."""

from stream.figures.figure import BY

WEEK_HOUR = BY["hour"]
NEEDS_A_PERSON = "(resolved_at IS NULL OR agent_replies + calls > 0)"
"""Of a session: not what a bot resolved alone."""

_LATELY = "getvariable('end') - INTERVAL 28 days"
WORK = f"""
  SELECT
    sessions.started_at AS moment, any_value(sessions.queue) AS queue,
    nullif(epoch(max(waits.replied_at) - min(waits.replied_at)), 0) AS handling_s
  FROM waits ASOF JOIN (
    FROM sessions
    WHERE started_at >= {_LATELY} AND started_at < getvariable('end')
  ) AS sessions
    ON waits.conversation_id = sessions.conversation_id
    AND waits.began_at >= sessions.started_at
  WHERE waits.began_at >= {_LATELY} AND waits.began_at < getvariable('end')
    AND waits.is_answered AND NOT waits.shadow
    AND waits.measure IN ('first_reply', 'next_reply') AND {NEEDS_A_PERSON}
  GROUP BY waits.conversation_id, sessions.started_at
"""  # noqa: S608  our own
"""Sessions of the last four weeks: `moment`, `queue`, and `handling_s`, from the first
reply to the last, of which a single reply says nothing."""


def hours(begin: str, end: str) -> str:
    """A select of every hour's begin, as `moment`, between two SQL instants."""
    return f"""
      SELECT unnest(generate_series(
        date_trunc('hour', {begin}), {end} - INTERVAL 1 millisecond, INTERVAL 1 hour
      )) AS moment
    """
