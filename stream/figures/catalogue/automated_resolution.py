"""Which matters no person had to touch."""

from stream.figures.catalogue.shares import part
from stream.figures.figure import Column, Figure, N, Unit

_AUTOMATED = "agent_replies = 0 AND calls = 0"

AUTOMATED_RESOLUTION = Figure(
    number=16,
    name="automated_resolution",
    title="Automated resolution",
    says="Of the sessions that were resolved, those without a word of a person: no "
    "agent's message, no call that was picked up. `silent` are those of them in which "
    "nothing else answered, either: somebody set them to resolved without a word. It "
    "counts when the session was resolved, and is known when it ended.",
    source="the field's list, 16; Zendesk's “automated resolutions”",
    rows="sessions",
    moment="resolved_at",
    columns=(
        N,
        *part("automated", "automated", _AUTOMATED),
        Column(
            "silent",
            "of them without any answer",
            Unit.COUNT,
            f"count(*) FILTER ({_AUTOMATED}"
            " AND bot_replies + system_replies + templates = 0)",
        ),
    ),
    by=("queue", "channel", "account", "category", "day", "hour"),
    live=("replyclock_session_outcomes_total",),
)
