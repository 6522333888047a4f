"""Who got no word of a person, and is gone."""

from stream.figures.catalogue.shares import part
from stream.figures.figure import Column, Figure, N, Unit

_ABANDONED = (
    "resolved_at IS NULL AND reason <> 'merged' AND agent_replies = 0 AND calls = 0"
)

ABANDONMENT = Figure(
    number=15,
    name="abandonment",
    title="Abandonment",
    says="Of the sessions that ended, those that were closed or fell silent unresolved "
    "and without a word of a person: no agent's message, no call that was picked up. "
    "`after_bot` are those of them in which a bot or an automation had answered. "
    "Merged ones go on elsewhere, but are sessions, too. It counts when the session "
    "ended; who still waits is not in it.",
    source="the field's list, 15",
    rows="sessions",
    moment="ended_at",
    columns=(
        N,
        *part("abandoned", "abandoned", _ABANDONED),
        Column(
            "after_bot",
            "of them after a bot's answer",
            Unit.COUNT,
            f"count(*) FILTER ({_ABANDONED} AND bot_replies + system_replies > 0)",
        ),
    ),
    by=("queue", "channel", "account", "category", "day", "hour"),
    live=("replyclock_session_outcomes_total",),
)
