"""`python -m dev.month [--queues 20] [--days 30] [--counted 1]`: see the package."""

import argparse
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from dev.month import blocks, figures
from dev.month.archive import opened
from dev.month.cost import dearest
from dev.month.series import DAY, Day
from dev.month.unrecorded import recordings
from dev.packages import preflight
from dev.places import CACHE
from dev.prometheus import TEMPLATE
from grafana.build import DASHBOARDS, dashboard_json

RULES: Final = TEMPLATE.parent / "rules" / "recording.yml"
_END: Final = 1_777_593_600
"""The first of May 2026, midnight in UTC: the month is the same in each run."""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m dev.month",
        description="What the dashboards' queries cost on a month of figures.",
    )
    parser.add_argument("--queues", type=int, default=20)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument(
        "--counted",
        type=int,
        default=1,
        help="the last days, that have what the recordings are made of, too",
    )
    options = parser.parse_args()
    preflight(["prometheus"])
    folder = CACHE / f"month-{options.queues}-{options.days}-{options.counted}"
    made = folder / "made.txt"
    if not made.exists():
        made.write_text(
            _make(folder, options.queues, options.days, options.counted), "utf-8"
        )
    print(made.read_text("utf-8"))
    with opened(folder) as address:
        for dashboard in (name for name in DASHBOARDS if name != "wall"):
            _report(dashboard, options.days, options.counted, address)


def _make(folder: Path, queues: int, days: int, counted: int) -> str:
    """Fill `folder`/data; what is in it, in words."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    began, samples = time.monotonic(), 0
    for ago in range(days, 0, -1):
        start = _END - ago * DAY
        minutes, five = Day(start, 60), Day(start, 300)
        some = [(one, minutes) for one in figures.current(queues)]
        some += [(one, five) for one in figures.recorded(queues)]
        if ago <= counted:
            some += [(one, minutes) for one in figures.counted(queues)]
        blocks.write(some, data)
        samples += sum(day.length for _, day in some)
    return (
        f"{queues} queues, {days} days, scraped each minute; what recordings are"
        f" made of in the last {counted}: {samples / 1e6:,.0f} million samples,"
        f" {blocks.size(data) / 1e9:.1f} GB, made in {time.monotonic() - began:.0f} s\n"
    )


def _report(name: str, days: int, counted: int, address: str) -> None:
    dashboard: dict[str, Any] = json.loads(dashboard_json(name))
    now = datetime.fromtimestamp(_END, UTC)
    headings = f"{days} days | {counted} without recordings"
    print(f"| {name} | {headings} |\n| --- | --- | --- |")
    recorded = recordings(RULES)
    for panel in dashboard["panels"]:
        asked = {**dashboard, "panels": [panel]}
        month = dearest(asked, now, days, address)
        plain = dearest(asked, now, counted, address, instead_of=recorded)
        print(_row(panel["title"], month, plain), flush=True)
    print()


def _row(panel: str, *costs: float | None) -> str:
    words = ("refused" if cost is None else f"{cost:.2f}" for cost in costs)
    return f"| {panel} | {' | '.join(words)} |"


if __name__ == "__main__":
    main()
