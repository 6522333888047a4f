"""Sessions as work that arrives, in SQL: in which hour, and how long it took."""

from stream.figures.figure import BY


def arrivals(since: str) -> str:
    """A select of those from the SQL instant `since` to the period's end.

    `moment`; `queue`; `handling_s`, from the first reply to the last, of which one
    reply alone says nothing; `usual_s`, its mean in the queue. What bots resolved
    alone needs nobody.
    """
    return f"""
      WITH worked AS (
        SELECT
          sessions.conversation_id, sessions.started_at,
          nullif(epoch(max(waits.replied_at) - min(waits.replied_at)), 0) AS handling_s
        FROM waits ASOF JOIN sessions
          ON waits.conversation_id = sessions.conversation_id
          AND waits.began_at >= sessions.started_at
        WHERE waits.began_at >= {since} AND waits.is_answered AND NOT waits.shadow
          AND waits.measure IN ('first_reply', 'next_reply')
        GROUP BY ALL
      )
      SELECT
        started_at AS moment, queue, handling_s,
        avg(handling_s) OVER (PARTITION BY queue) AS usual_s
      FROM sessions LEFT JOIN worked USING (conversation_id, started_at)
      WHERE started_at >= {since} AND started_at < getvariable('end')
        AND (resolved_at IS NULL OR agent_replies + calls > 0)
    """  # noqa: S608  our own


def hours(begin: str, end: str) -> str:
    """A select of every hour's begin, as `moment`, between two SQL instants."""
    return f"""
      SELECT unnest(generate_series(
        date_trunc('hour', {begin}), {end} - INTERVAL 1 millisecond, INTERVAL 1 hour
      )) AS moment
    """


WEEK_HOUR = BY["hour"]
