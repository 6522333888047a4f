"""How easy it was for customers."""

from stream.figures.catalogue.scores import ANSWERED_AT, BY, LIVE, MEAN
from stream.figures.figure import Figure, N

CES = Figure(
    number=12,
    name="ces",
    title="CES",
    says="The mean of what customers answered to “it was easy”, on the scale on which "
    "the source asked: higher is easier. An answer counts when it was given; one "
    "below 0 is on no such scale, and does not count.",
    source="Dixon, Freeman and Toman, “Stop Trying to Delight Your "
    "Customers”, HBR, July 2010; more is better since CEB's CES 2.0",
    rows="(FROM surveys WHERE scale = 'ces' AND score >= 0)",
    moment=ANSWERED_AT,
    columns=(N, *MEAN),
    by=BY,
    live=LIVE,
)
