"""`replyclock token`: a new token for who posts events."""

from datetime import UTC, datetime

import click

from stream.cli.group import example, main
from stream.process.senders import new_token
from stream.process.settings import PREFIX


@main.command(epilog=example("replyclock token helpdesk --until 2027-12-31"))
@click.argument("name")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The first day, in UTC, on which it is good no more; default: none.",
)
def token(name: str, until: datetime | None) -> None:
    """Make a token with which NAME may post events to /v1/events.

    Shown once: the settings hold its hash only. While one is changed for another, put
    both into the sender's list, and take the older one out when nobody uses it.
    """
    try:
        made, said = new_token(name, until and until.replace(tzinfo=UTC))
    except ValueError as error:
        raise click.BadParameter(
            "a to z, 0 to 9, _ and -, a letter first, 32 at most", param_hint="NAME"
        ) from error
    click.echo(f"Give {name}, shown this once:\n  Authorization: Bearer {made}")
    click.echo("Give intake, several senders in one JSON object:")
    click.echo(f"  {PREFIX}EVENTS_TOKENS='{said}'")
