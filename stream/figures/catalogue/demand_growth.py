"""Whether more is asked than before: volume, looked at from its change."""

from dataclasses import replace

from stream.figures.catalogue.volume import VOLUME

DEMAND_GROWTH = replace(
    VOLUME,
    number=20,
    name="demand_growth",
    title="Demand growth",
    says="Volume against that of the period before, which is as long and ends where "
    "this one begins: `change` of 0.2 is a fifth more. Not known where none were "
    "opened before, or where facts begin later than that period's first day: of what "
    "is half known everything would seem to grow.",
    source="period over period; the field's list, 20",
)
