"""`replyclock backtest`: last week's traffic under rules that are not in force yet."""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from stream.backtest import table
from stream.backtest.page import page
from stream.backtest.round_targets import round_targets
from stream.backtest.run import Difference, Run, compare, run_both, sweep
from stream.cli.events_file import SHOWN_FAULTS, events_file
from stream.cli.group import config_option, example, in_a_folder, main, read_config
from stream.cli.instant import INSTANT
from stream.config.durations import parse_duration
from stream.sla.facts import Measure

_SWEEP = re.compile(r"(\w+)=([^.]+)\.\.([^/:]+)(?:[/:](.+))?")


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
    "swept",
    help="Service level by target: first_reply=5m..60m, or 5m..60m:5m for steps.",
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
    swept: str | None,
    html: Path | None,
    form: str,
) -> None:
    """Replay EVENTS (JSON lines) under two configs; nothing is sent or written.

    Says what would be met, breached, cancelled and alerted then and now, which waits
    end otherwise, and in which hours it hurts.
    """
    if (events is None) is not topic:
        raise click.UsageError("give a file of EVENTS, or --topic")
    if against is None and swept is None:
        raise click.UsageError("give the rules to try: --against FILE (or --sweep)")
    then = read_config(config_path)
    now = read_config(against) if against else then
    targets = None if swept is None else _targets(swept)
    with events_file(events, begin, end) as path:
        with path.open("rb") as lines, _progress(lines, path) as shown:
            before, after = run_both(then, now, path, shown)
        count = before.events
    _say_faults(before, events)
    if count == 0:
        raise click.ClickException(f"no events in {events or 'the topic'}")
    difference = compare(before, after, then)
    if html is not None:
        names = (_name(config_path), _name(against or config_path))
        html.write_text(
            page(difference, *names, count, then.timezone), encoding="utf-8"
        )
        click.echo(f"page: {html}", err=True)
    levels = None if targets is None else sweep(after.cycles.items(), *targets)
    if form == "json":
        plain = table.plain(difference)
        if levels is not None:
            plain["sweep"] = {
                str(target // 1000): figures.service_level
                for target, figures in levels.items()
            }
        click.echo(json.dumps(plain, indent=2))
        return
    if against is not None:
        _say(difference, then.timezone, lists=lists)
    if levels is not None and targets is not None:
        click.echo(f"{targets[0]}: target, service level")
        click.echo(table.chart(levels.items()))


def _say(difference: Difference, zone: str, *, lists: bool) -> None:
    click.echo(table.table(difference))
    count = len(difference.flips)
    click.echo(f"\n{count} {'wait ends' if count == 1 else 'waits end'} otherwise")
    if lists:
        click.echo("\n".join(table.flips(difference, zone)))
    if difference.hours_now:
        click.echo(f"\nmost breaches ({zone}):\n{table.hours(difference)}\n")


def _name(path: Path | None) -> str:
    return path.name if path else "the rules in force"


def _say_faults(run: Run, events: Path | None) -> None:
    for fault in run.faults[:SHOWN_FAULTS]:
        click.echo(f"{events or 'topic'}:{fault}", err=True)
    if len(run.faults) > SHOWN_FAULTS:
        click.echo(f"... {len(run.faults)} lines are no events", err=True)


def _targets(text: str) -> tuple[Measure, list[int]]:
    found = _SWEEP.fullmatch(text)
    try:
        if found is None:
            raise ValueError("write first_reply=5m..60m or first_reply=5m..60m:5m")  # noqa: TRY301  one message for all
        measure = Measure(found[1])
        first, last = parse_duration(found[2]), parse_duration(found[3])
        step = parse_duration(found[4]) if found[4] else None
        if step == 0 or last <= first:
            raise ValueError("the second target must be longer than the first")  # noqa: TRY301  as above
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--sweep") from error
    if step is None:
        return measure, round_targets(first, last)
    return measure, [*range(first, last + 1, step)]


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
