"""The command that the delivery side adds to `replyclock`."""

import click

from stream.cli.group import example, start


@click.command(
    epilog=example(
        "REPLYCLOCK_SLACK_BOT_TOKEN_FILE=/run/secrets/slack replyclock alerts"
    )
)
def alerts() -> None:
    """Tell people in Slack: facts from Kafka in, one message a breach out."""
    from alerts.app import run_alerts  # noqa: PLC0415  keeps --help fast

    start(run_alerts)
