"""What Today's queries answer, asked of promtool."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from grafana.desk import questions as ask

RECORDING = (
    Path(__file__).parents[2] / "grafana" / "prometheus" / "rules" / "recording.yml"
)
SALES = 'measure="first_reply",channel="whatsapp",queue="sales"'
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


def answers(
    folder: Path, series: Mapping[str, str], expr: str, expected: Answer, at: str
) -> str:
    """What promtool finds wrong with `expected`, of an hour's range."""
    filled = expr.replace("$queue", ".+").replace("$__range", "1h")
    told = {
        "rule_files": [str(RECORDING)],
        "evaluation_interval": "5m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {"series": name, "values": values}
                    for name, values in series.items()
                ],
                "promql_expr_test": [
                    {
                        "expr": filled,
                        "eval_time": at,
                        "exp_samples": [
                            {"labels": labels, "value": value}
                            for labels, value in expected.items()
                        ],
                    }
                ],
            }
        ],
    }
    file = folder / "asked.yml"
    file.write_text(json.dumps(told), encoding="utf-8")
    command = ["promtool", "test", "rules", file]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


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


@pytest.mark.parametrize(
    ("series", "expr", "expected"),
    [
        pytest.param(EVERYTHING, ask.kept(), {"{}": 0.9}, id="in time, of all"),
        pytest.param(
            EVERYTHING,
            ask.kept("queue"),
            {'{queue="sales"}': 0.9, '{queue="support"}': -1},
            id="in time, by queue; none yet is not 100 %",
        ),
        pytest.param(
            EVERYTHING, ask.broken(), {"{}": 60}, id="less what was taken back"
        ),
        pytest.param(
            EVERYTHING, ask.kept(ago="2h"), {"{}": 0.9}, id="the same hours before"
        ),
        pytest.param(
            EVERYTHING, ask.kept(ago="1d"), {}, id="of a day without records: nothing"
        ),
        pytest.param(
            EVERYTHING,
            ask.replied("queue"),
            {'{queue="sales"}': 240, '{queue="support"}': 0},
            id="replies, without those that failed",
        ),
        pytest.param(
            EVERYTHING, ask.reply_time(0.25), {"{}": 60}, id="a reply time, likewise"
        ),
        pytest.param(QUEUES, ask.kept(), {"{}": -1}, id="a new day"),
        pytest.param(
            {**QUEUES, **dict.fromkeys(VERDICTS, "0x400")},
            ask.kept(),
            {"{}": -1},
            id="nothing decided: none yet",
        ),
        pytest.param(QUEUES, ask.broken(), {"{}": 0}, id="none broken on a new day"),
        pytest.param({}, ask.kept(), {}, id="no worker: no data"),
        pytest.param({}, ask.broken(), {}, id="no worker: not even zero"),
        pytest.param(
            WAITING,
            ask.waiting_now(),
            {'{queue="sales"}': 5, '{queue="support"}': 0},
            id="who waits",
        ),
        pytest.param(
            WAITING,
            ask.late_now(),
            {'{queue="sales"}': 2, '{queue="support"}': 0},
            id="who is late",
        ),
        pytest.param(
            WAITING,
            ask.worst_lateness(),
            {'{queue="sales"}': 90, '{queue="support"}': 0},
            id="by how much, of all promises",
        ),
        pytest.param(
            {}, ask.waiting_now(), {}, id="no worker: nobody is known to wait"
        ),
    ],
)
def test_today_answers(
    tmp_path: Path, series: Mapping[str, str], expr: str, expected: Answer
) -> None:
    """Asked between two recordings, of the hour before."""
    assert answers(tmp_path, series, expr, expected, "5h2m") == ""
