"""`docs/performance.md`, written from a report."""

from collections.abc import Callable, Iterator

from bench.charts import (
    growth_chart,
    growth_table,
    live_table,
    loss_table,
    restart_table,
    timing_table,
)
from bench.comparison import tables
from bench.door.table import door_table
from bench.growth import SHARED, Growth
from bench.one_write.table import one_write_table
from bench.report import Report
from bench.sides import QUIX
from dev.places import REPOSITORY

PAGE = REPOSITORY / "docs" / "performance.md"
REMARKS = REPOSITORY / "bench" / "remarks.md"
"""What the numbers do not say by themselves, written by hand."""

_BESIDE = {
    False: "a stock Faust program",
    True: "programs of stock Faust and Quix Streams",
}

_QUIX = """\
- **Quix** is `bench/quix_streams.py`: a stateful function and a topic of facts, as Quix
  Streams' documentation shows them. Kafka's part is librdkafka, in C, and its CPU time
  counts; state is in RocksDB, the only one it has, and each commit writes a
  conversation once. What RocksDB does after the last commit is not counted. It has no
  timers, metrics or dead letters to pay for.
"""


def page(report: Report) -> str:
    """All of it."""
    m = report.machine
    first = report.comparisons[0]
    # A bench without Quix does not speak of it.
    quix = any(peer.side == QUIX.name for peer in first.peers)
    versions = f", quixstreams {m.quixstreams}" if quix else ""
    parts = "\n\n".join(_parts(report))
    return f"""\
# Performance

Written by `make bench` ({m.date[:10]}); do not edit. The numbers are in
`bench/results/`, what is said about them in `bench/remarks.md`.

{m.cpu}, {m.cores} cores shared by the broker and what is measured; {m.system};
Python {m.python}, Kafka {m.kafka}, faust-streaming {m.faust}, aiokafka {m.aiokafka}\
{versions};
load before the start {m.load:.1f}; commit {m.commit or "unknown"}.

{REMARKS.read_text("utf-8").strip()}

## The whole worker, with rules

Working off a backlog on real Kafka, beside {_BESIDE[quix]}
with the same rules, in the same run.

{tables(report.comparisons)}

Median of {first.pairs} pairs of runs, ours and each other in turn; least to most in
brackets. "per CPU-second" compares events for each second of CPU time, of all threads
and the kernel, until all is committed, and has a target; "by the clock" compares events
a second until the last fact or state is in Kafka. Ratios travel between machines, rates
do not.

{parts}

## What is compared

- **Ours** is `replyclock worker` as it runs in production: dead letters, deadlines,
  gauges of who waits, Prometheus counters.
- **Stock** is `bench/stock_faust.py`: an agent, a table and a topic of facts, as
  Faust's documentation shows them, with uvloop, linger, large batches and Cython
  switched on. It has no timers, metrics or dead letters to pay for.
{_QUIX if quix else ""}\
- All: the same events of a seeded play, four partitions, the same rules and codecs,
  `acks=all`, a commit every 0.5 s, state with a changelog.
- Each process is started, frozen, and continued when the backlog is in Kafka, so
  start-up and waiting count for nobody.
- No deadline passes meanwhile: the play's clocks are far ahead.
- After each run every fact is read back. Every side must have written exactly the
  facts that the bare rules draw from the events, once each, or the bench fails.
"""


def figures(report: Report) -> str:
    """The tables alone, for a terminal."""
    return "\n\n".join([tables(report.comparisons), *_parts(report)])


def _parts(report: Report) -> Iterator[str]:
    for name, section in _SECTIONS.items():
        if getattr(report, name):
            yield section(report) + _apart(report, name)


def _apart(report: Report, name: str) -> str:
    if name not in report.apart:
        return ""
    m = report.apart[name]
    return (
        f"\n\nMeasured by itself, {m.date[:10]}, load before the start {m.load:.1f},"
        f" commit {m.commit or 'unknown'}."
    )


def _rules(report: Report) -> str:
    return f"""\
## The rules alone

CPU time of an event and of a look-up, the best of five; the others by the clock, once.

{timing_table(report.rules)}"""


def _one_writes(report: Report) -> str:
    return f"""\
## One state write an event, no rules

A count for each of 200,000 keys, a changelog record for every event, acknowledged by
all replicas before the source is committed. Kafka Streams has a store in memory and a
JVM that is warm (`bench/one_write`); aiokafka alone has neither recovery nor rebalance.

{one_write_table(report.one_writes)}"""


