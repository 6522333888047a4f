"""The commands: words and exit codes, nothing else.

In: arguments. Out: what the other rooms do, on stdout; one line on stderr for mistakes.
May import: backtest, channels, company, config, dead_letters, doctor, explain, figures,
importing, intake, kafka, monitoring, process, records, replay, report, simulator, sla,
worker.
Must never know: Faust, Redis, HTTP, Slack, Prometheus.
"""

from stream.cli import (
    backtest,
    begin_anew,
    check,
    dead_letters,
    doctor,
    explain,
    facts,
    files,
    importing,
    monitoring,
    processes,
    report,
    resend,
    simulate,
    token,
)
from stream.cli.group import main

__all__ = [
    "backtest",
    "begin_anew",
    "check",
    "dead_letters",
    "doctor",
    "explain",
    "facts",
    "files",
    "importing",
    "main",
    "monitoring",
    "processes",
    "report",
    "resend",
    "simulate",
    "token",
]
