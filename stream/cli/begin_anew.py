"""`replyclock begin-anew`: on purpose, where workers or alerts refuse to go on."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.metadata import entry_points
from typing import Protocol

import click

from stream.cli.asking import ask
from stream.cli.group import example, main
from stream.kafka.topic_reader import TopicReader
from stream.process.settings import Settings

ALERTS = "replyclock.begin_anew"
"""The entry point group of those who read facts; each is a `Make`."""

_COLUMNS = ("partition", "first", "end", "read up to", "conversations")

_DRAWN = 200
"""How often a bar is drawn anew: each time costs more than a record."""

Step = Callable[[int], None]


class Standing(Protocol):
    """How one partition is read, before."""

    @property
    def partition(self) -> int: ...
    @property
    def first(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def read_up_to(self) -> str: ...


class Anew(Protocol):
    """What can be begun anew: see `stream.worker.epoch.Epoch`."""

    @property
    def says(self) -> str: ...
    async def look(self) -> Sequence[Standing]: ...
    async def steps(self) -> int: ...
    async def count(self, step: Step) -> Mapping[int, int]: ...
    async def begin(self, step: Step) -> None: ...


Make = Callable[[Settings, TopicReader], Anew]


@main.command(
    "begin-anew",
    epilog=example(
        "replyclock begin-anew --dry-run\n  replyclock begin-anew"
        "\n  replyclock begin-anew --rebuild --yes\n  replyclock begin-anew --alerts"
    ),
)
@click.option(
    "--rebuild",
    is_flag=True,
    help="Forget the conversations; events make them again, by the rules of today.",
)
@click.option("--alerts", is_flag=True, help="The facts, for the alerts process.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def begin_anew(*, rebuild: bool, alerts: bool, dry_run: bool, yes: bool) -> None:
    """Have the events read again from the first one that is kept.

    For when a worker ends with "State that does not fit" (docs/runbook.md): the events
    topic was made anew, restored or cut short, or the changelog is gone. Stop all
    workers before. Conversations are kept, who waits goes on waiting, and an event
    that is known changes nothing. Facts that are told again have their old ids, so no
    alert is sent twice. When this is interrupted, no worker starts: do it again.
    """
    if rebuild and alerts:
        raise click.UsageError("--rebuild is for the worker, --alerts is not")
    if not (dry_run or yes or at_terminal()):
        raise click.UsageError("nobody can be asked here: say --yes, or --dry-run")
    make = _facts() if alerts else _events(rebuild=rebuild)
    ask(
        partial(_begin, make, dry_run, yes),
        lambda given: [given.facts_topic if alerts else given.events_topic],
    )


def at_terminal() -> bool:
    """Whether somebody may answer."""
    return sys.stdin.isatty()


def _events(*, rebuild: bool) -> Make:
    from stream.worker.epoch import Epoch  # noqa: PLC0415  keeps --help fast

    return partial(Epoch, rebuild=rebuild)


def _facts() -> Make:
    for point in entry_points(group=ALERTS):
        make: Make = point.load()
        return make
    raise click.ClickException("nothing that sends alerts is installed here")


async def _begin(
    make: Make,
    dry_run: bool,  # noqa: FBT001  by `partial`
    yes: bool,  # noqa: FBT001  by `partial`
    settings: Settings,
    reader: TopicReader,
) -> None:
    anew = make(settings, reader)
    standings = await anew.look()
    steps = await anew.steps()
    with _bar("reading", steps) as step:
        counts = await anew.count(step)
    _show(standings, counts)
    click.echo(anew.says)
    if dry_run:
        return
    if not yes:
        click.confirm("begin anew?", abort=True, err=True)
    with _bar("beginning anew", steps) as step:
        await anew.begin(step)
    click.echo("begun anew: start the processes again")


def _show(standings: Sequence[Standing], counts: Mapping[int, int]) -> None:
    columns = _COLUMNS if counts else _COLUMNS[:-1]
    click.echo("  ".join(columns))
    for each in standings:
        values = [each.partition, each.first, each.end, each.read_up_to]
        if counts:
            values.append(counts.get(each.partition, 0))
        cells = zip(columns, values, strict=True)
        click.echo("  ".join(f"{cell!s:>{len(name)}}" for name, cell in cells))


@contextmanager
def _bar(label: str, length: int) -> Iterator[Step]:
    if not length:
        yield lambda _: None
        return
    with click.progressbar(
        length=length,
        label=label,
        file=sys.stderr,
        update_min_steps=length // _DRAWN or 1,
    ) as bar:
        yield bar.update
