"""`replyclock simulate`: seeded synthetic traffic, to look at or to send."""

import asyncio
import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path

import click
import msgspec
from aiokafka.errors import KafkaError

from stream.channels.sources import SOURCES
from stream.cli.group import config_option, example, main, raise_faults, read_config
from stream.cli.instant import INSTANT, now
from stream.process.settings import Settings, SettingsError, read_settings
from stream.records import LATEST, encode_event
from stream.simulator.loading import events_of, load_events
from stream.simulator.play import NothingToPlayError, Play, write_play
from stream.simulator.sending import send_play


@main.command(
    epilog=example("replyclock simulate --seconds 60 --to http://127.0.0.1:8080")
)
@click.option("--seed", default=1, show_default=True, help="Same seed, same traffic.")
@click.option("--seconds", default=60, show_default=True, type=click.IntRange(20))
@click.option(
    "--rate",
    default=200,
    show_default=True,
    type=click.IntRange(1, 5000),
    help="Webhooks a second.",
)
@click.option(
    "--start",
    type=INSTANT,
    help="When it begins: 2026-11-23T09:00:00Z, or so long ago: 7d; default: now.",
)
@click.option(
    "--to", "url", help="The intake's URL, or kafka; default: events on stdout."
)
@click.option("--webhooks", is_flag=True, help="Print webhook bodies, not events.")
@click.option("--truth", is_flag=True, help="Print only what must come out.")
@config_option
def simulate(
    *,
    seed: int,
    seconds: int,
    rate: int,
    start: int | None,
    url: str | None,
    webhooks: bool,
    truth: bool,
    config_path: Path | None,
) -> None:
    """Play WhatsApp and Messenger conversations with a known end.

    Customers that wait, people and bots that answer, replies that fail or come to
    light late. To a URL the webhooks are signed with the app secrets of the
    environment and sent at their times; to Kafka go all events at once.
    """
    rules = read_config(config_path).rules()
    begin = now() if start is None else start
    if begin >= LATEST:
        raise click.BadParameter("must be before 2200", param_hint="--start")
    try:
        play = write_play(rules, seed=seed, start=begin, seconds=seconds, rate=rate)
    except NothingToPlayError as error:
        raise_faults(error)
    if truth:
        numbers = asdict(play.truth)
        click.echo(json.dumps(numbers, indent=2))
    elif url == "kafka":
        _load(play)
    elif url:
        _send(play, url.rstrip("/"))
    else:
        _print(play, webhooks=webhooks)


def _print(play: Play, *, webhooks: bool) -> None:
    if webhooks:
        for delivery in play.deliveries:
            click.echo(msgspec.json.encode(delivery.body))
        return
    for event in events_of(play.deliveries):
        click.echo(encode_event(event))


def _load(play: Play) -> None:
    # Its every attempt would be a line; the one that counts is said below.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        settings = read_settings()
        count = asyncio.run(
            load_events(
                settings.kafka, settings.events_topic, events_of(play.deliveries)
            )
        )
    except SettingsError as error:
        raise_faults(error)
    except KafkaError as error:
        raise click.ClickException(
            f"kafka at {settings.broker} does not take events: {error}"
        ) from error
    click.echo(f"{count} events in {settings.events_topic}", err=True)


def _send(play: Play, url: str) -> None:
    try:
        secrets = app_secrets(read_settings())
    except SettingsError as error:
        raise_faults(error)
    label = f"{len(play.deliveries)} webhooks"
    with click.progressbar(length=len(play.deliveries), label=label) as bar:
        sent = asyncio.run(
            send_play(play.deliveries, url, secrets, lambda n: bar.update(n - bar.pos))
        )
    for status, count in sorted(sent.answers.items()):
        click.echo(f"{count} answered {status}", err=True)
    sys.exit(0 if set(sent.answers) == {200} else 1)


def app_secrets(settings: Settings) -> dict[str, bytes]:
    """The secrets that sign each source's webhooks, as the intake has them."""
    apps = settings.meta_app_list()
    secrets = {
        source: app.app_secrets[0] for app in reversed(apps) for source in app.channels
    }
    why = "webhooks are signed with it, as Meta does"
    for source in SOURCES:
        if source not in secrets:
            settings.need(f"{source}_app_secret", why)
    return secrets
