"""The command group, and what all commands share."""

import faulthandler
import os
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, NoReturn

import click
import structlog

from stream.config import Config, load_config
from stream.config.faults import ConfigError
from stream.config.nearest import meant
from stream.kafka.refusal import RefusedStartError
from stream.process.logs import set_up_logs
from stream.process.odd_environment import odd_environment
from stream.process.settings import Settings, SettingsError, read_settings
from stream.process.version import release

log = structlog.get_logger(__name__)

COMMANDS = "replyclock.commands"
"""The entry point group that other packages put their commands in."""
_WHOLE = 1_000
"""More characters than any first sentence has."""

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="The rules file; default: REPLYCLOCK_CONFIG, else config/sla.yaml.",
)


def in_a_folder(_: click.Context, param: click.Parameter, path: Path | None) -> Any:
    """Of an option: the work is not lost for a folder that is not there."""
    if path is not None and not path.parent.is_dir():
        raise click.BadParameter(f"there is no folder {path.parent}", param=param)
    return path


def example(text: str) -> str:
    """An epilog that click does not re-wrap."""
    return f"\b\nExample:\n  {text}"


class Group(click.Group):
    """Its commands are listed in whole sentences, and a name that is near is meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            near = meant(name, self.list_commands(ctx))
            ctx.fail(f"no command {name!r}{near or ': see --help'}")
        return super().resolve_command(ctx, args)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Each one's first sentence, whole: click cuts it at the edge."""
        commands = {
            name: self.get_command(ctx, name) for name in self.list_commands(ctx)
        }
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, command.get_short_help_str(limit=_WHOLE))
                    for name, command in commands.items()
                    if command is not None
                ]
            )


class Main(Group):
    """Commands of this module and those that entry points add, in one list."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        added = (point.name for point in entry_points(group=COMMANDS))
        return sorted({*super().list_commands(ctx), *added})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        for point in entry_points(group=COMMANDS, name=cmd_name):
            command: click.Command = point.load()
            return command
        return None


def _say_release(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
    if wanted and not ctx.resilient_parsing:
        click.echo(f"replyclock {release()}")
        ctx.exit()


@click.group(cls=Main, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_say_release,
    help="Show the version and the commit, and exit.",
)
def main() -> None:
    """Know the second a reply-time promise breaks, and tell the right people once."""


def start(run: Callable[[Settings, Config], int]) -> None:
    """Run a process: settings, config, logs, then `run` until SIGTERM."""
    # A crash in C (aiokafka, uvloop) then says where, and not only "status -11".
    faulthandler.enable()
    try:
        settings = read_settings()
        config = load_config(settings.config)
        set_up_logs(settings.log_level, settings.log_format)
        for name, why in odd_environment(os.environ, settings):
            log.warning("odd in the environment", name=name, why=why)
        status = run(settings, config)
    except (RefusedStartError, ConfigError) as error:
        raise_faults(error)
    sys.exit(status)


def raise_faults(error: Exception) -> NoReturn:
    """Print every fault on its line and exit with 1."""
    click.echo(str(error), err=True)
    sys.exit(1)


def read_config(path: Path | None) -> Config:
    """The config named on the command line or by the environment; exits with 1."""
    try:
        return load_config(path or read_settings().config)
    except (SettingsError, ConfigError) as error:
        raise_faults(error)
