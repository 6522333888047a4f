"""Every figure, one file each, in the order of their numbers."""

from stream.figures.catalogue.abandonment import ABANDONMENT
from stream.figures.catalogue.automated_resolution import AUTOMATED_RESOLUTION
from stream.figures.catalogue.backlog import BACKLOG
from stream.figures.catalogue.categories import CATEGORIES
from stream.figures.catalogue.first_contact_resolution import FIRST_CONTACT_RESOLUTION
from stream.figures.catalogue.first_reply_time import FIRST_REPLY_TIME
from stream.figures.catalogue.one_reply_resolution import ONE_REPLY_RESOLUTION
from stream.figures.catalogue.repeat_contact import REPEAT_CONTACT
from stream.figures.catalogue.spikes import SPIKES
from stream.figures.catalogue.volume import VOLUME
from stream.figures.figure import Figure

FIGURES: tuple[Figure, ...] = (
    FIRST_REPLY_TIME,
    FIRST_CONTACT_RESOLUTION,
    ONE_REPLY_RESOLUTION,
    VOLUME,
    BACKLOG,
    CATEGORIES,
    SPIKES,
    ABANDONMENT,
    AUTOMATED_RESOLUTION,
    REPEAT_CONTACT,
)
