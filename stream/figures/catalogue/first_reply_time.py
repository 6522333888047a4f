"""How long customers wait for the first reply."""

from stream.figures.catalogue.times import lengths
from stream.figures.figure import Figure, N

FIRST_REPLY_TIME = Figure(
    number=1,
    name="first_reply_time",
    title="First reply time",
    says="From a session's first customer message to the first reply that counts, late "
    "replies included; in wall time, and in open time of the promise's calendar.",
    source="semantics 5.1; Zendesk's and Intercom's “first reply time”",
    rows="(FROM waits WHERE measure = 'first_reply' AND NOT shadow AND is_answered)",
    moment="replied_at",
    columns=(N, *lengths("waited_s", "waited_business_s")),
    by=("queue", "channel", "account", "policy", "agent", "day", "hour"),
    live=("replyclock_reply_seconds", "replyclock_reply_business_seconds"),
)
