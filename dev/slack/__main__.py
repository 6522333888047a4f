"""`python -m dev.slack`: the stand-in Slack by hand."""

import socket
from pathlib import Path

import click
from aiohttp import web

from dev.slack.api import TOKEN
from dev.slack.courier import SIGNING_SECRET
from dev.slack.interactive_api import APP_TOKEN
from dev.slack.server import Server
from dev.slack.workspace import CHANNELS, Workspace


@click.command()
@click.option("--port", type=int, default=8095, show_default=True)
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that keeps the messages through a restart.  [default: memory only]",
)
@click.option(
    "--channel",
    "channels",
    multiple=True,
    metavar="ID=NAME",
    help="A channel that exists; repeat it. Default: "
    + " ".join(f"{key}={name}" for key, name in CHANNELS.items()),
)
def main(port: int, state: Path | None, channels: tuple[str, ...]) -> None:
    """A stand-in for Slack: its API below /api/, the channels as a page at /.

    Example: python -m dev.slack --port 8095 --channel C0SALES=sales
    """
    named = dict(_split(text) for text in channels) or CHANNELS
    if state is not None:
        state.mkdir(parents=True, exist_ok=True)
    journal = None if state is None else state / "journal.jsonl"
    workspace = Workspace(named, journal)
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError:
        raise click.ClickException(
            f"cannot listen on 127.0.0.1:{port}: try --port"
        ) from None
    click.echo(f"page http://127.0.0.1:{port}/")
    click.echo(f"API  http://127.0.0.1:{port}/api/  token {TOKEN}")
    click.echo(f"app  token {APP_TOKEN}  signing secret {SIGNING_SECRET}")
    try:
        app = Server(workspace, f"127.0.0.1:{port}").app()
        web.run_app(app, sock=listening, print=None, access_log=None)
    finally:
        workspace.close()


def _split(text: str) -> tuple[str, str]:
    key, found, name = text.partition("=")
    if not found or not key or not name:
        raise click.BadParameter(f"{text!r}: write ID=NAME, C0SALES=sales")
    return key, name


if __name__ == "__main__":
    main(prog_name="python -m dev.slack")
