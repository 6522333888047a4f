"""`replyclock report`: how a week, month or quarter was, against the one before."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from stream.cli.group import config_option, example, in_a_folder, main, read_config
from stream.cli.span import span_of, span_options
from stream.cli.told import keep, progress
from stream.cli.week import Week
from stream.figures.archive import Archive, ArchiveError
from stream.figures.catalogue import FIGURES
from stream.figures.database import NotInstalledError, database
from stream.figures.tables import Tables
from stream.figures.thresholds import Thresholds, thresholds
from stream.report.changes import most_changed, real_changes
from stream.report.charts import check_installed
from stream.report.findings import SPLITS, find
from stream.report.longest import longest, unanswered
from stream.report.page import page
from stream.report.plain import plain, table
from stream.report.report import Report
from stream.report.span import Span
from stream.report.wording import sentence
from stream.sla.hours import DAY
from stream.sla.instants import SECOND, from_ms


@main.command(
    epilog=example(
        "replyclock report --week\n"
        "  replyclock report facts/ --month 2026-10 --out october/\n"
        "  replyclock report told.jsonl --from 2026-11-16 --to 2026-11-20 --agents"
    )
)
@click.argument("facts", required=False, type=click.Path(exists=True, path_type=Path))
@span_options
@config_option
@click.option(
    "--agents", is_flag=True, help="By agent, too: personal data, so off by default."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("report"),
    show_default=True,
    callback=in_a_folder,
    help="The folder for report.html, figures.csv and report.json.",
)
def report(
    facts: Path | None,
    *,
    begin: date | int | None,
    end: date | int | None,
    week: Week | None,
    month: date | str | None,
    quarter: date | str | None,
    config_path: Path | None,
    agents: bool,
    out: Path,
) -> None:
    """The figures of a period beside the one before, as a page to read and to print.

    FACTS is a folder of `replyclock facts archive`, or a file of facts (`replay`);
    without it, the facts topic. Days are those of the `timezone` of the rules file,
    whose limits count.
    """
    config = read_config(config_path)
    span = span_of(
        config.timezone, begin=begin, end=end, week=week, month=month, quarter=quarter
    )
    limits = thresholds(config)
    since = span.before.begin - _before(limits)
    try:
        check_installed()
        with _archive(facts, since) as files, database() as sql:
            tables = Tables(sql, files, limits)
            _check(tables, span, facts)
            told = _report(tables, span, facts, agents=agents)
    except (ArchiveError, NotInstalledError) as error:
        raise click.ClickException(str(error)) from error
    try:
        _write(told, out)
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error


def _before(limits: Thresholds) -> int:
    """How long before a period what happened may count in it, in milliseconds."""
    seconds = max(limits.fcr_window, limits.converted_within, limits.repeat_within)
    spans = (limits.health.over, limits.responsive.over, _OPEN)
    return max(int(seconds * SECOND), *spans)


_OPEN = 60 * DAY
"""Sessions that are open for longer are in no backlog of a report; and four weeks of a
forecast are in it."""


@contextmanager
def _archive(facts: Path | None, since: int) -> Iterator[list[Path]]:
    """The days since then. A file or the topic is made an archive first: one way."""
    if facts is not None and facts.is_dir():
        files = sorted(facts.glob("*.parquet"))
        if not files:
            raise ArchiveError(
                f"no facts in {facts}: replyclock facts archive {facts} writes them"
            )
        first = f"{from_ms(since):%Y-%m-%d}"
        yield [file for file in files if file.stem >= first]
        return
    with TemporaryDirectory(prefix="replyclock-") as folder:
        with Archive(Path(folder), monthly=True) as archive:
            unread = keep(archive, facts, since)
            for _ in archive.write():
                pass
        if unread:
            click.echo(f"{unread} records are no facts, and left out", err=True)
        yield sorted(Path(folder).glob("*.parquet"))


def _check(tables: Tables, span: Span, facts: Path | None) -> None:
    tables.let(begin=from_ms(span.now.begin), end=from_ms(span.now.end))
    (found,) = tables.rows(
        "SELECT count(*) FILTER (\"at\" >= getvariable('begin')"
        " AND \"at\" < getvariable('end')) AS n,"
        ' min("at") AS first, max("at") AS last FROM archive'
    )
    if found["n"]:
        return
    there = (
        f"its facts are from {found['first']:%Y-%m-%d} to {found['last']:%Y-%m-%d}"
        if found["first"]
        else "nor anything in the two months before"
    )
    raise click.ClickException(
        f"nothing happened in {span.name} by {facts or 'the facts topic'}: {there}"
    )


def _report(tables: Tables, span: Span, facts: Path | None, *, agents: bool) -> Report:
    splits = (*SPLITS, "agent") if agents else SPLITS
    figures = [each for each in FIGURES if agents or not each.personal]
    with progress(len(figures), f"figures of {span.name}") as done:
        findings = find(tables, span, figures, splits, progress=lambda: done(1))
    return Report(
        span=span,
        zone=tables.thresholds.zone,
        source=str(facts) if facts else "the facts topic",
        findings=findings,
        real=real_changes(findings, span),
        waits=longest(tables, span.now),
        unanswered=unanswered(tables, span.now),
    )


def _write(told: Report, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    written = {
        "report.html": page(told),
        "figures.csv": table(told.findings),
        "report.json": json.dumps(
            plain(told.span, told.findings, told.waits), indent=2, default=str
        )
        + "\n",
    }
    for name, text in written.items():
        (out / name).write_text(text, "utf-8")
    for each in most_changed(told.real):
        click.echo(sentence(each))
    click.echo(f"page: {out / 'report.html'}", err=True)
