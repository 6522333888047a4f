"""What every panel of the wall is made of: source, query, thresholds, marks, words."""

from typing import Final

from grafana_foundation_sdk.builders import common, dashboard, prometheus
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from grafana import expressions as ask

SOURCE: Final = model.DataSourceRef(type_val="prometheus", uid="${datasource}")
NAME_PX: Final = 56
"""25 mm on a 55-inch 1080p screen: 1/200 of five metres, the least one can read."""
NO_DATA: Final = "no data"

# White text reads well on the dark shades; coloured text on black needs bright ones.
GREEN, ORANGE, RED, BLUE = "dark-green", "dark-orange", "dark-red", "dark-blue"
BRIGHT_GREEN, BRIGHT_ORANGE, BRIGHT_RED = "green", "orange", "red"


def query(
    ref_id: str, expr: str, *, name: str = "", table: bool = False
) -> prometheus.Dataquery:
    """An instant query; `name` is what its figure is called on the wall."""
    return (
        prometheus.Dataquery()
        .datasource(SOURCE)
        .ref_id(ref_id)
        .expr(expr)
        .instant()
        .legend_format(name)
        .format(PromQueryFormat.TABLE if table else PromQueryFormat.TIME_SERIES)
    )


def steps(*colours: tuple[float | None, str]) -> dashboard.ThresholdsConfig:
    """Colours from each value upwards; the first has no lower end."""
    return (
        dashboard.ThresholdsConfig()
        .mode(model.ThresholdsMode.ABSOLUTE)
        .steps([model.Threshold(value=at, color=colour) for at, colour in colours])
    )


def mark(value: int, text: str, colour: str) -> model.ValueMap:
    """A word instead of `value`."""
    result = model.ValueMappingResult(text=text, color=colour, index=0)
    return model.ValueMap(options={str(value): result})


PARTIAL: Final = mark(ask.PARTIAL, "partial", ORANGE)
STALE: Final = mark(ask.STALE, "stale", ORANGE)


def by_threshold() -> dashboard.FieldColor:
    return dashboard.FieldColor().mode(model.FieldColorModeId.THRESHOLDS)


def last_value() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"])