def _restarts(report: Report) -> str:
    return f"""\
## A restart

With conversations that all wait. The rate leaves out what a start with an empty
changelog takes; ours includes building deadlines and gauges, which stock does not have.
Memory is the whole process, an empty one taken off.

{restart_table(report.restarts)}"""


def _lives(report: Report) -> str:
    return f"""\
## Live traffic

Events arrive at their times: customers who write and are answered a second later, and
one in twenty who is not. The rate in the first column is that at which a backlog of the
same traffic is worked off. Its writer, the broker and the worker share the machine.
Detection is `noticed_at` less the deadline and `allowed_lateness`; a reply's delay is
from when it is written to the fact that it was in time.

{live_table(report.lives)}"""


def _losses(report: Report) -> str:
    return f"""\
## Loss and duplicates

While a backlog is worked off, the worker ends and is started again, or a second one
joins. Facts that are there twice have the same id; one that is lost is gone.

{loss_table(report.losses)}"""


def _doors(report: Report) -> str:
    return f"""\
## The door

Signed WhatsApp webhooks, one message each, over 64 connections: `replyclock intake`,
which answers when Kafka has the event, beside a handler of the same HTTP server that
reads the body and answers. By the clock, webhooks come at their times, and a delay is
from there to the answer; what sends them, the broker and intake share the machine.

{door_table(report.doors)}"""


def _waits(report: Report) -> str:
    return f"""\
## Who waits

The index of open alerts in Redis, and what the deliverer asks while none of them is
told yet: the slowest of fifty looks each. Memory is all that Redis keeps of them.

{timing_table(report.waits)}"""


def _presses(report: Report) -> str:
    return f"""\
## A press

*Take* on open alerts of five channels, one channel after the other, every 1.2 s, which
is a little faster than a channel is edited (1.25 s); a worker with live traffic is
beside. Acknowledged is what Slack waits for, shown is the message's edit.

{timing_table(report.presses)}"""


def _breaches(report: Report) -> str:
    return f"""\
## A breach to Slack

From the deadline, `allowed_lateness` taken off, until the stand-in has the message:
events from Kafka through the worker, its facts through alerts. A channel takes one
message a second, so what breaks faster there waits, or is a storm.

{timing_table(report.breaches)}"""


def _storms(report: Report) -> str:
    return f"""\
## A storm

From the last of the deadlines, `allowed_lateness` (2 s) included, until the channel's
list says all of them. Slack refuses a call over its pace; a list is edited at most
every 10 s.

{timing_table(report.storms)}"""


def _pending(report: Report) -> str:
    return f"""\
## Restarts with posts pending

The alerts process is killed, ended in order and killed again, soon after the breaches
of one second, and started anew each time. Lost is what is neither told in a channel nor
on the ledger's list of what is to be told. Memory is the process's with all of them
open, an empty one taken off.

{timing_table(report.pending)}"""


def _years(report: Report) -> str:
    return f"""\
## A year of facts

Kept by day, and `replyclock report` over all of them: each figure, by queue, channel,
category and hour of the week (`bench/year.py` says of what). By the clock, once.

{timing_table(report.years)}"""


def _growths(report: Report) -> str:
    alone = [run for run in report.growths if run.workers == 1]
    shared = [run for run in report.growths if run.conversations == SHARED]
    conversations = growth_chart(
        "CPU of an event, by live conversations",
        "microseconds",
        alone,
        lambda run: f"{run.conversations:,}",
        _microseconds,
    )
    workers = growth_chart(
        f"CPU of an event, by workers that share {SHARED:,} conversations",
        "microseconds",
        shared,
        lambda run: str(run.workers),
        _microseconds,
    )
    return f"""\
## Growth

50,000 answers to 10,000 of the conversations that wait. A level line is linear growth.

{growth_table(report.growths)}

{conversations}

{workers}"""


def _microseconds(run: Growth) -> float:
    return run.cpu_seconds / run.events * 1e6


_SECTIONS: dict[str, Callable[[Report], str]] = {
    "rules": _rules,
    "one_writes": _one_writes,
    "restarts": _restarts,
    "lives": _lives,
    "growths": _growths,
    "losses": _losses,
    "doors": _doors,
    "waits": _waits,
    "presses": _presses,
    "breaches": _breaches,
    "storms": _storms,
    "pending": _pending,
    "years": _years,
}
"""By the name of the part in the report, in the order of the page."""
