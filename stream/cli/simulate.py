"""`replyclock simulate`: seeded synthetic traffic, to look at or to send."""

import asyncio
import json
import logging
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click
import msgspec
from aiokafka.errors import KafkaError
from click.core import ParameterSource

from stream.channels.sources import SOURCES
from stream.cli.group import config_option, example, main, raise_faults, read_config
from stream.cli.instant import INSTANT, now
from stream.cli.week import LAST_WEEK, WEEK, Week, week_events
from stream.process.settings import Settings, SettingsError, read_settings
from stream.records import LATEST, encode_event
from stream.simulator.loading import events_of, load_events
from stream.simulator.play import NothingToPlayError, Play, write_play
from stream.simulator.sending import send_play
from stream.sla.events import Event

_EXAMPLE = """\
replyclock simulate --seconds 60 --to http://127.0.0.1:8080
  replyclock simulate --week > week.jsonl
  replyclock simulate --week 2026-W48 --profile company.yaml --seed 2 > week.jsonl"""

_OF_A_PLAY = {"seconds", "rate", "start", "webhooks", "truth"}
_OF_A_WEEK = {"days", "profile"}


@main.command(epilog=example(_EXAMPLE))
@click.option("--seed", default=1, show_default=True, help="Same seed, same traffic.")
@click.option(
    "--week",
    type=WEEK,
    metavar="[WEEK]",
    is_flag=False,
    flag_value=LAST_WEEK,
    help="A company at work instead: in a week (2026-W48), or from a day on"
    " (2026-11-23); default: last week.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 92),
    help="With --week: so many; default: 7.",
)
@click.option(
    "--profile",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --week: the company (docs/company.md); default: a small one.",
)
@click.option(
    "--seconds",
    default=60,
    show_default=True,
    type=click.IntRange(20),
    help="How long it plays.",
)
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
    week: Week | None,
    days: int | None,
    profile: Path | None,
    seconds: int,
    rate: int,
    start: int | None,
    url: str | None,
    webhooks: bool,
    truth: bool,
    config_path: Path | None,
) -> None:
    """Play WhatsApp and Messenger conversations with a known end, or a week.

    Customers that wait, people and bots that answer, replies that fail or come to
    light late. To a URL the webhooks are signed with the app secrets of the
    environment and sent at their times; to Kafka go all events at once.

    With --week: customers by the hour of the day, agents with shifts, bots, campaigns,
    failures. How long customers wait comes of who is at work and what there is to do.
    """
    _check_together(week)
    config = read_config(config_path)
    if week is not None:
        events = week_events(config, week, days or 7, profile, seed)
        if url == "kafka":
            _load(events)
        else:
            _print(events)
        return
    rules = config.rules()
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
        _load(events_of(play.deliveries))
    elif url:
        _send(play, url.rstrip("/"))
    elif webhooks:
        for delivery in play.deliveries:
            click.echo(msgspec.json.encode(delivery.body))
    else:
        _print(events_of(play.deliveries))


def _check_together(week: Week | None) -> None:
    """Raises `click.UsageError` where options of a play and of a week are mixed."""
    context = click.get_current_context()
    given = {
        name
        for name in context.params
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    if week is None and (wrong := given & _OF_A_WEEK):
        raise click.UsageError(f"--{min(wrong)} goes with --week")
    if week is not None and (wrong := given & _OF_A_PLAY):
        hint = ": write the first day, --week 2026-11-23"
        more = hint if "start" in wrong else ""
        raise click.UsageError(f"--{min(wrong)} does not go with --week{more}")
    url = context.params["url"]
    if week is not None and url not in {None, "kafka"}:
        raise click.UsageError(
            "a week goes to stdout or kafka: an intake would say that it came today"
        )


def _print(events: Iterable[Event]) -> None:
    for event in events:
        click.echo(encode_event(event))


def _load(events: Iterable[Event]) -> None:
    # Its every attempt would be a line; the one that counts is said below.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        settings = read_settings()
        count = asyncio.run(load_events(settings.kafka, settings.events_topic, events))
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
