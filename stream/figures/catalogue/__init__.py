"""Every figure, one file each, in the order of their numbers."""

from stream.figures.catalogue.abandonment import ABANDONMENT
from stream.figures.catalogue.automated_resolution import AUTOMATED_RESOLUTION
from stream.figures.catalogue.backlog import BACKLOG
from stream.figures.catalogue.categories import CATEGORIES
from stream.figures.catalogue.ces import CES
from stream.figures.catalogue.channel_responsiveness import CHANNEL_RESPONSIVENESS
from stream.figures.catalogue.consistency import BETWEEN, CONSISTENCY
from stream.figures.catalogue.converted import CONVERTED, CONVERTED_AMOUNT
from stream.figures.catalogue.csat import CSAT
from stream.figures.catalogue.customer_health import CUSTOMER_HEALTH
from stream.figures.catalogue.demand_growth import DEMAND_GROWTH
from stream.figures.catalogue.first_contact_resolution import FIRST_CONTACT_RESOLUTION
from stream.figures.catalogue.first_reply_time import FIRST_REPLY_TIME
from stream.figures.catalogue.handling_time import HANDLING_TIME
from stream.figures.catalogue.net_emotional_value import NET_EMOTIONAL_VALUE
from stream.figures.catalogue.next_reply_time import NEXT_REPLY_TIME
from stream.figures.catalogue.nps import NPS
from stream.figures.catalogue.one_reply_resolution import ONE_REPLY_RESOLUTION
from stream.figures.catalogue.repeat_contact import REPEAT_CONTACT
from stream.figures.catalogue.service_level import SERVICE_LEVEL
from stream.figures.catalogue.spikes import SPIKES
from stream.figures.catalogue.staffing_forecast import STAFFING_FORECAST
from stream.figures.catalogue.staffing_need import STAFFING_NEED
from stream.figures.catalogue.volume import VOLUME
from stream.figures.catalogue.workload import WORKLOAD
from stream.figures.figure import Figure

FIGURES: tuple[Figure, ...] = (
    FIRST_REPLY_TIME,
    NEXT_REPLY_TIME,
    HANDLING_TIME,
    SERVICE_LEVEL,
    FIRST_CONTACT_RESOLUTION,
    ONE_REPLY_RESOLUTION,
    VOLUME,
    BACKLOG,
    CATEGORIES,
    SPIKES,
    CSAT,
    NPS,
    CES,
    NET_EMOTIONAL_VALUE,
    CUSTOMER_HEALTH,
    ABANDONMENT,
    AUTOMATED_RESOLUTION,
    CONVERTED,
    CONVERTED_AMOUNT,
    WORKLOAD,
    STAFFING_NEED,
    STAFFING_FORECAST,
    DEMAND_GROWTH,
    REPEAT_CONTACT,
    CHANNEL_RESPONSIVENESS,
    CONSISTENCY,
    *BETWEEN,
)
