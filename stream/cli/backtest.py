"""`replyclock backtest`: last week's traffic under rules that are not in force yet."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from stream.backtest import legend, table
from stream.backtest.difference import Difference, compare
from stream.backtest.page import page
from stream.backtest.plain import plain
from stream.backtest.run import Run, run_both, run_events
from stream.backtest.sweep import Part, Sweep, part_named, queues_with, sweep
from stream.cli.events_file import SHOWN_FAULTS, events_file
from stream.cli.group import config_option, example, in_a_folder, main, read_config
from stream.cli.instant import INSTANT
from stream.cli.targets import TARGETS, Targets
from stream.config import Config


@main.command(
    epilog=example(
        "replyclock backtest week.jsonl --config config/sla.yaml --against new.yaml"
    )
)
@click.argument(
    "events",
    required=False,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--topic", is_flag=True, help="Events of the topic instead of a file.")
@click.option(
    "--from",
    "begin",
    type=INSTANT,
    help="With --topic: arrived since 2026-11-16T00:00:00Z, or so long ago: 7d.",
)
@click.option("--to", "end", type=INSTANT, help="With --topic: arrived before then.")
@config_option
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The rules that are tried; default: the same (with --sweep).",
)
@click.option(
    "--list", "lists", is_flag=True, help="Name the waits that end otherwise."
)
@click.option(
    "--sweep",
    "targets",
    type=TARGETS,
    help="Service level by target: first_reply=5m..60m, or 5m..60m:5m for steps.",
)
@click.option(
    "--of",
    "names",
    multiple=True,
    metavar="NAME",
    help="With --sweep: of this queue or policy; default: of each queue.",
)
@click.option(
    "--html",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    callback=in_a_folder,
    help="Write a page with it.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def backtest(
    events: Path | None,
    *,
    topic: bool,
    begin: int | None,
    end: int | None,
    config_path: Path | None,
    against: Path | None,
    lists: bool,
    targets: Targets | None,
    names: tuple[str, ...],
    html: Path | None,
    form: str,
) -> None:
    """Replay EVENTS (JSON lines) under two configs; nothing is sent or written.

    Says what would be met, breached, cancelled and alerted then and now, which waits
    end otherwise, and in which hours it hurts.
    """
    is_spanned = begin is not None or end is not None
    for wrong, said in (
        ((events is None) is not topic, "give a file of EVENTS, or --topic"),
        (is_spanned and not topic, "--from and --to go with --topic"),
        (names and not targets, "--of goes with --sweep"),
        (
            not (against or targets),
            "give the rules to try: --against FILE (or --sweep)",
        ),
    ):
        if wrong:
            raise click.UsageError(said)
    then = read_config(config_path)
    now = read_config(against) if against else then
    parts = [_part(name, now) for name in names]
    with (
        events_file(events, begin, end) as path,
        path.open("rb") as lines,
        _progress(lines, path) as shown,
    ):
        if against:
            before, after = run_both(then, now, path, shown)
        else:
            before = after = run_events(now, shown)
    _say_faults(before, events)
    if before.events == 0:
        raise click.ClickException(f"no events in {events or 'the topic'}")
    difference = compare(before, after, then.timezone)
    sweeps = [] if targets is None else _sweeps(after, targets, parts)
    if html is not None:
        config = _name(config_path)
        tried = against.name if against else None
        html.write_text(
            page(difference, sweeps, config, tried, then.timezone), encoding="utf-8"
        )
        click.echo(f"page: {html}", err=True)
    if form == "json":
        click.echo(json.dumps(plain(difference, sweeps), indent=2))
        return
    click.echo(legend.events(difference, then.timezone))
    if against is not None:
        _say(difference, then.timezone, lists=lists)
    for each in sweeps:
        click.echo(f"\n{table.chart(each)}")


def _part(name: str, config: Config) -> Part:
    try:
        return part_named(name, config)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--of") from error


def _sweeps(run: Run, targets: Targets, parts: list[Part]) -> list[Sweep]:
    cycles, measure = run.cycles.items(), targets.measure
    whose = parts or queues_with(measure, cycles)
    if not whose:
        raise click.ClickException(f"nothing to sweep: nobody waits for a {measure}")
    return [sweep(cycles, measure, part, targets.each) for part in whose]


def _say(difference: Difference, zone: str, *, lists: bool) -> None:
    click.echo(f"\n{table.tables(difference)}")
    click.echo(f"\n{legend.ends_otherwise(difference)}")
    if lists:
        for line in table.flips(difference, zone):
            click.echo(line)
    if difference.hours_then or difference.hours_now:
        click.echo(f"\nmost breaches ({zone}):\n{table.hours(difference)}")


def _name(path: Path | None) -> str:
    return path.name if path else "the rules in force"


def _say_faults(run: Run, events: Path | None) -> None:
    for fault in run.faults[:SHOWN_FAULTS]:
        click.echo(f"{events or 'topic'}:{fault}", err=True)
    if len(run.faults) > SHOWN_FAULTS:
        click.echo(f"... {len(run.faults)} lines are no events", err=True)


@contextmanager
def _progress(lines: BinaryIO, path: Path) -> Iterator[Iterable[bytes]]:
    """The lines, with a bar on a terminal."""
    if not sys.stderr.isatty():
        yield lines
        return
    size = path.stat().st_size
    with click.progressbar(length=size, label="replaying", file=sys.stderr) as bar:

        def shown() -> Iterator[bytes]:
            for line in lines:
                yield line
                bar.update(len(line))

        yield shown()
