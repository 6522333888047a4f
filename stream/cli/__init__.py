"""`replyclock`: every command people type (`contract.md` section 1).

A user's mistake is one line on standard error that says what to do; exit status 0,
1 (found faults) or 2 (usage). The delivery side adds its command by entry point, so
that the stream does not know who listens.
"""

from stream.cli import (
    backtest,
    check,
    dead_letters,
    doctor,
    explain,
    files,
    processes,
    resend,
    simulate,
)
from stream.cli.group import main

__all__ = [
    "backtest",
    "check",
    "dead_letters",
    "doctor",
    "explain",
    "files",
    "main",
    "processes",
    "resend",
    "simulate",
]
