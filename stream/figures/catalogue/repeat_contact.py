"""Who had to write again."""

from stream.figures.catalogue.shares import part
from stream.figures.figure import Figure, N

REPEAT_CONTACT = Figure(
    number=21,
    name="repeat_contact",
    title="Repeat contact",
    says="Of the sessions opened, those of a customer whose earlier session, in "
    "whatever channel, was still open or had ended at most `repeat_within` (7 days) "
    "ago: what should not have needed contact at all. Who wrote again, and about what: "
    "the category is that of the repetition. More words in a session that is open are "
    "none. A session counts at its start.",
    source="kpis.md 21",
    rows="""(
      SELECT
        *,
        coalesce(
          started_at <= before_ended_at + to_seconds(getvariable('repeat_within')),
          false
        ) AS is_repeated
      FROM sessions
    )""",
    moment="started_at",
    columns=(N, *part("repeated", "repeated", "is_repeated")),
    by=("queue", "channel", "account", "category", "day", "hour"),
)
