"""What every panel of the wall is made of: source, query, words and their colours."""

from collections.abc import Mapping
from typing import Final

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat
from grafana_foundation_sdk.models import common as style
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from grafana.words import SAYS

SOURCE: Final = model.DataSourceRef(type_val="prometheus", uid="${datasource}")
READABLE_PX: Final = 56
"""25 mm on a 55-inch 1080p screen: 1/200 of five metres, the least one can read."""
NO_DATA: Final = "no data"

# White text reads well on the dark shades.
CALM, AT_RISK, BROKEN, UNKNOWN = "transparent", "dark-orange", "dark-red", "dark-purple"
"""A wall where all is well is dark. No green: no data would be green, too."""

_UNKNOWN: Final = "partial|stale|delayed|source silent"


def cells(expr: str, colours: Mapping[str, str]) -> stat.Panel:
    """A panel that shows the label `says` of each sample, the least value first.

    `colours`: what a text that a pattern matches as a whole is drawn on. The name of a
    cell is what the sample's other labels say.
    """
    return (
        stat.Panel()
        .datasource(SOURCE)
        .with_target(
            prometheus.Dataquery()
            .datasource(SOURCE)
            .ref_id("A")
            .expr(expr)
            .instant()
            .legend_format("")
            .format(PromQueryFormat.TABLE)
        )
        .unit(units.String)
        .no_value(NO_DATA)
        .thresholds(_calm())
        .color_scheme(dashboard.FieldColor().mode(model.FieldColorModeId.THRESHOLDS))
        .mappings(_mappings(colours))
        .reduce_options(
            common.ReduceDataOptions()
            .values(values=True)
            .calcs([])
            .fields(f"/^{SAYS}$/")
        )
        .color_mode(style.BigValueColorMode.BACKGROUND_SOLID)
        .graph_mode(style.BigValueGraphMode.NONE)
        .text_mode(style.BigValueTextMode.VALUE_AND_NAME)
        .justify_mode(style.BigValueJustifyMode.AUTO)
        .orientation(style.VizOrientation.HORIZONTAL)
    )


def text(*, name_px: int = READABLE_PX, px: int) -> common.VizTextDisplayOptions:
    """Sizes of a cell's name and its text."""
    return common.VizTextDisplayOptions().title_size(name_px).value_size(px)


def step(name: str, **options: object) -> model.DataTransformerConfig:
    """A transformation of the answer, before it is drawn."""
    return model.DataTransformerConfig(id_val=name, options=options)


def _calm() -> dashboard.ThresholdsConfig:
    return (
        dashboard.ThresholdsConfig()
        .mode(model.ThresholdsMode.ABSOLUTE)
        .steps([model.Threshold(value=None, color=CALM)])
    )


def _mappings(colours: Mapping[str, str]) -> list[model.ValueMapping]:
    said = {**colours, _UNKNOWN: UNKNOWN}
    words = [
        model.RegexMap(
            options=model.DashboardRegexMapOptions(
                pattern=f"^({pattern})$",
                result=model.ValueMappingResult(color=colour, index=index),
            )
        )
        for index, (pattern, colour) in enumerate(said.items())
    ]
    # Grafana draws an empty answer as a null, on the base colour unless this says else.
    nothing = model.SpecialValueMap(
        options=model.DashboardSpecialValueMapOptions(
            match=model.SpecialValueMatch.NULL_AND_NAN,
            result=model.ValueMappingResult(
                text=NO_DATA, color=UNKNOWN, index=len(said)
            ),
        )
    )
    return [*words, nothing]
