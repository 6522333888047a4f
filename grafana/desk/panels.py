"""The kinds of panel of the desk: numbers, a graph, a table.

No data is purple and says so: Grafana would draw it in the colour of the lowest
threshold, which is the colour of good news.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Final, TypeVar

from grafana_foundation_sdk.builders import (
    common,
    dashboard,
    prometheus,
    stat,
    table,
    timeseries,
)
from grafana_foundation_sdk.models import common as style
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.prometheus import PromQueryFormat
from grafana_foundation_sdk.models.table import Options

from grafana.desk.links import Link
from grafana.pieces import AT_RISK, BROKEN, CALM, NO_DATA, SOURCE, UNKNOWN, step

PLAIN, RED, ORANGE = CALM, BROKEN, AT_RISK
"""As on the wall; here they mark lines and numbers of other kinds, too."""
CLOCK: Final = units.DurationInHoursMinutesSeconds
"""Waits, as 26:05:00; Grafana's `s` would say `1.1 day`."""
SECONDS: Final = "suffix:s"
"""Delays; Grafana's `s` would make milliseconds and minutes of them by turns."""

_COLUMN_PX: Final = 90
"""At least, or nine columns would be wider than a small laptop."""

Lines = Mapping[str, str]
"""Name -> query. A name may hold labels: `{{queue}}`."""
Steps = Sequence[tuple[float | None, str]]
"""A colour from each value upwards; the first has no lower end."""
Look = Mapping[str, object]
"""Grafana's field options, by their name."""
QUEUE: Final[Look] = {"custom.width": 130}
"""A column of queues: of sixteen letters, as on the wall."""
Marks = Mapping[float, str]
"""Words instead of a number."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a panel asks, and what reads on below it."""

    number: int
    """The panel's id: links lead to it."""
    title: str
    description: str
    link: Link


_Mapping = model.ValueMap | model.RangeMap | model.RegexMap | model.SpecialValueMap
_AnyPanel = stat.Panel | timeseries.Panel | table.Panel
_Panel = TypeVar("_Panel", stat.Panel, timeseries.Panel, table.Panel)


def number(
    question: Question,
    lines: Lines,
    *,
    unit: str = units.LocaleFormat,
    steps: Steps = ((None, PLAIN),),
    marks: Marks | None = None,
    looks: Mapping[str, Look] | None = None,
) -> stat.Panel:
    """The newest value of each line, in large; `looks`: what a line has of its own."""
    panel = (
        framed(stat.Panel(), question, unit, steps, marks)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .color_mode(style.BigValueColorMode.BACKGROUND_SOLID)
        .graph_mode(style.BigValueGraphMode.NONE)
        .text_mode(
            style.BigValueTextMode.VALUE_AND_NAME
            if len(lines) > 1
            else style.BigValueTextMode.VALUE
        )
        .justify_mode(style.BigValueJustifyMode.AUTO)
        .text(common.VizTextDisplayOptions().title_size(14).value_size(22))
    )
    for letter, (name, expr) in zip(ascii_uppercase, lines.items(), strict=False):
        panel.with_target(query(letter, expr).instant().legend_format(name))
    for name, look in (looks or {}).items():
        override(panel, name, look)
    return panel


def graph(
    question: Question,
    lines: Lines,
    *,
    unit: str = units.LocaleFormat,
    colours: Mapping[str, str] | None = None,
    step: str | None = None,
    stacked: bool = False,
) -> timeseries.Panel:
    """Each line over the range; `step` is the least time between two points."""
    panel = (
        framed(timeseries.Panel(), question, unit)
        .color_scheme(coloured_by(model.FieldColorModeId.PALETTE_CLASSIC))
        .min(0)
        .fill_opacity(60 if stacked else 0)
        .stacking(
            common.StackingConfig().mode(
                style.StackingMode.NORMAL if stacked else style.StackingMode.NONE
            )
        )
        .show_points(style.VisibilityMode.AUTO)
        .legend(
            common.VizLegendOptions()
            .display_mode(style.LegendDisplayMode.LIST)
            .placement(style.LegendPlacement.BOTTOM)
            .show_legend(show_legend=True)
        )
        .tooltip(
            common.VizTooltipOptions()
            .mode(style.TooltipDisplayMode.MULTI)
            .sort(style.SortOrder.DESCENDING)
        )
    )
    if step is not None:
        panel.interval(step)
    for letter, (name, expr) in zip(ascii_uppercase, lines.items(), strict=False):
        panel.with_target(query(letter, expr).range().legend_format(name))
    for name, colour in (colours or {}).items():
        override(panel, name, {"color": {"mode": "fixed", "fixedColor": colour}})
    return panel


