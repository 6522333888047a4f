from pathlib import Path
from typing import Protocol

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


class Declared(Protocol):
    name: str
    kind: str
    labels: tuple[str, ...]
    process: str


def test_page_lists_what_the_processes_export(declared: list[Declared]) -> None:
    """docs/metrics.md names every metric with its type, labels and process."""
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|")[:4])
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `replyclock_")
    ]
    exported = [
        (f"`{metric.name}`", metric.kind, ", ".join(metric.labels), metric.process)
        for metric in declared
    ]
    assert sorted(rows) == sorted(exported)
