"""Generate the dashboards: `python -m grafana.build [--check]`.

`--check` writes nothing and exits 1 when the committed file is not what the generator
makes. Grafana loads the file as it is (classic JSON, Grafana 10 to 13).
"""

import argparse
import sys
import warnings
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana.queries import WALL

with warnings.catch_warnings():
    # The SDK would have us write schema v2, which Grafana 10 to 12 do not load and 13
    # refuses from files at times.
    warnings.filterwarnings("ignore", "Prefer using dashboardv2", DeprecationWarning)
    from grafana.wall import wall


def wall_json() -> str:
    """The text of the committed file."""
    return JSONEncoder(sort_keys=True, indent=2).encode(wall()) + "\n"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m grafana.build", description="Generate the dashboards."
    )
    parser.add_argument(
        "--check", action="store_true", help="exit 1 when the file is out of date"
    )
    parser.add_argument("--file", type=Path, default=WALL, help="where the wall is")
    options = parser.parse_args(arguments)
    file: Path = options.file
    text = wall_json()
    if not options.check:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return 0
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return 0
    print(f"{file}: out of date; run: python -m grafana.build", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
