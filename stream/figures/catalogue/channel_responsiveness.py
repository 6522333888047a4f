"""Messenger's badge “Very responsive to messages”, and whether it will be there."""

from stream.figures.figure import Column, Figure, Unit


def _of(whose: str, before: str = "", words: str = "") -> tuple[Column, ...]:
    """Of the sessions `whose` (SQL) it is: how many, how often and fast, and the badge.

    The fastest 90 % are as many as the nearest rank of the p90 says.
    """
    answered = f"waited_s IS NOT NULL AND {whose}"
    rate = f"avg((waited_s IS NOT NULL)::INT) FILTER ({whose})"
    ordered = f"list_sort(list(waited_s) FILTER ({answered}))"
    count = f"ceil(0.9 * count(*) FILTER ({answered}))::INT"
    time = f"list_avg({ordered}[1:{count}])"
    p50 = f"quantile_disc(waited_s, 0.5) FILTER ({whose})"
    is_responsive = (
        f"({rate} >= getvariable('responsive_rate')"
        f" AND {time} <= getvariable('responsive_within'))::INT"
    )
    return (
        Column(f"{before}n", f"n{words}", Unit.COUNT, f"count(*) FILTER ({whose})"),
        Column(f"{before}rate", f"response rate{words}", Unit.SHARE, rate),
        Column(f"{before}time_s", f"response time{words}", Unit.SECONDS, time),
        Column(f"{before}p50_s", f"p50{words}", Unit.SECONDS, p50),
        Column(f"{before}badge", f"very responsive{words}", Unit.FLAG, is_responsive),
    )


CHANNEL_RESPONSIVENESS = Figure(
    number=22,
    name="channel_responsiveness",
    title="Channel responsiveness",
    says="Of the sessions that began in the last `responsive.over` of the period: how "
    "many were answered by its end, and how fast (the mean of the fastest 90 %). Very "
    "responsive: `responsive.rate` of them, within `responsive.within`. The forecast: "
    "if every day is like the period's last 24 hours, a window from now holds only "
    "such days, and is what today is. Answered is by the first reply that counts, or "
    "by a person's first words where none was promised, which are known when the "
    "session ended. Messenger shows the badge by account.",
    source="Facebook's help, “Learn how Facebook Pages get the Very responsive to "
    "messages badge” (90 %, 15 min, 7 days) and “How are response rate and response "
    "time defined for my Page?” (first messages after 24 h of silence, the fastest 90 "
    "%; no spam, no instant replies)",
    rows="""(
      SELECT
        sessions.channel, sessions.account,
        sessions.started_at >= getvariable('end') - INTERVAL 24 HOURS AS is_today,
        coalesce(waits.replied_at, sessions.first_human_reply_at) AS answered_at,
        if(
          answered_at < getvariable('end'),
          epoch(answered_at - sessions.started_at),
          NULL
        ) AS waited_s
      FROM sessions LEFT JOIN waits
        ON waits.conversation_id = sessions.conversation_id
        AND waits.began_at = sessions.started_at
        AND waits.measure = 'first_reply' AND NOT waits.shadow
      WHERE sessions.started_at < getvariable('end')
        AND sessions.started_at
          >= getvariable('end') - to_seconds(getvariable('responsive_over'))
    )""",
    moment="",
    columns=(
        *_of("true"),
        *_of("is_today", "forecast_", ", if today goes on"),
    ),
    by=("channel", "account"),
)
