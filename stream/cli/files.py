"""The commands that read files: check, parse, replay. No Kafka, no network."""

import sys
import time
from pathlib import Path
from typing import IO

import click

from stream.channels.fields import NotJsonError
from stream.channels.sources import SOURCES
from stream.cli.group import config_option, example, main, raise_faults, read_config
from stream.records import encode_event, encode_fact
from stream.replay import BadLineError, Replay
from stream.settings import SettingsError, read_settings
from stream.sla.instants import from_ms, parse_rfc3339


@main.command(epilog=example("replyclock replay events.jsonl --config config/sla.yaml"))
@click.argument("events", type=click.File("rb"))
@config_option
@click.option("--until", help="Let time run on to here: 2026-11-23T09:00:00Z.")
def replay(events: IO[bytes], config_path: Path | None, until: str | None) -> None:
    """Run EVENTS (JSON lines, in arrival order; - for stdin) through the rules.

    Facts come out as JSON lines, in order of conclusion, the same bytes every time.
    """
    run = Replay(read_config(config_path).rules())
    try:
        end = parse_rfc3339(until) if until else None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--until") from error
    faults = 0
    for fact in run.lines(events):
        if isinstance(fact, BadLineError):
            faults += 1
            click.echo(f"{_name(events)}:{fact}", err=True)
        else:
            click.echo(encode_fact(fact))
    for fact in run.run_until(run.now if end is None else end):
        click.echo(encode_fact(fact))
    sys.exit(1 if faults else 0)


@main.command(epilog=example("replyclock parse whatsapp body.json"))
@click.argument("source", type=click.Choice(sorted(SOURCES)))
@click.argument("files", nargs=-1, type=click.File("rb"))
def parse(source: str, files: tuple[IO[bytes], ...]) -> None:
    """Turn webhook bodies (FILES, or one on stdin) into events, a JSON line each.

    Nothing is sent anywhere. What gives no event is counted on standard error.
    Pseudonyms are made with REPLYCLOCK_ID_SECRET when it is set.
    """
    try:
        secret = read_settings().id_secret
    except SettingsError as error:
        raise_faults(error)
    key = b"" if secret is None else secret.get_secret_value().encode()
    faults = 0
    for file in files or (click.get_binary_stream("stdin"),):
        now = from_ms(time.time_ns() // 1_000_000)
        try:
            parsed = SOURCES[source](file.read(), id_secret=key, received_at=now)
        except NotJsonError as error:
            faults += 1
            click.echo(f"{_name(file)}: {error}", err=True)
            continue
        for event in parsed.events:
            click.echo(encode_event(event))
        for reason, count in sorted(parsed.ignored.items()):
            click.echo(f"{_name(file)}: {count} ignored: {reason}", err=True)
    sys.exit(1 if faults else 0)


def _name(file: IO[bytes]) -> str:
    return getattr(file, "name", "<stdin>")
