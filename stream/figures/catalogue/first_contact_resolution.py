"""Which matters are settled at the first contact."""

from stream.figures.figure import Column, Figure, Unit

_OVER_AT = "(resolved_at + to_seconds(getvariable('fcr_window')))"
_IS_OVER = f"{_OVER_AT} < getvariable('known_until')"
_IS_SETTLED = f"reopened = 0 AND coalesce(back_at > {_OVER_AT}, true)"

FIRST_CONTACT_RESOLUTION = Figure(
    number=5,
    name="first_contact_resolution",
    title="First-contact resolution",
    says="Of the sessions that were resolved, those that were not reopened, and whose "
    "customer opened no other, in whatever channel, until `fcr_window` (7 days) later. "
    "It counts when the session was resolved; while its window is not over, it is "
    "neither a success nor a failure, and in `undecided` instead of `n`. What is known "
    "ends with the last fact.",
    source="the field's list, 5; ADR 34",
    rows="sessions",
    moment="resolved_at",
    columns=(
        Column("n", "n", Unit.COUNT, f"count(*) FILTER ({_IS_OVER})"),
        Column(
            "first_contact",
            "at the first contact",
            Unit.COUNT,
            f"count(*) FILTER ({_IS_OVER} AND {_IS_SETTLED})",
        ),
        Column(
            "first_contact_share",
            "at the first contact, share",
            Unit.SHARE,
            f"avg(if({_IS_SETTLED}, 1, 0)) FILTER ({_IS_OVER})",
        ),
        Column(
            "undecided",
            "too early to say",
            Unit.COUNT,
            f"count(*) FILTER (NOT {_IS_OVER})",
        ),
    ),
    by=("queue", "channel", "account", "category", "day", "hour"),
)
