"""Settings and rules together, with every fault of both."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stream.config import Config, load_config, warnings_of
from stream.config.faults import ConfigError, Fault
from stream.config.references import CHANNELS
from stream.process.odd_environment import Odd, odd_environment
from stream.process.settings import PREFIX, Settings, SettingsError, read_settings
from stream.process.sinks import UnsetError, WrongSinkError
from stream.process.sinks import faults as faults_of_sinks


@dataclass(frozen=True, slots=True)
class Setup:
    """What could be read; a part that could not is `None`, and has `faults`."""

    path: Path
    settings: Settings | None
    config: Config | None
    lines: list[str]
    """A line each, for people."""
    faults: list[dict[str, Any]]
    """The same with places, for programs."""
    warnings: list[Fault]
    """What is legal but odd; a config with faults has none."""
    odd_environment: list[Odd]
    """The same of the environment."""


def read_setup(file: Path | None = None, year: int | None = None) -> Setup:
    """The environment and the rules of `file`, or of the one the environment names.

    `year`: this one, if left out; holidays that end with it are a warning.
    """
    year = year or datetime.now(UTC).year
    lines: list[str] = []
    faults: list[dict[str, Any]] = []
    settings: Settings | None = None
    config: Config | None = None
    path = file or Path(os.environ.get(f"{PREFIX}CONFIG", "config/sla.yaml"))
    try:
        settings = read_settings()
        path = file or settings.config
    except SettingsError as error:
        lines += str(error).splitlines()
        faults += [{"file": "environment", "message": m} for m in lines]
    try:
        config = load_config(path)
    except ConfigError as error:
        lines += map(str, error.faults)
        faults += [vars(fault) for fault in error.faults]
    warnings: list[Fault] = []
    if config is not None:
        sinks = [*faults_of_sinks(config)]
        # The rules may be checked where nothing is sent.
        unset = [(at, str(e)) for at, e in sinks if isinstance(e, UnsetError)]
        wrong = [str(e) for _, e in sinks if isinstance(e, WrongSinkError)]
        known = None if settings is None else settings.senders()
        posted = known.accounts(CHANNELS, datetime.now(UTC)) if known else ()
        warnings = warnings_of(path, config, year, posted=posted, more=unset)
        lines += wrong
        faults += [{"file": "environment", "message": m} for m in wrong]
    odd = [*odd_environment(os.environ, settings)]
    return Setup(path, settings, config, lines, faults, warnings, odd)
