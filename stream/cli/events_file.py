"""Events in a file: the one that was named, or the topic's in the order of arrival."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from heapq import merge
from pathlib import Path

from stream.cli.asking import ask
from stream.kafka.topic_reader import TopicReader
from stream.process.settings import Settings

SHOWN_FAULTS = 20
"""Lines that are no events and are named one by one."""
Arrivals = list[tuple[int, bytes]]
"""Arrival in milliseconds, and the record, of one partition."""


@contextmanager
def events_file(
    events: Path | None, begin: int | None, end: int | None
) -> Iterator[Path]:
    """`events`, or what the topic holds that arrived from `begin` until `end`."""
    if events is not None:
        yield events
        return
    since, until = begin or 0, end or 2**63

    async def read(settings: Settings, reader: TopicReader) -> list[Arrivals]:
        parts = await reader.partitions(settings.events_topic)
        found: dict[int, Arrivals] = {tp.partition: [] for tp in parts}
        async for record in reader.last(parts):
            if record.value and since <= record.timestamp < until:
                found[record.partition].append((record.timestamp, record.value))
        return [*found.values()]

    with tempfile.TemporaryDirectory(prefix="replyclock-") as folder:
        path = Path(folder) / "events.jsonl"
        with path.open("wb") as out:
            for _, value in merge(*ask(read), key=lambda pair: pair[0]):
                out.write(value.replace(b"\n", b" ") + b"\n")
        yield path
