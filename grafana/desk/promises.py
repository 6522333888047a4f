"""Promises: what is left of the error budgets, for who answers for the objectives."""

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.builders import stat, table, timeseries
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import units

from grafana.desk import budget as ask
from grafana.desk import questions
from grafana.desk.counts import NONE_YET, WEEK
from grafana.desk.frame import frame
from grafana.desk.links import MONITOR, TODAY, WALL, rule
from grafana.desk.panels import (
    ORANGE,
    PLAIN,
    QUEUE,
    RED,
    Look,
    Question,
    coloured,
    graph,
    number,
    rows,
    words,
)

UID: Final = "replyclock-promises"

_Panel = stat.Panel | timeseries.Panel | table.Panel
_PERCENT: Final[Look] = {"unit": units.PercentUnit, "decimals": 0}
_KEPT: Final[Look] = {"unit": units.PercentUnit, "decimals": 1}
_USED: Final[Look] = {
    **_PERCENT,
    **coloured((None, "transparent"), (0.9, ORANGE), (1, RED)),
}
_ALLOWED: Final = (
    "The objective says how many may be late: of 90 % one in ten. 100 % used is all of"
    " them."
)


def promises() -> model.Dashboard:
    """The dashboard; the same every time."""
    return frame(
        "ReplyClock promises",
        uid=UID,
        description="How many promises may break, how many did, and when.",
        since="now-28d",
        by_queue=True,
        panels=(*_numbers(), _policies(), _queues(), _weeks(), _burn()),
    )


def _numbers() -> Iterator[_Panel]:
    yield (
        number(
            Question(
                1,
                "How much of the error budget is used?",
                f"First and next replies that were late, of those that may. {_ALLOWED}"
                " Each queue by its objective.",
                rule("BudgetBurnSlow"),
            ),
            {
                "of this range": ask.used(),
                "of 7 days": ask.used(WEEK),
                "of a day": ask.used("1d"),
            },
            unit=units.PercentUnit,
            steps=((None, PLAIN), (0.9, ORANGE), (1, RED)),
        )
        .decimals(0)
        .span(9)
        .height(4)
    )
    yield (
        number(
            Question(
                2,
                "How many more may be late?",
                "Of the replies decided in this range: so many more could have been"
                " late, and the objectives were kept. Below 0: so many too many were.",
                WALL,
            ),
            {"more": ask.left()},
            steps=((None, RED), (0, PLAIN)),
        )
        .decimals(0)
        .span(6)
        .height(4)
    )
    yield (
        number(
            Question(
                3,
                "How many replies were in time?",
                "Of the first and next replies decided: met / (met + breached).",
                TODAY,
            ),
            {
                "7 days": questions.kept(over=WEEK),
                "the 7 before": questions.kept(over=WEEK, ago="1w"),
            },
            unit=units.PercentUnit,
            marks={NONE_YET: "none yet"},
        )
        .decimals(1)
        .span(9)
        .height(4)
    )


def _policies() -> _Panel:
    return (
        rows(
            Question(
                4,
                "Which policies are at their limit?",
                "What each policy promised in this range, all its measures together,"
                f" whatever queue and team is chosen. {_ALLOWED}",
                MONITOR,
            ),
            ask.of_policies(),
            key={"policy": "Policy"},
            looks={
                "Decided": {"decimals": 0},
                "Broken": {"decimals": 0},
                "Objective": _KEPT,
                "Budget used": _USED,
            },
            sort="Budget used",
        )
        .span(11)
        .height(9)
    )


def _queues() -> _Panel:
    return (
        rows(
            Question(
                5,
                "Which queues are at their limit?",
                "First and next replies decided in this range, those that were late,"
                f" and what that is of the queue's budget. {_ALLOWED}",
                TODAY,
            ),
            ask.of_queues(),
            key={"queue": "Queue"},
            looks={
                "Queue": QUEUE,
                "Decided": {"decimals": 0},
                "Broken": {"decimals": 0},
                "In time": {**_KEPT, "mappings": words({NONE_YET: "none yet"})},
                "Objective": _KEPT,
                "Budget used": _USED,
            },
            sort="Budget used",
        )
        .span(13)
        .height(9)
    )


def _weeks() -> _Panel:
    weeks = {
        "3 weeks ago": "3w",
        "2 weeks ago": "2w",
        "A week ago": "1w",
        "7 days": "",
    }
    return (
        rows(
            Question(
                6,
                "What did each week use?",
                "Of the budget of its own replies, the last seven days and the three"
                f" times seven before, whatever range is shown. {_ALLOWED}",
                TODAY,
            ),
            {name: ask.used(WEEK, "queue", ago) for name, ago in weeks.items()},
            key={"queue": "Queue"},
            looks={"Queue": QUEUE, **dict.fromkeys(weeks, _USED)},
            sort="7 days",
        )
        .span(11)
        .height(9)
    )


def _burn() -> _Panel:
    return (
        graph(
            Question(
                7,
                "Is the budget burning too fast?",
                "What each day used of its own budget, by queue; each point is the day"
                " before it. At 100 % for long, a queue just keeps its objective.",
                rule("BudgetBurnFast"),
            ),
            {"{{queue}}": ask.used_over_time("1d"), "all that may": ask.ALL_THAT_MAY},
            colours={"all that may": "gray"},
            unit=units.PercentUnit,
            step="6h",
        )
        .span(13)
        .height(9)
    )
