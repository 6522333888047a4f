"""The commands that the delivery side adds to `replyclock`."""

import asyncio
import json
from getpass import getuser
from pathlib import Path

import click

from alerts.preview.kinds import NAMES
from stream.cli.group import (
    Group,
    config_option,
    example,
    in_a_folder,
    raise_faults,
    read_config,
    start,
)
from stream.config.alerts import Receiver
from stream.config.nearest import listed, meant
from stream.process.settings import SettingsError, read_settings


@click.group(
    cls=Group,
    invoke_without_command=True,
    epilog=example(
        "REPLYCLOCK_SLACK_BOT_TOKEN_FILE=/run/secrets/slack replyclock alerts"
    ),
)
@click.pass_context
def alerts(ctx: click.Context) -> None:
    """Tell people: facts from Kafka in, one message a breach out.

    Without a command it runs until it is stopped.
    """
    if ctx.invoked_subcommand is None:
        from alerts.app import run_alerts  # noqa: PLC0415  keeps --help fast

        start(run_alerts)


@alerts.command(
    epilog=example(
        "replyclock alerts preview --config config/sla.yaml --html alerts.html"
        "\n  replyclock alerts preview --kind window | jq '{blocks}'"
    )
)
@config_option
@click.option(
    "--html",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    callback=in_a_folder,
    help="Write a page that shows them as Slack does, instead.",
)
@click.option(
    "--kind", "kinds", type=click.Choice(NAMES), multiple=True, help="Only these."
)
def preview(
    config_path: Path | None, html: Path | None, kinds: tuple[str, ...]
) -> None:
    """Show every kind of message, with people who are made up, under your rules.

    One JSON object a line; what jq makes of it in the example can be pasted into
    Slack's Block Kit Builder. What your rules never say is shown under an example's
    ("rules": "example"). Nothing is sent.
    """
    from alerts.preview.examples import examples  # noqa: PLC0415  as above
    from alerts.preview.page import page  # noqa: PLC0415  as above

    config = read_config(config_path)
    made = examples(config, kinds or NAMES)
    if html is None:
        for each in made:
            click.echo(json.dumps(each.plain()))
        return
    name = (config_path or read_settings().config).name
    html.write_text(page(made, name, config.timezone), encoding="utf-8")
    click.echo(f"page: {html}", err=True)


@alerts.command(epilog=example("replyclock alerts test sales-slack"))
@click.argument("receiver")
@config_option
@click.option("--keep", is_flag=True, help="Leave it in the channel as it is posted.")
def test(receiver: str, config_path: Path | None, *, keep: bool) -> None:
    """Post one message to RECEIVER that says it is a test, and edit it away.

    With the token and the rules file as they are; whom an alert there would mention
    is mentioned. Another sink is told that the test is over. No Kafka, no Redis. Exit
    status 1 when the sink does not do it, 2 for a receiver that the rules do not have.
    """
    known = read_config(config_path).alerts.receivers
    if receiver not in known:
        said = f"no receiver {receiver!r}{meant(receiver, known) or listed(known)}"
        raise click.BadParameter(said, param_hint="RECEIVER")
    try:
        settings, token = read_settings(), ""
        if known[receiver].slack is not None:
            token = settings.need("slack_bot_token", "the message is posted with it")
    except SettingsError as error:
        raise_faults(error)
    url = settings.slack_api_url
    asyncio.run(_try_out(token, url, receiver, known[receiver], keep=keep))


async def _try_out(
    token: str, url: str, name: str, receiver: Receiver, *, keep: bool
) -> None:
    from alerts.customer import Shown  # noqa: PLC0415  as above
    from alerts.delivery import wall_ms  # noqa: PLC0415  as above
    from alerts.sinks.sinks import Sinks  # noqa: PLC0415  as above
    from alerts.sinks.slack import SlackSink  # noqa: PLC0415  as above
    from alerts.slack.client import Slack  # noqa: PLC0415  as above
    from alerts.trial import TrialError, try_out  # noqa: PLC0415  as above

    slack = Slack(token, url)
    sinks = Sinks(SlackSink(slack), shown=lambda _: Shown(), now=wall_ms)
    async with slack, sinks:
        try:
            tried = try_out(slack, sinks, name, receiver, _somebody(), keep=keep)
            async for done in tried:
                click.echo(done)
        except TrialError as error:
            raise_faults(error)


def _somebody() -> str:
    """Who runs this; the user of a container may have no name."""
    try:
        return getuser()
    except (KeyError, OSError):
        return "somebody"
