"""The report's numbers as CSV and JSON: every part, not only those that are shown."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from stream.figures.figure import Row
from stream.figures.period import Period
from stream.report.findings import Finding, Part, cells
from stream.report.longest import Wait
from stream.report.span import Span
from stream.sla.instants import rfc3339

HEADS = ("figure", "column", "unit", "by", "of", "now", "before", "n", "n_before")


def table(findings: Sequence[Finding]) -> str:
    """CSV, a line for each number; what is not known is empty."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(HEADS)
    for finding in findings:
        figure = finding.figure
        count = figure.columns[0].name
        for by, part in cells(finding):
            for column in figure.columns:
                lines.writerow(
                    [
                        *(figure.name, column.name, column.unit.value, by, part.of),
                        *(_of(row, column.name) for row in (part.now, part.before)),
                        *(_of(row, count) for row in (part.now, part.before)),
                    ]
                )
    return text.getvalue()


def plain(
    span: Span, findings: Sequence[Finding], waits: Sequence[Wait]
) -> dict[str, Any]:
    """The same for JSON."""
    return {
        "period": _period(span.now),
        "before": _period(span.before),
        "figures": {each.figure.name: _finding(each) for each in findings},
        "longest_waits": [
            {
                "conversation_id": wait.conversation,
                "measure": wait.measure,
                "began_at": rfc3339(wait.began),
                "waited_s": wait.seconds,
                "channel": wait.channel,
                "queue": wait.queue,
            }
            for wait in waits
        ],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    names = [column.name for column in finding.figure.columns]

    def numbers(row: Row | None) -> Row | None:
        return None if row is None else {name: row.get(name) for name in names}

    def both(part: Part) -> dict[str, Any]:
        return {"now": numbers(part.now), "before": numbers(part.before)}

    splits = finding.splits | finding.over_time
    by = {
        name: [{"of": part.of, **both(part)} for part in parts]
        for name, parts in splits.items()
    }
    return {**both(finding.whole), "by": by}


def _period(period: Period) -> dict[str, str]:
    return {"begin": rfc3339(period.begin), "end": rfc3339(period.end)}


def _of(row: Row | None, name: str) -> Any:
    return None if row is None else row.get(name)
