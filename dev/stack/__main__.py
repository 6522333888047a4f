"""`python -m dev.stack`: the local stack by hand."""

import signal
import sys
from pathlib import Path
from types import FrameType

import click

from dev.faults import StackError
from dev.places import CACHE
from dev.stack import SERVICES, Stack
from dev.stack.folder import log_file
from dev.stack.trial import PORTS, write_trial

_STATE = click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=CACHE / "stack",
    help="Folder of the stack; emptied at the start.  [default: .dev/stack]",
)


class _Refusal(click.ClickException):
    """One line on standard error, exit 1."""

    def show(self, file: object = None) -> None:
        del file
        click.echo(f"dev.stack: {self.message}", err=True)


@click.group(help="Kafka, Redis, Prometheus, Alertmanager and a stand-in Slack.")
def main() -> None: ...


@main.command()
@click.option(
    "--services",
    default=",".join(SERVICES),
    show_default=True,
    help="Which ones, separated by commas.",
)
@_STATE
def up(services: str, state: Path) -> None:
    """Start the services and keep them until Ctrl-C.

    Example: python -m dev.stack up --services kafka,redis --state /tmp/mine
    """
    # SIGINT, too: a shell's background job is born with it ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        with Stack.start(
            state,
            services=services.split(","),
            prometheus_targets={n: f"127.0.0.1:{port}" for n, port in PORTS.items()},
            on_progress=click.echo,
        ) as stack:
            for name in stack.names:
                click.echo(f"{name:<13} {stack.address(name)}")
            if set(stack.names) >= {"kafka", "redis", "slack"}:
                click.echo(f"{'settings':<13} set -a; . {_near(write_trial(stack))}")
            click.echo(f"logs in {stack.folder / 'logs'}; Ctrl-C stops all")
            sys.stdout.flush()
            signal.pause()
    except StackError as error:
        raise _Refusal(str(error)) from error
    except KeyboardInterrupt:
        click.echo("stopped")


@main.command()
@click.argument("service", type=click.Choice(SERVICES))
@_STATE
def logs(service: str, state: Path) -> None:
    """Print what a service has written.

    Example: python -m dev.stack logs kafka
    """
    try:
        click.echo(log_file(state, service).read_text("utf-8", "replace"), nl=False)
    except FileNotFoundError:
        raise _Refusal(f"no log of {service} in {state}: was it started?") from None


def _near(path: Path) -> Path:
    """As a person types it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _end(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


if __name__ == "__main__":
    main(prog_name="python -m dev.stack")
