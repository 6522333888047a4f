"""Facts for an archive, from the facts topic or from a file."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from stream.cli.asking import ask
from stream.figures.archive import Archive
from stream.kafka.topic_reader import TopicReader
from stream.process.settings import Settings
from stream.records import UnreadableRecordError, decode_fact

EVER = sys.maxsize
Take = Callable[[bytes | None, int], None]


@contextmanager
def progress(length: int, label: str) -> Iterator[Callable[[int], None]]:
    """How far long work is, on a terminal: to be told of each further step."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(
        length=length, label=label, file=sys.stderr, hidden=hidden
    ) as bar:
        yield bar.update


def keep(archive: Archive, told: Path | None, since: int, until: int = EVER) -> int:
    """Add what happened from `since` up to `until`, in milliseconds.

    Of the file `told`, or of the topic. What comes back is how many records were no
    facts. Exits where Kafka cannot be read.
    """
    unread = 0

    def take(data: bytes | None, place: int) -> None:
        nonlocal unread
        try:
            fact = decode_fact(data or b"")
        except UnreadableRecordError:
            unread += 1
            return
        if since <= fact.at < until:
            archive.add(fact, place)

    if told is None:
        _from_topic(take, since)
    else:
        _from_file(take, told)
    return unread


def _from_file(take: Take, told: Path) -> None:
    size = told.stat().st_size
    with told.open("rb") as lines, progress(size, f"reading {told.name}") as read:
        for number, line in enumerate(lines):
            if line.strip():
                take(line, number)
            read(len(line))


def _from_topic(take: Take, since: int) -> None:
    async def read(settings: Settings, reader: TopicReader) -> None:
        for part in await reader.partitions(settings.facts_topic):
            # A fact is written after what it tells of has happened.
            async for record in reader.since(part, since):
                take(record.value, record.offset)

    ask(read, lambda settings: [settings.facts_topic])
