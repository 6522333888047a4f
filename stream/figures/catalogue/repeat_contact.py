"""Who had to write again."""

from stream.figures.catalogue.shares import part
from stream.figures.figure import Figure, N

_IS_REPEATED = (
    "started_at - to_seconds(getvariable('repeat_within')) <= before_ended_at"
)

REPEAT_CONTACT = Figure(
    number=21,
    name="repeat_contact",
    title="Repeat contact",
    says="Of the sessions opened, those of a customer whose earlier session, in "
    "whatever channel, was still open or had ended at most `repeat_within` (7 days) "
    "ago: what should not have needed contact at all. Who wrote again, and about what: "
    "the category is that of the repetition. More words in a session that is open are "
    "none. A session counts at its start.",
    source="the field's list, 21",
    rows="sessions",
    moment="started_at",
    columns=(N, *part("repeated", "repeated", _IS_REPEATED)),
    by=("queue", "channel", "account", "category", "day", "hour"),
)
