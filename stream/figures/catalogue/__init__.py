"""Every figure, one file each, in the order of their numbers."""

from stream.figures.catalogue.channel_responsiveness import CHANNEL_RESPONSIVENESS
from stream.figures.catalogue.consistency import BETWEEN, CONSISTENCY
from stream.figures.catalogue.demand_growth import DEMAND_GROWTH
from stream.figures.catalogue.first_reply_time import FIRST_REPLY_TIME
from stream.figures.catalogue.handling_time import HANDLING_TIME
from stream.figures.catalogue.next_reply_time import NEXT_REPLY_TIME
from stream.figures.catalogue.service_level import SERVICE_LEVEL
from stream.figures.figure import Figure

FIGURES: tuple[Figure, ...] = (
    FIRST_REPLY_TIME,
    NEXT_REPLY_TIME,
    HANDLING_TIME,
    SERVICE_LEVEL,
    DEMAND_GROWTH,
    CHANNEL_RESPONSIVENESS,
    CONSISTENCY,
    *BETWEEN,
)
