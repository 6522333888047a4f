"""Where secrets are, for who reads them beside us: never what they say."""

import os
from collections.abc import Mapping

from stream.process.settings import PREFIX, SettingsError


def secret_file(name: str, environ: Mapping[str, str] = os.environ) -> str:
    """The path in `REPLYCLOCK_<name>_FILE`; raises `SettingsError` without one."""
    variable = f"{PREFIX}{name}_FILE"
    path = environ.get(variable, "")
    if not path:
        raise SettingsError(
            f"{variable} is not set: Alertmanager reads the secret from a file; write"
            f" it into one, and set this to its path instead of {PREFIX}{name}"
        )
    return path
