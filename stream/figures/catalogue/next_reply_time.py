"""How long customers wait for every reply after the first."""

from stream.figures.catalogue.times import lengths
from stream.figures.figure import Figure, N

NEXT_REPLY_TIME = Figure(
    number=2,
    name="next_reply_time",
    title="Reply time of every later reply",
    says="From the oldest unanswered message after a reply to the next reply that "
    "counts, late ones included: once a wait, however often the customer writes. It "
    "counts when the reply came; in wall time, and in open time of the promise's "
    "calendar.",
    source="semantics 2.3 and 5.1",
    rows="(FROM waits WHERE measure = 'next_reply' AND NOT shadow AND is_answered)",
    moment="replied_at",
    columns=(N, *lengths("waited_s", "waited_business_s")),
    by=("queue", "channel", "account", "policy", "agent", "day", "hour"),
    live=("replyclock_reply_seconds", "replyclock_reply_business_seconds"),
)
