"""What the queries of the desk answer, asked of promtool."""

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from grafana.desk import budget, outcomes, volume
from grafana.desk import questions as ask

RECORDING = (
    Path(__file__).parents[2] / "grafana" / "prometheus" / "rules" / "recording.yml"
)
AT_SALES = 'channel="whatsapp",queue="sales"'
SALES = f'measure="first_reply",{AT_SALES}'
QUEUES = {
    'replyclock_queue_info{queue="sales",team="emea"}': "1x400",
    'replyclock_queue_info{queue="support",team=""}': "1x400",
}
VERDICTS = {
    f'replyclock_verdicts_total{{{SALES},verdict="met"}}': "0+9x400",
    f'replyclock_verdicts_total{{{SALES},verdict="breached"}}': "0+2x400",
    f'replyclock_retractions_total{{{SALES},verdict="met"}}': "0x400",
    f'replyclock_retractions_total{{{SALES},verdict="breached"}}': "0+1x400",
}

Answer = Mapping[str, float]
"""Labels -> value."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What Prometheus has seen, and what it answers after five hours."""

    about: str
    series: Mapping[str, str]
    expr: str
    answer: Answer


def failures(cases: Iterable[Asked], folder: Path) -> str:
    """What promtool finds wrong, asked between two recordings, of the hour before."""
    # What costs is to evaluate the rules: once for all that is asked of the same.
    alike: dict[str, list[Asked]] = {}
    for case in cases:
        alike.setdefault(json.dumps(case.series), []).append(case)
    told = {
        "rule_files": [str(RECORDING)],
        "evaluation_interval": "5m",
        "tests": [
            {
                "name": "; ".join(case.about for case in some),
                "interval": "1m",
                "input_series": [
                    {"series": name, "values": values}
                    for name, values in json.loads(series).items()
                ],
                "promql_expr_test": [_expected(case) for case in some],
            }
            for series, some in alike.items()
        ],
    }
    file = folder / "asked.yml"
    file.write_text(json.dumps(told), encoding="utf-8")
    command = ["promtool", "test", "rules", str(file)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


def _expected(case: Asked) -> dict[str, object]:
    return {
        "expr": case.expr.replace("$queue", ".+").replace("$__range", "1h"),
        "eval_time": "5h2m",
        "exp_samples": [
            {"labels": labels, "value": value} for labels, value in case.answer.items()
        ],
    }


def histogram(name: str, **rises: int) -> dict[str, str]:
    """Buckets that rise by so many a minute: `le60=2` up to a minute, `inf=3` all."""
    bounds = {"le60": "60.0", "le300": "300.0", "inf": "+Inf"}
    return {
        f'{name}_bucket{{{SALES},le="{bounds[bound]}"}}': f"0+{rise}x400"
        for bound, rise in rises.items()
    }


REPLIES = {
    **histogram("replyclock_reply_business_seconds", le60=2, le300=5, inf=5),
    # One of those up to a minute failed: of four, one took at most a minute.
    **histogram("replyclock_reply_retracted_business_seconds", le60=1, le300=1, inf=1),
}
EVERYTHING = {**QUEUES, **VERDICTS, **REPLIES}
WAITING = {
    **QUEUES,
    'replyclock_customers_waiting{queue="sales",band="ok"}': "3x400",
    'replyclock_customers_waiting{queue="sales",band="breached"}': "2x400",
    f"replyclock_worst_lateness_seconds{{{SALES}}}": "70x400",
    'replyclock_worst_lateness_seconds{measure="window",queue="sales"}': "90x400",
}


TODAY = (
    Asked("in time, of all", EVERYTHING, ask.kept(), {"{}": 0.9}),
    Asked(
        "in time, by queue; none yet is not 100 %",
        EVERYTHING,
        ask.kept("queue"),
        {'{queue="sales"}': 0.9, '{queue="support"}': -1000},
    ),
    Asked("less what was taken back", EVERYTHING, ask.broken(), {"{}": 60}),
    Asked("the same hours before", EVERYTHING, ask.kept(ago="2h"), {"{}": 0.9}),
    Asked("of a day without records: nothing", EVERYTHING, ask.kept(ago="1d"), {}),
    Asked(
        "replies, without those that failed",
        EVERYTHING,
        ask.replied("queue"),
        {'{queue="sales"}': 240, '{queue="support"}': 0},
    ),
    Asked("a reply time, likewise", EVERYTHING, ask.reply_time(0.25), {"{}": 60}),
    Asked("a new day", QUEUES, ask.kept(), {"{}": -1000}),
    Asked(
        "nothing decided: none yet",
        {**QUEUES, **dict.fromkeys(VERDICTS, "0x400")},
        ask.kept(),
        {"{}": -1000},
    ),
    Asked("none broken on a new day", QUEUES, ask.broken(), {"{}": 0}),
    Asked("no worker: no data", {}, ask.kept(), {}),
    Asked("no worker: not even zero", {}, ask.broken(), {}),
    Asked(
        "who waits",
        WAITING,
        ask.waiting_now(),
        {'{queue="sales"}': 5, '{queue="support"}': 0},
    ),
    Asked(
        "who is late",
        WAITING,
        ask.late_now(),
        {'{queue="sales"}': 2, '{queue="support"}': 0},
    ),
    Asked(
        "by how much, of all promises",
        WAITING,
        ask.worst_lateness(),
        {'{queue="sales"}': 90, '{queue="support"}': 0},
    ),
    Asked("no worker: nobody is known to wait", {}, ask.waiting_now(), {}),
)


OBJECTIVES = {
    'replyclock_queue_objective_ratio{queue="sales"}': "0.75x400",
    'replyclock_queue_objective_ratio{queue="support"}': "0.99x400",
    'replyclock_objective_ratio{policy="vip"}': "0.75x400",
    'replyclock_objective_ratio{policy="tried"}': "0.9x400",
}
NAMED_BY_EVENTS = {
    name.replace('queue="sales"', 'queue="night"'): values
    for name, values in VERDICTS.items()
}
OF_POLICIES = {
    f'replyclock_policy_verdicts_total{{policy="vip",{of}}}': values
    for of, values in {
        'measure="first_reply",verdict="met",change="given"': "0+6x400",
        'measure="resolution",verdict="met",change="given"': "0+3x400",
        'measure="resolution",verdict="met",change="taken_back"': "0x400",
        'measure="resolution",verdict="breached",change="given"': "0+2x400",
        'measure="resolution",verdict="breached",change="taken_back"': "0+1x400",
    }.items()
}
BUDGETS = {**QUEUES, **VERDICTS, **NAMED_BY_EVENTS, **OBJECTIVES, **OF_POLICIES}
ALL_OF_THEM = {**BUDGETS, 'replyclock_queue_objective_ratio{queue="sales"}': "1x400"}
CAME = {
    **QUEUES,
    f"replyclock_sessions_opened_total{{{AT_SALES}}}": "0+2x400",
    f"replyclock_sessions_withdrawn_total{{{AT_SALES}}}": "0x400",
}
ANSWERED = {
    'scale="nps",answer="good"': 1,
    'scale="nps",answer="middling"': 1,
    'scale="nps",answer="bad"': 3,
    'scale="emotion",answer="good"': 1,
    'scale="emotion",answer="bad"': 4,
}
UNHAPPY = {
    **QUEUES,
    **{
        f"replyclock_survey_answers_total{{{AT_SALES},{of}}}": f"0+{rise}x400"
        for of, rise in ANSWERED.items()
    },
    f'replyclock_survey_scores_total{{{AT_SALES},scale="emotion",answer="good"}}': (
        "0+2x400"
    ),
    f'replyclock_survey_scores_total{{{AT_SALES},scale="emotion",answer="bad"}}': (
        "0+12x400"
    ),
}


WEEKS = (
    Asked("60 broke, 150 of 600 may", BUDGETS, budget.used(), {"{}": 0.4}),
    Asked("90 more may", BUDGETS, budget.left(), {"{}": 90}),
    Asked(
        "nothing decided uses nothing, and nobody judges what no file names",
        BUDGETS,
        budget.used(by="queue"),
        {'{queue="sales"}': 0.4, '{queue="support"}': 0},
    ),
    Asked("none may break, and some did", ALL_OF_THEM, budget.used(), {"{}": 99.99}),
    Asked("of a day without records: none", BUDGETS, budget.used("1h", ago="1d"), {}),
    Asked("no worker: no budget", {}, budget.used(), {}),
    Asked("no worker: none may be late", {}, budget.left(), {}),
    Asked(
        "a policy's, all measures, less what was taken back; none that is tried",
        BUDGETS,
        budget.of_policies()["Budget used"],
        {'{policy="vip"}': 0.4},
    ),
    Asked(
        "no growth is known of what was not recorded", CAME, volume.growth("queue"), {}
    ),
    Asked("nobody answered: none yet", QUEUES, outcomes.nps(), {"{}": -1000}),
    Asked("no worker: no NPS", {}, outcomes.nps(), {}),
    Asked("one of five, less three", UNHAPPY, outcomes.nps(), {"{}": -40}),
    Asked(
        "-2 and not -1: both means are over all answers",
        UNHAPPY,
        outcomes.emotion("queue"),
        {'{queue="sales"}': -2, '{queue="support"}': -1000},
    ),
    Asked(
        "nothing resolved: none yet", QUEUES, outcomes.share("one_reply"), {"{}": -1000}
    ),
)


@pytest.mark.parametrize("cases", [TODAY, WEEKS], ids=["today", "weeks"])
def test_the_desk_answers(tmp_path: Path, cases: Iterable[Asked]) -> None:
    """What was taken back is taken off, nothing is not 100 %, no worker no data."""
    assert failures(cases, tmp_path) == ""
