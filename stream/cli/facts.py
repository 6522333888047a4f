"""`replyclock facts archive`: facts that outlive Kafka, for analysts and reports."""

from collections.abc import Callable
from pathlib import Path

import click

from stream.cli.asking import ask
from stream.cli.group import Group, example, main
from stream.cli.instant import INSTANT
from stream.figures.archive import Archive, ArchiveError
from stream.kafka.topic_reader import TopicReader
from stream.process.settings import Settings
from stream.records import UnreadableRecordError, decode_fact


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
    unread = 0
    since, until = begin or 0, end or 2**63

    def take(data: bytes | None, place: int) -> None:
        nonlocal unread
        try:
            fact = decode_fact(data or b"")
        except UnreadableRecordError:
            unread += 1
            return
        if since <= fact.at < until:
            kept.add(fact, place)

    try:
        with Archive(folder) as kept:
            if told is None:
                _from_topic(take, since)
            else:
                _from_file(take, told)
            for day in kept.write():
                click.echo(f"{day.day}: {day.facts} facts, {day.new} of them new")
    except ArchiveError as error:
        raise click.ClickException(str(error)) from error
    if unread:
        click.echo(f"{unread} records are no facts, and left out", err=True)


Take = Callable[[bytes | None, int], None]


def _from_file(take: Take, told: Path) -> None:
    with told.open("rb") as lines:
        for number, line in enumerate(lines):
            if line.strip():
                take(line, number)


def _from_topic(take: Take, since: int) -> None:
    async def read(settings: Settings, reader: TopicReader) -> None:
        for part in await reader.partitions(settings.facts_topic):
            # A fact is written after what it tells of has happened.
            async for record in reader.since(part, since):
                take(record.value, record.offset)

    ask(read, lambda settings: [settings.facts_topic])
