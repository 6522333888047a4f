"""`replyclock monitoring`: what Alertmanager and Grafana must know of the rules."""

import sys
from pathlib import Path

import click

from stream.cli.group import (
    config_option,
    example,
    main,
    raise_faults,
    read_config,
)
from stream.monitoring import UntoldError, settings_of
from stream.process.secret_files import secret_file
from stream.process.settings import SettingsError, read_settings


@main.command(
    epilog=example(
        "replyclock monitoring /etc/replyclock-monitoring --config config/sla.yaml"
    )
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@config_option
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if it would.")
def monitoring(folder: Path, config_path: Path | None, *, check: bool) -> None:
    """Write into FOLDER whom Alertmanager tells, and Grafana's time zone.

    alertmanager.yml tells the receiver `alerts.monitor`, and `alerts.watchdog` each
    minute; timezone is the file's. Secrets stay in the files of REPLYCLOCK_..._FILE,
    whose paths are written. Restart Alertmanager and Grafana when they change.
    """
    config = read_config(config_path)
    try:
        slack_url = read_settings().slack_api_url
        alertmanager = settings_of(config.alerts, slack_url, secret_file)
    except (SettingsError, UntoldError) as error:
        raise_faults(error)
    files = {"alertmanager.yml": alertmanager, "timezone": f"{config.timezone}\n"}
    try:
        changed = [name for name, text in files.items() if _said(folder / name) != text]
        if check:
            for name in changed:
                click.echo(f"{folder / name} is not what the rules say", err=True)
            sys.exit(1 if changed else 0)
        folder.mkdir(parents=True, exist_ok=True)
        for name in changed:
            (folder / name).write_text(files[name], encoding="utf-8")
            click.echo(f"written: {folder / name}")
    except OSError as error:
        click.echo(f"{error.filename}: {error.strerror}", err=True)
        sys.exit(1)


def _said(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
