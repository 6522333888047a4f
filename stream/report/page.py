"""A report as one page, for a screen and for paper: nothing is loaded from anywhere."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from stream.figures.figure import Column, Figure, Row
from stream.report import charts
from stream.report.changes import Change, most_changed
from stream.report.findings import Finding, Part, n_of
from stream.report.headline import headline, title
from stream.report.longest import Wait
from stream.report.numbers import GROWTH, change, said, seconds
from stream.report.span import Span
from stream.report.wording import part_name, sentence
from stream.sla.instants import from_ms

_STYLE = Path(__file__).with_name("page.css")
_CODE = re.compile(r"`([^`]+)`")
TILES = (1, 4, 7, 8, 2, 5, 15, 10)
"""Numbers of the figures of the first screen, in their order; the known ones."""
SECTIONS = (
    ("How fast", (1, 2, 4, 3, 22, 23)),
    ("What came in", (7, 20, 9, 8, 19)),
    ("What it came to", (5, 6, 21, 15, 16, 17)),
    ("How customers took it", (10, 11, 12, 13, 14)),
    ("Who did it", (18,)),
)
MAPS = {"staffing_forecast"}
"""Figures whose hours of the week are drawn beside their table."""
OVERVIEW = (7, 1)
"""Figures drawn day by day, and by the hour of the week."""
MOST_PARTS = 10
"""Of a split; the CSV has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a page says; `source` is what was read, `zone` that of its days."""

    span: Span
    zone: str
    source: str
    findings: Sequence[Finding]
    real: Sequence[Change]
    waits: Sequence[Wait]
    unanswered: int


def page(report: Report) -> str:
    """HTML."""
    name = escape(report.span.name)
    parts = [
        _head(report),
        _tiles(report),
        _moved(report),
        _overview(report),
        _longest(report),
        *(_section(report, words, numbers) for words, numbers in SECTIONS),
        _not_known(report),
    ]
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{name}: replies</title>
<meta name="viewport" content="width=device-width"><style>
{_STYLE.read_text("utf-8")}</style></head><body>
{"".join(parts)}
</body></html>
"""


def _head(report: Report) -> str:
    span = report.span
    days = span.says(report.zone)
    days = "" if days == span.name else f"{days}, "
    is_compared = any(each.whole.before is not None for each in report.findings)
    compared = (
        f"compared with {_small(span.compared)}"
        if is_compared
        else f"not compared, since facts begin after {_small(span.compared)} did"
    )
    return (
        f"<h1>{escape(span.name)}</h1>"
        f'<p class="soft">{days}{escape(report.zone)} time; {escape(compared)}.'
        f" From {escape(report.source)}.</p>"
    )


def _small(name: str) -> str:
    """Inside of a sentence: `week 47, 2026`; names of months stay."""
    return name[0].lower() + name[1:] if name[:4] in {"Week", "The ", "Quar"} else name


def _tiles(report: Report) -> str:
    known = {each.figure.number: each for each in reversed(report.findings)}
    told = [known[number] for number in TILES if number in known]
    tiles = "".join(_tile(each, report) for each in told if each.is_known)
    return f'<div class="tiles">{tiles}</div>'


def _tile(finding: Finding, report: Report) -> str:
    figure, column, whole = finding.figure, headline(finding.figure), finding.whole
    before = _value(whole.before, column)
    was = "not known before"
    if moved := _change(figure, "", whole, report):
        was = f"{moved} against {said(column, before)}"
    count = figure.columns[0]
    n = "" if column is count else f"<span>n {_said(count, whole.now)}</span>"
    return (
        f'<div class="tile"><span>{escape(title(figure))}</span>'
        f"<b>{_said(column, whole.now)}</b><span>{was}</span>{n}</div>"
    )


def _change(figure: Figure, by: str, part: Part, report: Report) -> str:
    """Bold where chance does not explain it."""
    column = headline(figure)
    moved = change(column, _value(part.now, column), _value(part.before, column))
    is_real = any(
        each.figure is figure and each.by == by and each.part is part
        for each in report.real
    )
    return f"<strong>{moved}</strong>" if is_real else moved


