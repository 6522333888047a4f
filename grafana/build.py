"""Generate the dashboards: `python -m grafana.build [--check]`.

`--check` writes nothing and exits 1 when a committed file is not what the generator
makes. Grafana loads the files as they are (classic JSON, Grafana 10 to 13).
"""

import argparse
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana.queries import FOLDER

with warnings.catch_warnings():
    # The SDK would have us write schema v2, which Grafana 10 to 12 do not load and 13
    # refuses from files at times.
    warnings.filterwarnings("ignore", "Prefer using dashboardv2", DeprecationWarning)
    from grafana_foundation_sdk.models.dashboard import Dashboard

    from grafana.desk.demand import demand
    from grafana.desk.experience import experience
    from grafana.desk.monitor import monitor
    from grafana.desk.promises import promises
    from grafana.desk.today import today
    from grafana.wall import wall

DASHBOARDS: Final[Mapping[str, Callable[[], Dashboard]]] = {
    "wall": wall,
    "today": today,
    "promises": promises,
    "demand": demand,
    "experience": experience,
    "monitor": monitor,
}
"""What each file is made by."""


def dashboard_json(name: str) -> str:
    """The text of the committed file `name`.json."""
    return JSONEncoder(sort_keys=True, indent=2).encode(DASHBOARDS[name]()) + "\n"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m grafana.build", description="Generate the dashboards."
    )
    parser.add_argument(
        "--check", action="store_true", help="exit 1 when a file is out of date"
    )
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="where the dashboards are"
    )
    options = parser.parse_args(arguments)
    folder: Path = options.folder
    texts = {folder / f"{name}.json": dashboard_json(name) for name in DASHBOARDS}
    if not options.check:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in texts.items():
            file.write_text(text, encoding="utf-8")
        return 0
    old = [file for file, text in texts.items() if not _holds(file, text)]
    for file in old:
        print(f"{file}: out of date; run: python -m grafana.build", file=sys.stderr)
    return 1 if old else 0


def _holds(file: Path, text: str) -> bool:
    return file.exists() and file.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
