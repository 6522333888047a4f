"""What customers feel at each touchpoint."""

from stream.figures.catalogue.scores import ANSWERED_AT, BY, LIVE, share
from stream.figures.figure import Column, Figure, N, Unit

# Over all answers, and not over those of one sign alone: then one customer more who is
# a little unhappy would raise the figure, since the mean of the unhappy is milder now.
_POSITIVE, _NEGATIVE = "greatest(score, 0)", "greatest(-score, 0)"

NET_EMOTIONAL_VALUE = Figure(
    number=13,
    name="net_emotional_value",
    title="Net emotional value",
    says="The mean positive emotion minus the mean negative one. An answer above 0 is "
    "a positive emotion, so strong; one below 0 a negative one; 0 is neither. Both "
    "means are over all answers: who felt no negative emotion felt one of strength 0. "
    "So only of no answers it is not known. An answer counts when it was given.",
    source="Shaw, “The DNA of Customer Experience”, 2007: each customer "
    "rates each emotion, and the mean of those that destroy value is subtracted from "
    "the mean of those that drive it",
    rows="(FROM surveys WHERE scale = 'emotion')",
    moment=ANSWERED_AT,
    columns=(
        N,
        Column(
            "value",
            "net emotional value",
            Unit.SCORE,
            f"favg({_POSITIVE}) - favg({_NEGATIVE})",
        ),
        Column("positive", "mean positive", Unit.SCORE, f"favg({_POSITIVE})"),
        Column("negative", "mean negative", Unit.SCORE, f"favg({_NEGATIVE})"),
        Column("p50", "median", Unit.SCORE, "quantile_disc(score, 0.5)"),
        share("share_positive", "felt positive", "score > 0"),
        share("share_negative", "felt negative", "score < 0"),
    ),
    by=BY,
    live=LIVE,
)
