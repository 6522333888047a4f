"""A report of a small story, whole: the page, its CSV and its JSON."""

import csv
import io
from dataclasses import replace

import pytest

from stream.figures.catalogue import FIGURES
from stream.figures.tables import Tables
from stream.report.changes import real_changes
from stream.report.findings import SPLITS, find
from stream.report.longest import longest, unanswered
from stream.report.page import SECTIONS, page
from stream.report.plain import plain, table
from stream.report.report import Report
from stream.report.span import Span
from stream.sla.events import Scale
from tests.figures.told import WEEK, Told, tables_of

QUEUE = "sales & <more>"


def story() -> Told:
    """Thirty sessions in a week and ninety in the next, half of them of a category."""
    told = Told()
    for week, count in (("", 30), ("+1 ", 90)):
        for number in range(count):
            key = f"{week.strip()}c{number}"
            day = ("mon", "tue", "wed")[number % 3]
            told.wait(key, f"{week}{day} 09:00", 60 + number, queue=QUEUE)
            told.session(
                key,
                f"{week}{day} 09:00",
                f"{week}{day} 10:00",
                queue=QUEUE,
                assignee="ana",
                agent_replies=1,
                resolved_at=f"{week}{day} 10:00",
                categories=("delivery",) if number % 2 else (),
            )
    told.survey("+1c0", "+1 mon 10:00", Scale.CSAT, 5, queue=QUEUE)
    return told


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> Tables:
    return tables_of(story().facts, tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def report(tables) -> Report:
    now = replace(Span.between(*WEEK, "UTC"), name="This", compared="Last")
    span = replace(
        now, now=WEEK._replace(begin=WEEK.end, end=WEEK.end + WEEK.length), before=WEEK
    )
    findings = find(tables, span, FIGURES, (*SPLITS, "agent"))
    return Report(
        span=span,
        zone="UTC",
        source="a story",
        findings=findings,
        real=real_changes(findings, span),
        waits=longest(tables, span.now),
        unanswered=unanswered(tables, span.now),
    )


@pytest.fixture(scope="module")
def drawn(report) -> str:
    return page(report)


def test_every_figure_is_on_the_page(report, drawn):
    """With its definition, or among those that are not known: none is forgotten."""
    known, unknown = drawn.split("<h2>Not known</h2>")

    for finding in report.findings:
        place = known if finding.is_known else unknown
        assert finding.figure.title in place
    assert "NPS" in unknown


def test_every_figure_has_a_place_on_the_page():
    """A figure of the catalogue is in one of the page's sections, by its number."""
    placed = [number for _, numbers in SECTIONS for number in numbers]

    assert sorted(placed) == sorted(set(placed))
    assert {figure.number for figure in FIGURES} <= set(placed)


def test_what_changed_is_on_the_first_screen(drawn):
    """Three times as many sessions is no chance: a sentence, and bold in the table."""
    first, rest = drawn.split("<h2>Over the days</h2>")

    assert "Volume rose from 30 to 90 (+200%" in first
    assert "<strong>+200%</strong>" in rest


def test_what_is_not_known_yet_was_known_before(drawn):
    """Nobody knows yet who of this week comes back; of the last week one does."""
    tile = drawn.split("<span>First-contact resolution")[1].split("</div>")[0]

    assert "<b>not known</b><span>100.0% before</span>" in tile


def test_the_longest_waits_say_how_to_ask_why(drawn):
    """The command, ready to be pasted."""
    assert "<code>replyclock explain +1c89</code></td><td>2 min 29 s</td>" in drawn


def test_names_are_text(drawn):
    """A queue's name is no HTML."""
    assert "sales &amp; &lt;more&gt;" in drawn
    assert "<more>" not in drawn


def test_nothing_is_loaded_from_anywhere(drawn):
    """No script, picture or font of another place: it can be sent as it is."""
    links = drawn.replace("http://www.w3.org/", "")

    assert "<svg" in drawn
    assert not any(each in links for each in ("<script", "<link", "src=", "http"))


def test_what_is_computed_once_for_all_splits_is_what_each_says(tables, report):
    """Of the figures that look at the period by themselves, by queue and as a whole."""
    for finding in report.findings:
        figure = finding.figure
        if figure.moment:
            continue
        assert [finding.whole.now] == figure.of(tables, report.span.now)
        if "queue" in figure.by:
            parts = [part.now for part in finding.splits["queue"]]
            assert parts == figure.of(tables, report.span.now, ("queue",))


def test_csv_and_json_say_the_same(report):
    """Every number of every part, beside the one before."""
    numbers = plain(report.span, report.findings, report.waits)["figures"]
    rows = [*csv.DictReader(io.StringIO(table(report.findings)))]

    of_volume = numbers["volume"]["by"]["category"]
    assert [(part["of"], part["now"]["n"]) for part in of_volume] == [
        ("delivery", 45),
        (None, 45),
    ]
    assert {
        "figure": "volume",
        "column": "n",
        "unit": "count",
        "by": "category",
        "of": "delivery",
        "now": "45",
        "before": "15",
        "n": "45",
        "n_before": "15",
    } in rows
    assert {row["figure"] for row in rows} == numbers.keys()
    assert numbers["csat"]["now"]["n"] == 1
    assert numbers["csat"]["before"]["mean"] is None


def test_what_is_half_known_is_not_compared(tmp_path):
    """Facts that begin in the middle of the time before: no growth of 200%."""
    told = Told()
    for number in range(90):
        told.wait(f"c{number}", f"{'' if number < 30 else '+1 '}wed 09:00", 60)
    span = Span.between(WEEK.end, WEEK.end + WEEK.length, "UTC")

    (found,) = find(tables_of(told.facts, tmp_path), span, FIGURES[:1], ())

    assert found.whole.now["n"] == 60
    assert found.whole.before is None
