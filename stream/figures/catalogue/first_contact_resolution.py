"""Which matters are settled at the first contact."""

from stream.figures.figure import Column, Figure, Unit

_IS_KEPT = "reopened = 0 AND NOT is_back"

FIRST_CONTACT_RESOLUTION = Figure(
    number=5,
    name="first_contact_resolution",
    title="First-contact resolution",
    says="Of the sessions that were resolved, those that were not reopened, and after "
    "which the same customer opened no other within `fcr_window` (7 days), by whatever "
    "channel. It counts when the session was resolved; while its window is not over, "
    "it is neither a success nor a failure, and in `undecided` instead of `n`. The end "
    "of what is known is the last fact.",
    source="kpis.md 5; ADR 34",
    rows="""(
      SELECT
        *,
        resolved_at + to_seconds(getvariable('fcr_window')) AS over_at,
        coalesce(back_at <= over_at, false) AS is_back,
        over_at < getvariable('known_until') AS is_over
      FROM sessions WHERE resolved_at IS NOT NULL
    )""",
    moment="resolved_at",
    columns=(
        Column("n", "n", Unit.COUNT, "count(*) FILTER (is_over)"),
        Column(
            "first_contact",
            "at the first contact",
            Unit.COUNT,
            f"count(*) FILTER (is_over AND {_IS_KEPT})",
        ),
        Column(
            "first_contact_share",
            "at the first contact, share",
            Unit.SHARE,
            f"avg(if({_IS_KEPT}, 1, 0)) FILTER (is_over)",
        ),
        Column(
            "undecided", "too early to say", Unit.COUNT, "count(*) FILTER (NOT is_over)"
        ),
    ),
    by=("queue", "channel", "account", "category", "day", "hour"),
)
