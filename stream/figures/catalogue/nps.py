"""Whether customers would recommend us."""

from stream.figures.catalogue.scores import ANSWERED_AT, BY, LIVE, share
from stream.figures.figure import Column, Figure, N, Unit

_PROMOTES, _DETRACTS = "score >= 9", "score < 7"

NPS = Figure(
    number=11,
    name="nps",
    title="NPS",
    says="Of the answers on a scale of 0 to 10, the share of 9 and 10 (promoters) "
    "minus that of 0 to 6 (detractors), in points: -100 to 100. It is no mean. An "
    "answer counts when it was given; one that is not on the scale does not count.",
    source="Reichheld, “The One Number You Need to Grow”, HBR, 2003",
    rows="(FROM surveys WHERE scale = 'nps' AND score BETWEEN 0 AND 10)",
    moment=ANSWERED_AT,
    columns=(
        N,
        Column(
            "nps",
            "NPS",
            Unit.SCORE,
            f"100 * avg(({_PROMOTES})::INT - ({_DETRACTS})::INT)",
        ),
        share("promoters", "promoters", _PROMOTES),
        share("passives", "passives", "score >= 7 AND score < 9"),
        share("detractors", "detractors", _DETRACTS),
    ),
    by=BY,
    live=LIVE,
)
