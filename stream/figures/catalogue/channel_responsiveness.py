"""Messenger's badge “Very responsive to messages”, and whether it will be there."""

from stream.figures.figure import Column, Figure, Unit

_OF_ALL, _OF_TODAY = "true", "is_today"


def _n(whose: str) -> str:
    return f"count(*) FILTER ({whose})"


def _rate(whose: str) -> str:
    return f"avg((waited_s IS NOT NULL)::INT) FILTER ({whose})"


def _time(whose: str) -> str:
    """The mean of the fastest 90 %: as many as the nearest rank of the p90 says."""
    answered = f"waited_s IS NOT NULL AND {whose}"
    return (
        f"list_avg(list_sort(list(waited_s) FILTER ({answered}))"
        f"[1:ceil(0.9 * count(*) FILTER ({answered}))::INT])"
    )


def _is_very_responsive(whose: str) -> str:
    return (
        f"({_rate(whose)} >= getvariable('responsive_rate')"
        f" AND {_time(whose)} <= getvariable('responsive_within'))::INT"
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
        Column("n", "sessions", Unit.COUNT, "count(*)"),
        Column("rate", "response rate", Unit.SHARE, _rate(_OF_ALL)),
        Column("time_s", "response time", Unit.SECONDS, _time(_OF_ALL)),
        Column("p50_s", "p50", Unit.SECONDS, "quantile_disc(waited_s, 0.5)"),
        Column("badge", "very responsive", Unit.FLAG, _is_very_responsive(_OF_ALL)),
        Column("today_n", "sessions today", Unit.COUNT, _n(_OF_TODAY)),
        Column("today_rate", "response rate today", Unit.SHARE, _rate(_OF_TODAY)),
        Column("today_time_s", "response time today", Unit.SECONDS, _time(_OF_TODAY)),
        Column(
            "forecast_badge",
            "very responsive, if today goes on",
            Unit.FLAG,
            _is_very_responsive(_OF_TODAY),
        ),
    ),
    by=("channel", "account"),
)
