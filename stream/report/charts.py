"""Charts as SVG, drawn by Vega-Lite (vl-convert: in this process, no browser)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from stream.figures.database import NotInstalledError
from stream.figures.figure import Column, Unit
from stream.report.findings import Finding
from stream.report.headline import headline
from stream.report.numbers import DAYS, UNITS
from stream.report.span import Span
from stream.sla.hours import DAY

NOT_INSTALLED = 'vl-convert is not installed: pip install "replyclock[figures]"'
_INK, _SOFT, _LINE, _NOW = "#1c2330", "#667085", "#e3e7ee", "#7fa3e6"
_VERSION = "6.4"
"""Of Vega-Lite, of those that vl-convert brings: a newer one changes no picture."""
_NAMED = 14
"""Days, each with its weekday; of more it is the date that helps."""
_STYLE: dict[str, Any] = {
    "font": "system-ui, sans-serif",
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelColor": _SOFT,
        "gridColor": _LINE,
        "domainColor": _LINE,
        "ticks": False,
        "labelPadding": 6,
        "labelFontSize": 11,
        "title": None,
    },
}


def over_days(finding: Finding, span: Span, width: int) -> str:
    """The headline day by day: bars, and the period before as marks over them."""
    shift = round((span.now.begin - span.before.begin) / DAY) * timedelta(days=1)
    column = headline(finding.figure)
    values = []
    for part in finding.over_time["day"]:
        day = date.fromisoformat(str(part.of))
        if part.now is not None:
            values.append({"day": f"{day}", "now": part.now[column.name]})
        elif part.before is not None:
            values.append({"day": f"{day + shift}", "before": part.before[column.name]})
    named = "%a %-d" if span.now.length <= _NAMED * DAY else "%-d %b"
    axis = {
        "grid": False,
        "labelAngle": 0,
        "labelOverlap": True,
        "labelExpr": f"utcFormat(toDate(datum.value), '{named}')",
    }
    unit, values = _in_one_unit(column, values, ("now", "before"))
    height: dict[str, Any] = {"type": "quantitative", "axis": {"tickCount": 4, **unit}}
    return _drawn(
        {
            "width": width,
            "height": 150,
            "data": {"values": values},
            "encoding": {"x": {"field": "day", "type": "ordinal", "axis": axis}},
            "layer": [
                {
                    "mark": {"type": "bar", "color": _NOW},
                    "encoding": {"y": {"field": "now", **height}},
                },
                {
                    "mark": {"type": "tick", "color": _INK, "thickness": 2},
                    "encoding": {"y": {"field": "before", **height}},
                },
            ],
        }
    )


def over_the_week(finding: Finding, width: int) -> str:
    """The headline by weekday and hour, darker where it is more."""
    column = headline(finding.figure)
    unit, values = _in_one_unit(
        column,
        [
            {
                "day": DAYS[int(part.of) // 24],
                "hour": int(part.of) % 24,
                "now": part.now[column.name],
            }
            for part in finding.over_time["hour"]
            if isinstance(part.of, int) and part.now is not None
        ],
        ("now",),
    )
    axis = {"domain": False, "labelAngle": 0}
    hours = {"values": [*range(0, 24, 3)], **axis}
    return _drawn(
        {
            "width": width,
            "height": 150,
            "data": {"values": values},
            "transform": [{"filter": "isValid(datum.now)"}],
            "mark": {"type": "rect", "cornerRadius": 2, "stroke": "#fff"},
            "encoding": {
                "x": {
                    "field": "hour",
                    "type": "ordinal",
                    "scale": {"domain": [*range(24)]},
                    "axis": hours,
                },
                "y": {
                    "field": "day",
                    "type": "ordinal",
                    "scale": {"domain": [*DAYS]},
                    "axis": axis,
                },
                "color": {
                    "field": "now",
                    "type": "quantitative",
                    "scale": {"range": ["#e8eefb", "#173a86"], "zero": True},
                    "legend": {
                        "title": None,
                        "gradientLength": 130,
                        "labelColor": _SOFT,
                        "tickCount": 3,
                        **unit,
                    },
                },
            },
        }
    )


def _in_one_unit(
    column: Column, values: list[dict[str, Any]], names: Sequence[str]
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """How an axis reads, and the values for it: of times in the unit of the longest."""
    if column.unit is Unit.SHARE:
        return {"format": ".0%"}, values
    if column.unit is not Unit.SECONDS:
        return {}, values
    most = max((value.get(name) or 0 for value in values for name in names), default=0)
    name, length = next((each for each in UNITS if most >= each[1]), UNITS[-1])
    inside = [
        {
            key: each / length if key in names and each is not None else each
            for key, each in value.items()
        }
        for value in values
    ]
    return {"labelExpr": f"datum.label + ' {name}'"}, inside


def check_installed() -> None:
    """Raises `NotInstalledError`, before long work and not after it."""
    try:
        import vl_convert  # noqa: F401, PLC0415  an extra
    except ImportError as error:
        raise NotInstalledError(NOT_INSTALLED) from error


def _drawn(spec: dict[str, Any]) -> str:
    import vl_convert  # noqa: PLC0415  an extra

    whole = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": _STYLE,
        **spec,
    }
    drawn: str = vl_convert.vegalite_to_svg(whole, vl_version=_VERSION)
    return drawn
