"""`replyclock doctor`: what is wrong around us, and the command that mends it."""

import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points

import click

from stream.cli.group import example, main
from stream.doctor.check import CHECKS, Check, Finding, examine, fail, ok
from stream.doctor.report import is_well, json_of, line_of
from stream.process.setup import Setup, read_setup

_TALKATIVE = ("aiokafka", "asyncio", "slack_sdk")


@main.command(
    epilog=example(
        "replyclock doctor\n  REPLYCLOCK_BROKER=kafka:9092 replyclock doctor"
        "\n  replyclock doctor --format json --sample 100000"
    )
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "--sample",
    default=20_000,
    show_default=True,
    type=click.IntRange(1, 1_000_000),
    help="How many of the newest events to look into.",
)
def doctor(form: str, sample: int) -> None:
    """Look at everything around: Kafka, topics, workers, Redis, Slack, clocks.

    Run it where alerts run: their environment has Kafka, Redis and Slack. It writes
    nothing. A line for each finding: ok, warn, FAIL, or skip for what it could not
    see; below it what to do. Exit status 1 when anything FAILs.
    """
    with _quiet():
        findings = asyncio.run(_examine(sample, show=form == "text"))
    if form == "json":
        click.echo(json_of(findings))
    sys.exit(0 if is_well(findings) else 1)


async def _examine(sample: int, *, show: bool) -> list[Finding]:
    """All findings, each shown as soon as those before it are there."""
    setup = read_setup()
    findings = [_judge_setup(setup)]
    if show:
        click.echo(line_of(findings[0]))
    async for finding in examine(_checks(setup, sample)):
        findings.append(finding)
        if show:
            click.echo(line_of(finding))
    return findings


def _judge_setup(setup: Setup) -> Finding:
    if setup.faults:
        first, *others = setup.lines
        mend = "replyclock check says the same, until it is mended"
        return fail("settings", first, *others, mend)
    return ok("settings", f"environment and {setup.path} are good")


def _checks(setup: Setup, sample: int) -> list[Check]:
    """What the readable part of the setup allows to look at."""
    from stream.doctor.engine import engine_check  # noqa: PLC0415  keeps --help fast
    from stream.doctor.kafka import KafkaChecks  # noqa: PLC0415  as above

    checks = [engine_check()]
    if setup.settings is not None:
        checks += KafkaChecks(setup.settings, sample).checks()
        for point in entry_points(group=CHECKS):
            checks += point.load()(setup.settings, setup.config)
    return checks


@contextmanager
def _quiet() -> Iterator[None]:
    # Each refused connection would be an error in the log; we say it in one line.
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
