"""Draw the wall without Grafana: `python -m grafana.preview --prometheus URL > a.html`.

Takes titles, colours, thresholds, words, units and places from the dashboard's JSON and
the figures from a running Prometheus. For a picture of a demo, and for a look at a
change; how Grafana draws its panels is imitated, not copied.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, Final

from grafana.answers import Sample, ask
from grafana.queries import WALL, panel_queries

Json = Mapping[str, Any]

_COLUMN, _ROW, _GAP = 80, 38, 8
_COLOURS: Final = {
    "dark-green": "#37872d",
    "dark-orange": "#fa6400",
    "dark-red": "#c4162a",
    "dark-blue": "#1f60c4",
    "green": "#73bf69",
    "orange": "#ff9830",
    "red": "#f2495c",
    "transparent": "transparent",
}
_STYLE: Final = """
body{margin:0;width:1920px;height:1080px;position:relative;overflow:hidden;
 background:#111217;color:#fff;font:500 20px/1.2 Inter,'DejaVu Sans',Arial,sans-serif}
section{position:absolute;background:#181b1f;border:1px solid #2c3235;
 border-radius:3px;box-sizing:border-box;overflow:hidden}
h2{margin:0;padding:6px 12px;font-size:15px;font-weight:500;color:#d8d9da}
.tile{display:flex;flex-direction:column;justify-content:center;align-items:center;
 position:absolute;inset:28px 0 0}
.bar{display:grid;grid-template-columns:290px 1fr;align-items:center;height:31%;
 padding:0 16px}
.track{position:relative;background:#22252b;height:70%}
.fill{position:absolute;inset:0 auto 0 0;opacity:.3}
.text{position:absolute;right:16px;top:50%;transform:translateY(-50%)}
table{width:100%;border-collapse:collapse;font-size:24px}
td,th{padding:14px 16px;text-align:left;border-top:1px solid #2c3235}
th{color:#8ab8ff;font-weight:500}
footer{position:absolute;right:10px;bottom:4px;font-size:13px;color:#9fa7b3}
"""


def look(config: Json, value: float) -> tuple[str, str]:
    """Text and colour of a figure, by a field's marks, unit and thresholds."""
    for mapping in config.get("mappings", []):
        if (result := mapping["options"].get(f"{value:.0f}")) and value.is_integer():
            return result["text"], _COLOURS[result["color"]]
    colours = [
        step["color"]
        for step in config["thresholds"]["steps"]
        if step["value"] is None or value >= step["value"]
    ]
    return _written(config, value), _COLOURS[colours[-1]]


def _written(config: Json, value: float) -> str:
    decimals = config.get("decimals", 0)
    match config["unit"]:
        case "dthms":
            seconds = abs(round(value))
            text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            return f"{text} ago" if value < 0 else text
        case "percentunit":
            return f"{value:.{decimals}%}"
        case "s":
            return f"{value:.{decimals}f} s"
        case _:
            return f"{value:g}"


def _panel(panel: Json, answers: Mapping[str, Sequence[Sample]]) -> str:
    at = panel["gridPos"]
    box = (
        f"left:{at['x'] * _COLUMN + _GAP // 2}px;top:{at['y'] * _ROW + _GAP // 2}px;"
        f"width:{at['w'] * _COLUMN - _GAP}px;height:{at['h'] * _ROW - _GAP}px"
    )
    draw = {"stat": _tile, "bargauge": _bars, "table": _table}[panel["type"]]
    title = escape(panel["title"])
    return f'<section style="{box}"><h2>{title}</h2>{draw(panel, answers)}</section>'


def _tile(panel: Json, answers: Mapping[str, Sequence[Sample]]) -> str:
    config, samples = panel["fieldConfig"]["defaults"], answers["A"]
    text, colour = (
        look(config, samples[0].value) if samples else (config["noValue"], "#333")
    )
    name, size = panel["targets"][0]["legendFormat"], panel["options"]["text"]
    width, height = (panel["gridPos"][side] for side in "wh")
    # Grafana fills the tile with the value: by its width or by the height left.
    room = height * _ROW - 60 - size["titleSize"] * 1.2
    fitted = min(room * 0.9, (width * _COLUMN - 40) / (len(text) * 0.66))
    return (
        f'<div class="tile" style="background:{colour}">'
        f'<span style="font-size:{size["titleSize"]}px">{escape(name)}</span>'
        f'<span style="font-size:{fitted:.0f}px;line-height:1">{escape(text)}</span>'
        "</div>"
    )


def _bars(panel: Json, answers: Mapping[str, Sequence[Sample]]) -> str:
    config, size = panel["fieldConfig"]["defaults"], panel["options"]["text"]
    bars = []
    for sample in sorted(answers["A"], key=lambda sample: sample.labels["queue"]):
        text, colour = look(config, sample.value)
        share = min(1, max(0, sample.value / config["max"]))
        written = f"font-size:{size['valueSize']}px;color:{colour}"
        bars.append(
            f'<div class="bar"><span style="font-size:{size["titleSize"]}px">'
            f'{escape(sample.labels["queue"])}</span><div class="track">'
            f'<div class="fill" style="width:{share:.1%};background:{colour}"></div>'
            f'<span class="text" style="{written}">{escape(text)}</span></div></div>'
        )
    return "".join(bars) or escape(config["noValue"])


def _table(panel: Json, answers: Mapping[str, Sequence[Sample]]) -> str:
    names = panel["transformations"][-1]["options"]["renameByName"]
    configs = _configs(panel)
    rows: dict[str, dict[str, float]] = {}
    for ref_id, samples in answers.items():
        for sample in samples:
            row = rows.setdefault(sample.labels["queue"], {})
            row[names[f"Value #{ref_id}"]] = sample.value
    columns = [names[f"Value #{ref_id}"] for ref_id in answers]
    (order,) = panel["options"]["sortBy"]
    by = order["displayName"]
    head = "".join(f"<th>{escape(name)}</th>" for name in ("Queue", *columns))
    body = []
    for queue, row in sorted(rows.items(), key=lambda item: -item[1].get(by, 0)):
        cells = [f"<td>{escape(queue)}</td>"]
        for column in columns:
            text, colour = look(configs[column], row[column])
            cells.append(f'<td style="background:{colour}">{escape(text)}</td>')
        body.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table><tr>{head}</tr>{''.join(body)}</table>"


def _configs(panel: Json) -> dict[str, Json]:
    """Each column's own settings over the panel's."""
    defaults = panel["fieldConfig"]["defaults"]
    own = {
        override["matcher"]["options"]: {
            one["id"]: one["value"] for one in override["properties"]
        }
        for override in panel["fieldConfig"]["overrides"]
    }
    names = panel["transformations"][-1]["options"]["renameByName"].values()
    return {name: {**defaults, **own.get(name, {})} for name in names}


def draw_wall(prometheus_url: str, dashboard: Path = WALL) -> str:
    """The wall as one HTML page, 1920 by 1080. Raises `QueryFailedError`."""
    wall = json.loads(dashboard.read_text(encoding="utf-8"))
    now = datetime.now(UTC).astimezone()
    answers: dict[int, dict[str, list[Sample]]] = {}
    for query in panel_queries(wall, now):
        figures = ask(prometheus_url, query.expr)
        answers.setdefault(query.panel_id, {})[query.ref_id] = figures
    panels = "".join(_panel(panel, answers[panel["id"]]) for panel in wall["panels"])
    note = f"preview drawn from the dashboard JSON at {now:%H:%M:%S}; not Grafana"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8">'
        f"<title>{escape(wall['title'])}</title><style>{_STYLE}</style>"
        f"<body>{panels}<footer>{note}</footer></body></html>\n"
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m grafana.preview",
        description="Draw the wall as an HTML page on standard output.",
    )
    parser.add_argument("--prometheus", required=True, metavar="URL")
    options = parser.parse_args(arguments)
    print(draw_wall(options.prometheus), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
