"""Which matters one message settles."""

from stream.figures.catalogue.shares import part
from stream.figures.figure import Figure, N

ONE_REPLY_RESOLUTION = Figure(
    number=6,
    name="one_reply_resolution",
    title="One-reply resolution",
    says="Of the sessions that were resolved, those with exactly one message of an "
    "agent that reached the customer; what bots, automations and templates said is "
    "beside it. It counts when the session was resolved, and is known when it ended.",
    source="the field's list, 6; Zendesk's “one-touch tickets”",
    rows="sessions",
    moment="resolved_at",
    columns=(N, *part("one_reply", "with one reply", "agent_replies = 1")),
    by=("queue", "channel", "account", "category", "day", "hour"),
    live=("replyclock_session_outcomes_total",),
)
