"""The commands that read files: check, parse, replay. No Kafka, no network."""

import io
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import click
from msgspec.structs import replace

from stream.channels.fields import NotJsonError, TooManyPartsError
from stream.channels.people import People, in_one
from stream.channels.reading import DEFAULT_OPTIONS, Options
from stream.channels.sources import SOURCES
from stream.cli.events_file import SHOWN_FAULTS
from stream.cli.group import config_option, example, main, read_config
from stream.cli.history import id_secret
from stream.cli.instant import INSTANT
from stream.records import encode_event
from stream.replay.lanes import replayed
from stream.sla.instants import from_ms


@main.command(epilog=example("replyclock replay events.jsonl --config config/sla.yaml"))
@click.argument("events", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@config_option
@click.option(
    "--until", type=INSTANT, help="Let time run on to here: 2026-11-23T09:00:00Z."
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="Share the work; default: one a core for a large file.",
)
def replay(
    events: str, config_path: Path | None, until: int | None, processes: int | None
) -> None:
    """Run EVENTS (JSON lines, in arrival order; - for stdin) through the rules.

    Facts come out as JSON lines, in order of conclusion, the same bytes every time.
    """
    config = read_config(config_path)
    faults = 0
    with _as_file(events) as path, _written() as out:
        lanes = processes or _lanes_for(path)
        for _, said in replayed(config, path, until, lanes):
            if isinstance(said, bytes):
                out.write(said + b"\n")
            else:
                faults += 1
                if faults <= SHOWN_FAULTS:
                    name = "<stdin>" if events == "-" else events
                    click.echo(f"{name}:{said}", err=True)
    if faults > SHOWN_FAULTS:
        click.echo(f"... {faults} lines are no events", err=True)
    sys.exit(1 if faults else 0)


@contextmanager
def _written() -> Iterator[IO[bytes]]:
    """Standard output, a megabyte at a time."""
    stdout = click.get_binary_stream("stdout")
    out = io.BufferedWriter(cast("io.RawIOBase", stdout), 1_000_000)
    try:
        yield out
    finally:
        out.flush()
        out.detach()


_LARGE = 10_000_000
"""Bytes: below it, starting processes costs more than they save."""


def _lanes_for(path: Path) -> int:
    return (os.cpu_count() or 1) if path.stat().st_size > _LARGE else 1


@contextmanager
def _as_file(events: str) -> Iterator[Path]:
    if events != "-":
        yield Path(events)
        return
    with tempfile.NamedTemporaryFile(prefix="replyclock-") as kept:
        shutil.copyfileobj(click.get_binary_stream("stdin"), kept)
        kept.flush()
        yield Path(kept.name)


@main.command(epilog=example("replyclock parse whatsapp body.json"))
@click.argument("source", type=click.Choice(sorted(SOURCES)))
@click.argument("files", nargs=-1, type=click.File("rb"))
@click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Whose `apps:` say who writes through an app of Meta.",
)
@click.option(
    "--received-now",
    is_flag=True,
    help="Say that they arrived now; else they did when it happened.",
)
def parse(
    source: str,
    files: tuple[IO[bytes], ...],
    *,
    config: Path | None,
    received_now: bool,
) -> None:
    """Turn webhook bodies (FILES, or one on stdin) into events, a JSON line each.

    Nothing is sent anywhere. Bodies are read in order of arrival: where one says that
    two names are one customer's, their conversations join. What gives no event is
    counted on standard error. Pseudonyms are made with REPLYCLOCK_ID_SECRET when
    it is set.
    """
    key = id_secret()
    options = DEFAULT_OPTIONS
    if config is not None:
        options = Options(apps=read_config(config).app_authors())
    faults = 0
    people = People()
    for file in files or (click.get_binary_stream("stdin"),):
        now = from_ms(time.time_ns() // 1_000_000)
        try:
            parsed = SOURCES[source](
                file.read(), id_secret=key, received_at=now, options=options
            )
        except (NotJsonError, TooManyPartsError) as error:
            faults += 1
            click.echo(f"{_name(file)}: {error}", err=True)
            continue
        for event in in_one(parsed, people)[0]:
            # A body that was saved last month did not arrive today.
            arrived = event.received_at if received_now else None
            click.echo(encode_event(replace(event, received_at=arrived)))
        for reason, count in sorted(parsed.ignored.items()):
            click.echo(f"{_name(file)}: {count} ignored: {reason}", err=True)
    sys.exit(1 if faults else 0)


def _name(file: IO[bytes]) -> str:
    return getattr(file, "name", "<stdin>")
