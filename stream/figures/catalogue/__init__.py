"""Every figure, one file each, in the order of their numbers."""

from stream.figures.catalogue.first_reply_time import FIRST_REPLY_TIME
from stream.figures.figure import Figure

FIGURES: tuple[Figure, ...] = (FIRST_REPLY_TIME,)
