"""All that a report says, before it is a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from stream.report.changes import Change
from stream.report.findings import Finding
from stream.report.longest import Wait
from stream.report.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`source` is what was read, `zone` that of its days and hours."""

    span: Span
    zone: str
    source: str
    findings: Sequence[Finding]
    real: Sequence[Change]
    waits: Sequence[Wait]
    unanswered: int

    @property
    def is_compared(self) -> bool:
        """Whether anything is known of the time before."""
        return any(each.whole.before is not None for each in self.findings)
