"""A moment as Prometheus knows it, and what a panel of the wall then reads.

promtool evaluates the committed wall's own queries, after the committed rules.
"""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from grafana.queries import WALL, panel_queries

RULES = Path(__file__).parents[2] / "grafana" / "prometheus" / "rules" / "wall.yml"
NOW = datetime(2026, 11, 23, 0, 59, 47, tzinfo=UTC)
"""Almost an hour of "today" is over; between two scrapes, as nearly always."""

Sample = tuple[str, dict[str, str], float]
Row = tuple[str, str, float]
"""What is read at the left of a cell and at its right, and the sample's value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Customers by their worst band, and seconds, each in the promise's time."""

    ok: int = 0
    at_risk: int = 0
    breached: int = 0
    paused: int = 0
    late: Mapping[str, float] = field(default_factory=dict)
    left: Mapping[str, float] = field(default_factory=dict)
    longest: Mapping[str, float] = field(default_factory=dict)
    """By measure."""
    verdicts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    retractions: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(measure, verdict) -> how many since midnight."""
    objective: float = 0.9
    team: str = ""
    configured: bool = True
    silent: bool = False
    heard_by: int = 0
    """How many workers heard of its account all the same."""
    closed: bool = False
    muted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    queues: Mapping[str, Queue]
    workers: int = 1
    """All with the same to say, each of partitions of its own."""
    assigned: int = 4
    """Of four partitions, each worker."""
    lag: int = 0
    delay: float | None = None
    """Seconds that every event of the last minutes took; None: there was none."""
    storms: Mapping[str, int] = field(default_factory=dict)
    muting: bool = True
    """Whether an alerts process answers."""
    rules: bool = True
    """Whether Prometheus has the wall's."""

    def reads(
        self, panel: int, *, queue: str = "$__all", team: str = "$__all"
    ) -> Sequence[Row]:
        """What the panel with this id reads, the least value first."""
        wall = json.loads(WALL.read_text(encoding="utf-8"))
        for variable in wall["templating"]["list"]:
            chosen = {"queue": queue, "team": team}.get(variable["name"])
            if chosen is not None:
                variable["current"] = {"value": [chosen]}
        (query,) = (q for q in panel_queries(wall, NOW) if q.panel_id == panel)
        samples = [*_evaluated(query.expr, self)]
        rows = [
            (labels.get("row", labels.get("name", "")), labels["says"], value)
            for labels, value in samples
        ]
        return sorted(rows, key=lambda row: (row[2], row[0]))


def _evaluated(expr: str, moment: Moment) -> Iterator[tuple[dict[str, str], float]]:
    """The samples now: promtool tells them where nothing was expected."""
    test = {
        "rule_files": [str(RULES)] if moment.rules else [],
        "evaluation_interval": "10s",
        "tests": [
            {
                "interval": "30s",
                "input_series": [
                    {"series": s, "values": v} for s, v in _series(moment)
                ],
                "promql_expr_test": [
                    {
                        "expr": expr,
                        "eval_time": "59m47s",
                        "exp_samples": [{"labels": "nothing", "value": 0}],
                    }
                ],
            }
        ],
    }
    ran = subprocess.run(
        ["promtool", "test", "rules", "/dev/stdin"],
        input=json.dumps(test),
        capture_output=True,
        text=True,
        check=False,
    )
    told = ran.stdout + ran.stderr
    assert "got:" in told, told
    yield from _told(told.split("got:", 1)[1])


def _told(text: str) -> Iterator[tuple[dict[str, str], float]]:
    for labels, value in re.findall(r"\{([^}]*)\} ([^\s,]+)", text):
        yield dict(re.findall(r'(\w+)="([^"]*)"', labels)), float(value)


def _series(moment: Moment) -> Iterator[tuple[str, str]]:
    for worker in range(moment.workers):
        for name, labels, value in _gauges(moment):
            yield _named(name, labels, worker), f"{value}x120"
        for queue, state in moment.queues.items():
            for name, labels, value in _counters(queue, state):
                yield _named(name, labels, worker), f"0x59 {value}x60"
    if moment.delay is not None:
        for le in ("1", "2.5", "60", "120", "+Inf"):
            step = 60 if float(le) >= moment.delay else 0
            yield _named("event_delay_seconds_bucket", {"le": le}), f"0+{step}x120"
    for queue, state in moment.queues.items():
        for worker in range(state.heard_by):
            account = {"channel": "whatsapp", "account": f"of-{queue}", "queue": queue}
            yield _named("source_silent", account, 9 + worker), "0x120"


def _counters(queue: str, state: Queue) -> Iterator[Sample]:
    for measure in ("first_reply", "next_reply", "resolution"):
        for verdict in ("met", "breached", "cancelled"):
            of = {"queue": queue, "measure": measure, "verdict": verdict}
            at = (measure, verdict)
            yield "verdicts_total", of, state.verdicts.get(at, 0)
            yield "retractions_total", of, state.retractions.get(at, 0)


def _gauges(moment: Moment) -> Iterator[Sample]:
    for queue, state in moment.queues.items():
        yield from _of_queue(queue, state)
        if moment.muting:
            yield "queue_muted", {"queue": queue}, int(state.muted)
    for policy, objective in (("vip", 0.95), ("everyone", 0.5)):
        yield "objective_ratio", {"policy": policy}, objective
    topic = {"topic": "dev.conversations.events"}
    yield "partitions", topic, 4 * moment.workers
    yield "partitions_assigned", topic, moment.assigned
    yield "lag_records", topic, moment.lag
    for kind, count in moment.storms.items():
        yield "storms", {"kind": kind}, count


def _of_queue(queue: str, state: Queue) -> Iterator[Sample]:
    of = {"queue": queue}
    for band in ("ok", "at_risk", "breached", "paused"):
        yield "customers_waiting", {**of, "band": band}, getattr(state, band)
    yield "open_sessions", of, state.ok + state.at_risk + state.breached
    for name, seconds in (
        ("worst_lateness_seconds", state.late),
        ("next_breach_seconds", state.left),
        ("longest_wait_seconds", state.longest),
    ):
        for measure, value in seconds.items():
            yield name, {**of, "measure": measure}, value
    if state.configured:
        yield "queue_info", {**of, "team": state.team}, 1
        yield "queue_open", of, int(not state.closed)
        yield "queue_objective_ratio", of, state.objective
        account = {"channel": "whatsapp", "account": f"of-{queue}"}
        yield "source_silent", {**of, **account}, int(state.silent)


def _named(name: str, labels: Mapping[str, str], worker: int = 0) -> str:
    of = {"job": "worker", "instance": f"w{worker}", **labels}
    text = ",".join(f'{label}="{value}"' for label, value in of.items())
    return f"replyclock_{name}{{{text}}}"
