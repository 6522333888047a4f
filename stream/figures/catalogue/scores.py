"""What figures of surveys have in common: how they are split, and their columns."""

from stream.figures.figure import Column, Unit

ANSWERED_AT = '"at"'
BY = ("queue", "channel", "account", "category", "touchpoint", "day", "hour")
LIVE = ("replyclock_survey_answers_total", "replyclock_survey_scores_total")
MEAN = (
    Column("mean", "mean", Unit.SCORE, "favg(score)"),
    Column("p50", "median", Unit.SCORE, "quantile_disc(score, 0.5)"),
)


def share(name: str, title: str, condition: str) -> Column:
    """Of the answers for which the SQL `condition` holds; of none: not known."""
    return Column(name, title, Unit.SHARE, f"avg(({condition})::INT)")
