"""Whether customers are content."""

from stream.figures.catalogue.scores import ANSWERED_AT, BY, LIVE, MEAN, share
from stream.figures.figure import Figure, N

CSAT = Figure(
    number=10,
    name="csat",
    title="CSAT",
    says="Of the answers on a scale of 1 to 5, the share of 4 and 5, and their mean. "
    "An answer counts when it was given; one that is not on the scale does not count.",
    source="the top-two-box score of Qualtrics' “customer satisfaction”",
    rows="(FROM surveys WHERE scale = 'csat' AND score BETWEEN 1 AND 5)",
    moment=ANSWERED_AT,
    columns=(N, share("content", "content", "score >= 4"), *MEAN),
    by=BY,
    live=LIVE,
)
