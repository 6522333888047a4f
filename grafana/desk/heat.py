"""The week as a table: a row a weekday, a column an hour, the busier the bluer.

Grafana's transformations make it of a graph's points, in Grafana's time zone: PromQL
knows the hours of UTC alone.
"""

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.models import common as style
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import units

from grafana.desk.panels import (
    Look,
    Question,
    coloured_by,
    framed,
    override,
    query,
    without_footer,
)
from grafana.pieces import step

_HOUR_MS: Final = 3_600_000
_DAY, _HOUR = "Day", "Hour"
_VALUE: Final = "Value"
_HOUR_PX: Final = 36
_LOOK_OF_DAYS: Final[Look] = {
    "custom.width": 56,
    "custom.cellOptions": {"type": "auto"},
    # The figure of a day is for the order alone: 1 is Monday.
    "mappings": [
        {
            "type": "regex",
            "options": {"pattern": r"^\d (\w+)$", "result": {"text": "$1", "index": 0}},
        }
    ],
}
_POINTS: Final = 1_000
"""An hour each for as long as Compose keeps them, however narrow the panel is."""


def heat(question: Question, hourly: str) -> table.Panel:
    """`hourly`: what happened in the hour before an instant. Of several weeks the mean.

    Grafana's own heat map has no rows of weekdays.
    """
    panel = (
        framed(table.Panel(), question, units.LocaleFormat, marks={0: "·"})
        .decimals(0)
        .color_scheme(coloured_by(model.FieldColorModeId.CONTINUOUS_BLUES))
        .interval("1h")
        .max_data_points(_POINTS)
        .cell_height(style.TableCellHeight.SM)
        .min_width(_HOUR_PX)
        .cell_options(
            style.TableColoredBackgroundCellOptions(
                mode=style.TableCellBackgroundDisplayMode.BASIC
            )
        )
        .with_target(query("A", hourly).range().legend_format(_VALUE))
        .transformations([*_by_day_and_hour()])
    )
    override(panel, _DAY, _LOOK_OF_DAYS)
    return without_footer(panel)


def _by_day_and_hour() -> Iterator[model.DataTransformerConfig]:
    # A point tells of the hour before it.
    before = {"left": "Time", "operator": "-", "right": str(_HOUR_MS)}
    for name in (_DAY, _HOUR):
        yield step("calculateField", mode="binary", alias=name, binary=before)
    yield step("convertFieldType", fields={}, conversions=[*_as_texts()])
    yield step(
        "groupBy",
        fields={
            _DAY: {"aggregations": [], "operation": "groupby"},
            _HOUR: {"aggregations": [], "operation": "groupby"},
            _VALUE: {"aggregations": ["mean"], "operation": "aggregate"},
        },
    )
    # Columns and rows are in the order in which they come; both sorts are stable.
    for name in (_DAY, _HOUR):
        yield step("sortBy", fields={}, sort=[{"field": name}])
    yield step(
        "groupingToMatrix",
        columnField=_HOUR,
        rowField=_DAY,
        valueField=f"{_VALUE} (mean)",
    )


def _as_texts() -> Iterator[dict[str, str]]:
    for name, text in ((_DAY, "E ddd"), (_HOUR, "HH")):
        yield {"targetField": name, "destinationType": "time"}
        yield {"targetField": name, "destinationType": "string", "dateFormat": text}
