"""A dashboard's JSON against Grafana's own types and registries.

Grafana is silent about what it does not know: an option of another version, a unit
with a typing error. Here both are faults.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dev.wall.page_folder import ensure_page, run

_TYPE_FAULT = re.compile(
    r"^\S*?([^/]+)\.ts\((\d+),\d+\): error \w+: (.*)$", re.MULTILINE
)
_SETTINGS = '{"extends": "../tsconfig.json", "include": ["*.ts"]}'
_WITH_FAULTS = (0, 1, 2)
"""tsc's exit statuses when it has read everything."""


def faults_of(dashboards: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """What Grafana would not understand in each, by the name it is given here.

    All are checked at once: starting TypeScript is what costs. A line is counted as
    `grafana.build` writes the file. Raises `StackError` when the checks cannot run.
    """
    page = ensure_page()
    found: dict[str, list[str]] = {name: [] for name in dashboards}
    with TemporaryDirectory(dir=page / "check") as work:
        folder = Path(work)
        for name, dashboard in dashboards.items():
            text = json.dumps(dashboard, indent=2, sort_keys=True)
            (folder / f"{name}.json").write_text(text, "utf-8")
            (folder / f"{name}.ts").write_text(
                "import type { Dashboard } from '../schema';"
                f" export const dashboard: Dashboard = {text};\n",
                "utf-8",
            )
        (folder / "tsconfig.json").write_text(_SETTINGS, "utf-8")
        values = _values(page, [folder / f"{name}.json" for name in dashboards])
        for name, fault in (*_types(page, folder), *values):
            found[name].append(fault)
    return found


def _types(page: Path, folder: Path) -> Iterator[tuple[str, str]]:
    tsc = ["node_modules/.bin/tsc", "--pretty", "false", "-p", str(folder)]
    for name, line, said in _TYPE_FAULT.findall(run(tsc, page, fine=_WITH_FAULTS)):
        # The type that follows is a page long.
        yield name, f"line {line}: {said.partition(' in type ')[0]}"


def _values(page: Path, files: Iterable[Path]) -> Iterator[tuple[str, str]]:
    check = ["node", "check/values.mjs", *map(str, files)]
    for line in run(check, page).splitlines():
        file, _, fault = line.partition(": ")
        yield Path(file).stem, fault
