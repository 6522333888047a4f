"""Days of series as blocks of Prometheus' own, made by promtool."""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from dev.month.series import Day, Series

_LARGE: Final = "--max-block-duration=744h"
"""A day is one block, not twelve."""


def write(some: Iterable[tuple[Series, Day]], data: Path) -> None:
    """Put these days of these series into the folder `data`; a name stays together."""
    with TemporaryDirectory(dir=data.parent) as folder:
        file = Path(folder) / "days.om"
        with file.open("w", encoding="utf-8") as text:
            text.writelines(series.over(day) for series, day in some)
            text.write("# EOF\n")
        command = ("promtool", "tsdb", "create-blocks-from", "openmetrics", "-q")
        subprocess.run([*command, _LARGE, file, data], check=True)


def size(data: Path) -> int:
    """Bytes of all blocks."""
    return sum(file.stat().st_size for file in data.rglob("*") if file.is_file())