def _moved(report: Report) -> str:
    items = "".join(
        f"<li>{escape(sentence(each))}</li>" for each in most_changed(report.real)
    )
    told = f"<ol>{items}</ol>" if items else "<p>Nothing, as far as can be said.</p>"
    return f"""<h2>What changed most</h2>{told}
<p class="says">Only what chance does not explain, here and in <strong>bold</strong>
below: of 20 reports in which nothing changed, 19 have none. A tenth, at least.</p>"""


def _overview(report: Report) -> str:
    known = {each.figure.number: each for each in reversed(report.findings)}
    drawn = [known[number] for number in OVERVIEW if number in known]
    drawn = [each for each in drawn if each.is_known]
    figures = [
        _drawn(
            title(each.figure),
            "by day; marks: the time before",
            charts.over_days(each, report.span, 380),
        )
        for each in drawn
        if "day" in each.over_time
    ]
    figures += [
        _over_the_week(each, report, 360) for each in drawn if "hour" in each.over_time
    ]
    return f'<h2>Over the days</h2><div class="charts">{"".join(figures)}</div>'


def _over_the_week(finding: Finding, report: Report, width: int) -> str:
    words = f"by hour of the week, {escape(report.zone)}"
    return _drawn(title(finding.figure), words, charts.over_the_week(finding, width))


def _drawn(name: str, words: str, svg: str) -> str:
    caption = f"<figcaption><b>{escape(name)}</b>, {words}</figcaption>"
    return f"<figure>{caption}{svg}</figure>"


def _longest(report: Report) -> str:
    rows = "".join(
        f"<tr><td><code>replyclock explain {escape(wait.conversation)}</code></td>"
        f"<td>{seconds(wait.seconds)}</td><td>{wait.measure.replace('_', ' ')}</td>"
        f"<td>{escape(wait.queue)}</td><td>{_when(wait.began, report.zone)}</td></tr>"
        for wait in report.waits
    )
    heads = ("why", "waited", "measure", "queue", "since")
    head = "".join(f"<th>{each}</th>" for each in heads)
    return f"""<h2>The longest waits that were answered</h2>
<p class="says">Beside them, {report.unanswered:,} of those who began to wait in this
time were promised a reply and have had none.</p>
<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"""


def _when(instant: int, zone: str) -> str:
    return f"{from_ms(instant).astimezone(ZoneInfo(zone)):%a %-d %b %Y, %H:%M}"


def _section(report: Report, words: str, numbers: Sequence[int]) -> str:
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
    moved = _change(figure, "", whole, report)
    rows = [_line(report.span.name, whole.now, figure, moved)]
    if n_of(figure, whole.before) and not _is_change(figure):
        rows.append(_line(report.span.compared, whole.before, figure, "", "before"))
    for by, parts in finding.splits.items():
        rows += _split(figure, by, parts, report)
    is_drawn = figure.name in MAPS and _value(whole.now, headline(figure)) is not None
    hours = _over_the_week(finding, report, 800) if is_drawn else ""
    says = _CODE.sub(r"<code>\1</code>", escape(figure.says))
    return f"""<h3>{escape(figure.title)}</h3><p class="says">{says}</p>
<table><thead><tr><th></th>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>{hours}"""


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
                _change(figure, by, part, report),
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
        is_known = _value(row, column) is not None
        text = escape(_said(column, row)) if is_known else "&ndash;"
        cells.append(f"<td>{text}</td>")
        if _has_change(column, figure):
            cells.append(f'<td class="soft">{moved}</td>')
    return f'<tr class="{kind}"><td>{escape(name)}</td>{"".join(cells)}</tr>'


def _not_known(report: Report) -> str:
    names = [each.figure.title for each in report.findings if not each.is_known]
    if not names:
        return ""
    told = escape(", ".join(names))
    return f"""<h2>Not known</h2><p>{told}: nothing that was read says
anything of it, which is not the same as 0.</p>"""


def _said(column: Column, row: Row | None) -> str:
    return said(column, _value(row, column))


def _value(row: Row | None, column: Column) -> float | int | str | None:
    return None if row is None else row.get(column.name)
