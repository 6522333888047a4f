"""`python -m dev.month [--queues 20] [--days 30] [--step 60]`: see the package."""

import argparse
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from dev.month import blocks
from dev.month.archive import opened
from dev.month.cost import Cost, costs
from dev.month.series import DAY, series
from dev.month.unrecorded import recordings
from dev.places import CACHE
from dev.prometheus import TEMPLATE
from grafana.build import dashboard_json

RULES: Final = TEMPLATE.parent / "rules" / "recording.yml"
_DASHBOARDS: Final = ("today", "monitor")
_END: Final = 1_777_593_600
"""The first of May 2026, midnight in UTC: the month is the same in each run."""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m dev.month",
        description="Time the dashboards' queries on a month of figures.",
    )
    parser.add_argument("--queues", type=int, default=20)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--step", type=int, default=60, help="seconds between samples")
    options = parser.parse_args()
    name = f"month-{options.queues}-{options.days}-{options.step}"
    folder = CACHE / name
    start = _END - options.days * DAY
    if not (folder / "made").exists():
        _make(folder, options.queues, start, options.step)
    print((folder / "made").read_text("utf-8"))
    with opened(folder) as address:
        for dashboard in _DASHBOARDS:
            _report(dashboard, options.days, address)


def _make(folder: Path, queues: int, start: int, step: int) -> None:
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    all_series = [*series(queues)]
    began = time.monotonic()
    for day in range(start, _END, DAY):
        blocks.write_day(all_series, day, step, data)
    wrote = time.monotonic() - began
    with opened(folder) as address:
        blocks.record(RULES, address, start, _END, folder / "recorded")
    for block in (folder / "recorded").iterdir():
        block.rename(data / block.name)
    samples = len(all_series) * (_END - start) // step
    (folder / "made").write_text(
        f"{queues} queues, {(_END - start) // DAY} days, a sample each {step} s:"
        f" {len(all_series):,} series, {samples / 1e6:,.0f} million samples,"
        f" {blocks.size(data) / 1e9:.1f} GB; made in {wrote:.0f} s, recorded in"
        f" {time.monotonic() - began - wrote:.0f} s.\n",
        encoding="utf-8",
    )


def _report(name: str, days: int, address: str) -> None:
    dashboard: dict[str, Any] = json.loads(dashboard_json(name))
    dashboard["time"] = {"from": f"now-{days}d", "to": "now"}
    print(f"| {name} | seconds | without recordings |\n| --- | --- | --- |")
    now = datetime.fromtimestamp(_END, UTC)
    for cost in costs(dashboard, now, address, recordings(RULES)):
        print(_row(cost), flush=True)
    print()


def _row(cost: Cost) -> str:
    both = (
        "refused" if seconds is None else f"{seconds:.2f}"
        for seconds in (cost.recorded, cost.unrecorded)
    )
    return f"| {cost.panel} | {' | '.join(both)} |"


if __name__ == "__main__":
    main()
