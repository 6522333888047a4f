"""A month of series as blocks of Prometheus' own, made by promtool."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from dev.month.series import Day, Series

_LARGE: Final = "--max-block-duration=744h"
"""A day is one block, not twelve."""


def write_day(series: Sequence[Series], start: int, step: int, data: Path) -> None:
    """Put the day that begins at `start` (Unix seconds) into the folder `data`."""
    day = Day(start, step)
    with TemporaryDirectory(dir=data.parent) as folder:
        file = Path(folder) / "day.om"
        with file.open("w", encoding="utf-8") as text:
            for one in series:
                text.write(one.over(day))
            text.write("# EOF\n")
        _promtool("openmetrics", "-q", _LARGE, str(file), str(data))


def record(rules: Path, prometheus: str, start: int, end: int, data: Path) -> None:
    """Put what `rules` would have recorded from `start` to `end` into `data`."""
    _promtool(
        "rules",
        f"--start={start}",
        f"--end={end}",
        f"--url={prometheus}",
        f"--output-dir={data}",
        "--eval-interval=1m",
        str(rules),
    )


def size(data: Path) -> int:
    """Bytes of all blocks."""
    return sum(file.stat().st_size for file in data.rglob("*") if file.is_file())


def _promtool(source: str, *arguments: str) -> None:
    command = ["promtool", "tsdb", "create-blocks-from", source, *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
