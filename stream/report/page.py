"""A report as one page, for a screen and for paper: nothing is loaded from anywhere."""

from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from stream.report import charts
from stream.report.changes import most_changed
from stream.report.findings import Finding
from stream.report.headline import headline, title
from stream.report.numbers import said, seconds
from stream.report.report import Report
from stream.report.section import (
    change_of,
    drawing,
    number_of,
    section,
    value_of,
    week_map,
)
from stream.report.wording import sentence
from stream.sla.instants import from_ms

_STYLE = Path(__file__).with_name("page.css")
TILES = (1, 4, 7, 8, 2, 5, 15, 10)
"""Numbers of the figures of the first screen, in their order; the known ones."""
SECTIONS = (
    ("How fast", (1, 2, 4, 3, 22, 23)),
    ("What came in", (7, 20, 9, 8, 19)),
    ("What it came to", (5, 6, 21, 15, 16, 17)),
    ("How customers took it", (10, 11, 12, 13, 14)),
    ("Who did it", (18,)),
)
OVERVIEW = (7, 1)
"""Figures drawn day by day, and by the hour of the week."""


def page(report: Report) -> str:
    """HTML."""
    name = escape(report.span.name)
    parts = [
        _head(report),
        _tiles(report),
        _moved(report),
        _overview(report),
        _longest(report),
        *(section(report, words, numbers) for words, numbers in SECTIONS),
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
    compared = (
        f"compared with {_small(span.compared)}"
        if report.is_compared
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
    before = number_of(whole.before, column)
    was = "not known before" if before is None else f"{said(column, before)} before"
    if moved := change_of(figure, "", whole, report):
        was = f"{moved} against {said(column, before)}"
    count = figure.columns[0]
    n = "" if column is count else f"<span>n {value_of(count, whole.now)}</span>"
    return (
        f'<div class="tile"><span>{escape(title(figure))}</span>'
        f"<b>{value_of(column, whole.now)}</b><span>{was}</span>{n}</div>"
    )


def _moved(report: Report) -> str:
    if not report.is_compared:
        return "<h2>What changed most</h2><p>Nothing to compare with.</p>"
    items = "".join(
        f"<li>{escape(sentence(each))}</li>" for each in most_changed(report.real)
    )
    told = f"<ol>{items}</ol>" if items else "<p>Nothing, as far as can be said.</p>"
    return f"""<h2>What changed most</h2>{told}
<p class="says">Only what chance does not explain, here and in <strong>bold</strong>
below: of 20 reports in which nothing changed, 19 have none. What moved
by less than a tenth is left out.</p>"""


def _overview(report: Report) -> str:
    known = {each.figure.number: each for each in reversed(report.findings)}
    drawn = [known[number] for number in OVERVIEW if number in known]
    drawn = [each for each in drawn if each.is_known]
    figures = [
        drawing(
            title(each.figure),
            "by day; marks: the time before" if report.is_compared else "by day",
            charts.over_days(each, report.span, 380),
        )
        for each in drawn
        if "day" in each.over_time
    ]
    figures += [
        week_map(each, report, 360) for each in drawn if "hour" in each.over_time
    ]
    return f'<h2>Over the days</h2><div class="charts">{"".join(figures)}</div>'


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
<p class="says">Beside them, promises to customers who began to wait in this time, that
are broken and have had no reply: {report.unanswered:,}. Where Kafka has no facts of
them: <code>replyclock explain … --events FILE --config FILE</code>.</p>
<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"""


def _when(instant: int, zone: str) -> str:
    return f"{from_ms(instant).astimezone(ZoneInfo(zone)):%a %-d %b %Y, %H:%M}"


def _not_known(report: Report) -> str:
    names = [each.figure.title for each in report.findings if not each.is_known]
    if not names:
        return ""
    told = escape(", ".join(names))
    return f"""<h2>Not known</h2><p>{told}: nothing that was read says
anything of it, which is not the same as 0.</p>"""
