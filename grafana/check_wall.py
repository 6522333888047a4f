"""Does every panel answer? `python -m grafana.check_wall --prometheus URL`.

Sends each panel's query as Grafana would, and exits 1 when one fails or is empty: an
empty tile on a wall looks like good news.
"""

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from grafana.answers import QueryFailedError, Sample, ask
from grafana.queries import WALL, PanelQuery, panel_queries


def faults_of(
    queries: Iterable[PanelQuery], ask_for: Callable[[str], list[Sample]]
) -> list[str]:
    """One line for each query that fails, is empty or has no number in it."""
    return [
        f"{query.panel} {query.ref_id}: {fault}: {query.expr}"
        for query in queries
        if (fault := _fault(query, ask_for))
    ]


def _fault(query: PanelQuery, ask_for: Callable[[str], list[Sample]]) -> str | None:
    if not query.instant:
        return "not an instant query"
    try:
        samples = ask_for(query.expr)
    except QueryFailedError as error:
        return str(error)
    if not samples:
        return "empty"
    if not all(math.isfinite(sample.value) for sample in samples):
        return "not a number"
    return None


def check_wall(prometheus_url: str, dashboard: Path = WALL) -> list[str]:
    """The faults of the committed wall against a running Prometheus."""
    queries = panel_queries(
        json.loads(dashboard.read_text(encoding="utf-8")),
        datetime.now(UTC).astimezone(),
    )
    return faults_of(queries, lambda expr: ask(prometheus_url, expr))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m grafana.check_wall",
        description="Exit 1 when a panel of the wall has no answer.",
    )
    parser.add_argument("--prometheus", required=True, metavar="URL")
    parser.add_argument("--dashboard", type=Path, default=WALL)
    options = parser.parse_args(arguments)
    faults = check_wall(options.prometheus, options.dashboard)
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print("every panel of the wall has an answer")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
