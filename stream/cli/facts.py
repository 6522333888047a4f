"""`replyclock facts archive`: facts that outlive Kafka, for analysts and reports."""

from pathlib import Path

import click

from stream.cli.group import Group, example, main
from stream.cli.instant import INSTANT
from stream.cli.told import EVER, keep
from stream.figures.archive import Archive, ArchiveError


@main.group(cls=Group, epilog=example("replyclock facts archive facts/"))
def facts() -> None:
    """What the rules concluded: keep it for longer than Kafka does."""


@facts.command(
    epilog=example(
        "replyclock facts archive facts/ --from 7d\n"
        "  replyclock replay events.jsonl > told.jsonl\n"
        "  replyclock facts archive facts/ told.jsonl"
    )
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.argument(
    "told",
    required=False,
    metavar="[FILE]",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--from", "begin", type=INSTANT, help="Of what happened since then.")
@click.option("--to", "end", type=INSTANT, help="Of what happened before then.")
def archive(
    folder: Path, told: Path | None, begin: int | None, end: int | None
) -> None:
    """Write facts into FOLDER as Parquet, a file a day (UTC), from Kafka or a FILE.

    Do it again as often as you like, daily before Kafka forgets: what is there already
    stays, and nothing is there twice. Interrupted, it is done again. WHEN is
    2026-11-23T09:00:00Z, or so long ago: 4h, 7d.
    """
    try:
        with Archive(folder) as kept:
            unread = keep(kept, told, begin or 0, EVER if end is None else end)
            for day in kept.write():
                click.echo(f"{day.day}: {day.facts} facts, {day.new} of them new")
    except ArchiveError as error:
        raise click.ClickException(str(error)) from error
    if unread:
        click.echo(f"{unread} records are no facts, and left out", err=True)
