"""The commands: words and exit codes, nothing else.

In: arguments. Out: what the other rooms do, on stdout; one line on stderr for mistakes.
May import: backtest, channels, company, config, dead_letters, doctor, explain,
importing, intake, kafka, monitoring, process, records, replay, simulator, sla, worker.
Must never know: Faust, Redis, HTTP, Slack, Prometheus.
"""

from stream.cli import (
    backtest,
    begin_anew,
    check,
    dead_letters,
    doctor,
    explain,
    files,
    importing,
    monitoring,
    processes,
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
    "files",
    "importing",
    "main",
    "monitoring",
    "processes",
    "resend",
    "simulate",
    "token",
]
