"""Findings as people and programs read them. Pure."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import click

from stream.doctor.check import Finding, Mark

_COLOURS = {
    Mark.OK: "green",
    Mark.WARN: "yellow",
    Mark.FAIL: "red",
    Mark.SKIP: "bright_black",
}
_NAME_WIDTH = 15


def line_of(finding: Finding) -> str:
    """The line, and below it what to do; click drops the colour off a terminal."""
    mark = click.style(f"{finding.mark:<4}", fg=_COLOURS[finding.mark], bold=True)
    first = f"{mark}  {finding.name:<{_NAME_WIDTH}} {finding.found}"
    return "\n".join([first, *(f"      {line}" for line in finding.remedy)])


def json_of(findings: Sequence[Finding]) -> str:
    """One object; `ok` is what the exit status says."""
    told = {"ok": is_well(findings), "findings": [asdict(each) for each in findings]}
    return json.dumps(told, indent=2, ensure_ascii=False)


def is_well(findings: Sequence[Finding]) -> bool:
    return all(finding.mark is not Mark.FAIL for finding in findings)