def rows(
    question: Question,
    columns: Mapping[str, str],
    *,
    key: Mapping[str, str],
    looks: Mapping[str, Look],
    sort: str,
    hidden: Sequence[str] = (),
) -> table.Panel:
    """A row for each value of the first label of `key`, which all queries have.

    `columns` and `key` lead from heading to query and from label to heading, in order;
    `looks` gives a column Grafana's field options. The largest `sort` is the first row.
    `hidden` are fields of the answers that nobody needs to see.
    """
    panel = (
        framed(table.Panel(), question, units.LocaleFormat)
        .cell_height(style.TableCellHeight.SM)
        .min_width(_COLUMN_PX)
        .sort_by([common.TableSortByFieldState().display_name(sort).desc(desc=True)])
        .with_transformation(step("joinByField", byField=next(iter(key)), mode="outer"))
        .with_transformation(step("organize", **_arranged(columns, key, hidden)))
    )
    for letter, expr in zip(ascii_uppercase, columns.values(), strict=False):
        panel.with_target(query(letter, expr).instant().format(PromQueryFormat.TABLE))
    for heading, look in looks.items():
        override(panel, heading, look)
    return without_footer(panel)


def without_footer(panel: table.Panel) -> table.Panel:
    """The SDK gives each table a footer, as Grafana knew it before 13."""
    options = panel.build().options
    assert isinstance(options, Options)
    options.footer = None
    return panel


def coloured(*steps: tuple[float | None, str]) -> dict[str, object]:
    """A table's column whose cells are filled with the colour of their value."""
    return {
        "thresholds": _thresholds(steps).build(),
        "custom.cellOptions": {"type": "color-background", "mode": "basic"},
    }


def words(marks: Marks) -> list[_Mapping]:
    """A word instead of each value in `marks`, and for no value at all."""
    said: list[_Mapping] = [
        model.ValueMap(
            options={f"{at:g}": model.ValueMappingResult(text=text, index=index)}
        )
        for index, (at, text) in enumerate(marks.items())
    ]
    unknown = model.ValueMappingResult(text=NO_DATA, color=UNKNOWN, index=len(said))
    return [
        *said,
        model.SpecialValueMap(
            options=model.DashboardSpecialValueMapOptions(
                match=model.SpecialValueMatch.NULL_AND_NAN, result=unknown
            )
        ),
    ]


def framed(
    panel: _Panel,
    question: Question,
    unit: str,
    steps: Steps = ((None, PLAIN),),
    marks: Marks | None = None,
) -> _Panel:
    """With what all kinds of panel have: the question, no data, colours."""
    return (
        panel.id(question.number)
        .title(question.title)
        .description(question.description)
        .datasource(SOURCE)
        .links([question.link])
        .unit(unit)
        .no_value(NO_DATA)
        .thresholds(_thresholds(steps))
        .color_scheme(coloured_by(model.FieldColorModeId.THRESHOLDS))
        .mappings(words(marks or {}))
    )


def query(letter: str, expr: str) -> prometheus.Dataquery:
    """A panel's question to Prometheus; `letter` names it there."""
    return prometheus.Dataquery().datasource(SOURCE).ref_id(letter).expr(expr)


def coloured_by(mode: model.FieldColorModeId) -> dashboard.FieldColor:
    """Where the colour of a value or a line comes from."""
    return dashboard.FieldColor().mode(mode)


def _thresholds(steps: Steps) -> dashboard.ThresholdsConfig:
    return (
        dashboard.ThresholdsConfig()
        .mode(model.ThresholdsMode.ABSOLUTE)
        .steps([model.Threshold(value=at, color=colour) for at, colour in steps])
    )


def override(panel: _AnyPanel, name: str, look: Look) -> None:
    """What a line or a column has of its own."""
    panel.override_by_name(
        name,
        [
            model.DynamicConfigValue(id_val=option, value=value)
            for option, value in look.items()
        ],
    )


def _arranged(
    columns: Mapping[str, str], key: Mapping[str, str], hidden: Sequence[str]
) -> dict[str, object]:
    # Each query brings its own time; a join of several numbers them.
    times = ["Time", *(f"Time {n}" for n in range(1, len(columns) + 1))]
    values = {
        f"Value #{letter}": heading
        for letter, heading in zip(ascii_uppercase, columns, strict=False)
    }
    return {
        "excludeByName": dict.fromkeys([*times, *hidden], True),
        "indexByName": {name: n for n, name in enumerate((*key, *values))},
        "renameByName": {**key, **values},
    }
