"""Every figure, one file each, in the order of their numbers."""

from stream.figures.catalogue.ces import CES
from stream.figures.catalogue.converted import CONVERTED, CONVERTED_AMOUNT
from stream.figures.catalogue.csat import CSAT
from stream.figures.catalogue.customer_health import CUSTOMER_HEALTH
from stream.figures.catalogue.first_reply_time import FIRST_REPLY_TIME
from stream.figures.catalogue.net_emotional_value import NET_EMOTIONAL_VALUE
from stream.figures.catalogue.nps import NPS
from stream.figures.catalogue.staffing_forecast import STAFFING_FORECAST
from stream.figures.catalogue.staffing_need import STAFFING_NEED
from stream.figures.catalogue.workload import WORKLOAD
from stream.figures.figure import Figure

FIGURES: tuple[Figure, ...] = (
    FIRST_REPLY_TIME,
    CSAT,
    NPS,
    CES,
    NET_EMOTIONAL_VALUE,
    CUSTOMER_HEALTH,
    CONVERTED,
    CONVERTED_AMOUNT,
    WORKLOAD,
    STAFFING_NEED,
    STAFFING_FORECAST,
)
