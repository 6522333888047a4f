"""A part of the page: figures with their definitions, tables and maps."""

import re
from collections.abc import Sequence
from html import escape

from stream.figures.figure import Column, Figure, Row
from stream.report import charts
from stream.report.findings import Finding, Part, n_of
from stream.report.headline import headline, title
from stream.report.numbers import GROWTH, change, said
from stream.report.report import Report
from stream.report.wording import part_name

_CODE = re.compile(r"`([^`]+)`")
MAPS = {"staffing_forecast"}
"""Figures whose hours of the week are drawn beside their table."""
MOST_PARTS = 10
"""Of a split; the CSV has all of them."""


def section(report: Report, words: str, numbers: Sequence[int]) -> str:
    told = [
        each
        for number in numbers
        for each in report.findings
        if each.figure.number == number and each.is_known
    ]
    if not told:
        return ""
    return f"<h2>{words}</h2>" + "".join(_figure(each, report) for each in told)


def _figure(finding: Finding, report: Report) -> str:
    figure, whole = finding.figure, finding.whole
    heads = "".join(_head_cell(each, figure) for each in _columns(figure))
    moved = change_of(figure, "", whole, report)
    rows = [_line(report.span.name, whole.now, figure, moved)]
    if n_of(figure, whole.before) and not _is_change(figure):
        rows.append(_line(report.span.compared, whole.before, figure, "", "before"))
    for by, parts in finding.splits.items():
        rows += _split(figure, by, parts, report)
    is_drawn = (
        figure.name in MAPS and number_of(whole.now, headline(figure)) is not None
    )
    hours = week_map(finding, report, 800) if is_drawn else ""
    says = _CODE.sub(r"<code>\1</code>", escape(figure.says))
    body = "".join(rows)
    return f"""<section><h3>{escape(figure.title)}</h3><p class="says">{says}</p>
<table><thead><tr><th></th>{heads}</tr></thead><tbody>{body}</tbody></table>{hours}
</section>"""


def _columns(figure: Figure) -> list[Column]:
    """But those that are the comparison, which the page has for every figure."""
    if _is_change(figure):
        return [*figure.columns]
    return [each for each in figure.columns if each.name not in {"before", *GROWTH}]


def _is_change(figure: Figure) -> bool:
    """Of which there is no change to show: it is one."""
    return headline(figure).name in GROWTH


def _has_change(column: Column, figure: Figure) -> bool:
    return column is headline(figure) and not _is_change(figure)


def _head_cell(column: Column, figure: Figure) -> str:
    moved = "<th>change</th>" if _has_change(column, figure) else ""
    return f"<th>{escape(column.title)}</th>{moved}"


def _split(figure: Figure, by: str, parts: Sequence[Part], report: Report) -> list[str]:
    if not any(part.of is not None for part in parts):
        return []
    rest = len(parts) - MOST_PARTS
    more = f"; {rest} more in figures.csv" if rest > 0 else ""
    width = len(_columns(figure)) + 2
    return [
        f'<tr class="by"><th colspan="{width}">by {by}{more}</th></tr>',
        *(
            _line(
                part_name(by, part.of),
                part.now,
                figure,
                change_of(figure, by, part, report),
                "part",
            )
            for part in parts[:MOST_PARTS]
        ),
    ]


def _line(
    name: str, row: Row | None, figure: Figure, moved: str, kind: str = "whole"
) -> str:
    cells = []
    for column in _columns(figure):
        is_known = number_of(row, column) is not None
        text = escape(value_of(column, row)) if is_known else "&ndash;"
        cells.append(f"<td>{text}</td>")
        if _has_change(column, figure):
            cells.append(f'<td class="soft">{moved}</td>')
    return f'<tr class="{kind}"><td>{escape(name)}</td>{"".join(cells)}</tr>'


def change_of(figure: Figure, by: str, part: Part, report: Report) -> str:
    """Bold where chance does not explain it."""
    column = headline(figure)
    moved = change(column, number_of(part.now, column), number_of(part.before, column))
    is_real = any(
        each.figure is figure and each.by == by and each.part is part
        for each in report.real
    )
    return f"<strong>{moved or 'new'}</strong>" if is_real else moved


def week_map(finding: Finding, report: Report, width: int) -> str:
    words = f"by hour of the week, {escape(report.zone)}"
    return drawing(title(finding.figure), words, charts.over_the_week(finding, width))


def drawing(name: str, words: str, svg: str) -> str:
    caption = f"<figcaption><b>{escape(name)}</b>, {words}</figcaption>"
    return f"<figure>{caption}{svg}</figure>"


def value_of(column: Column, row: Row | None) -> str:
    return said(column, number_of(row, column))


def number_of(row: Row | None, column: Column) -> float | int | str | None:
    return None if row is None else row.get(column.name)
