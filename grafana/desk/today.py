"""Today: how the team does, for the lead at the desk.

The numbers of its first line compare today with the same hours of the day before and of
the same day last week.
"""

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.builders import stat, table, timeseries
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import units

from grafana.desk import questions as ask
from grafana.desk.counts import NONE_YET
from grafana.desk.frame import frame
from grafana.desk.links import MONITOR, WALL, rule
from grafana.desk.over_the_day import over_the_day
from grafana.desk.panels import (
    CLOCK,
    PLAIN,
    RED,
    Question,
    coloured,
    number,
    rows,
    words,
)

UID: Final = "replyclock-today"
_NONE_YET: Final[dict[float, str]] = {NONE_YET: "none yet"}

_Panel = stat.Panel | timeseries.Panel | table.Panel


def today() -> model.Dashboard:
    """The dashboard; the same every time."""
    return frame(
        "ReplyClock today",
        uid=UID,
        description="How the team does today, and against the days before.",
        since="now/d",
        by_queue=True,
        panels=(*_compared(), _queues(), *over_the_day()),
    )


def _compared() -> Iterator[_Panel]:
    same = "The same hours of yesterday and of this day last week stand beside it."
    for panel in (
        number(
            Question(
                1,
                "How many wrote to us?",
                f"Matters that customers began since midnight. {same}",
                WALL,
            ),
            ask.beside(lambda ago: ask.written(ago=ago)),
        )
        .decimals(0)
        .span(5),
        number(
            Question(
                2,
                "How many were late?",
                "First and next replies whose promised time passed since midnight,"
                f" answered by now or not; verdicts taken back are taken off. {same}",
                rule("BudgetBurnFast"),
            ),
            ask.beside(lambda ago: ask.broken(ago=ago)),
        )
        .decimals(0)
        .span(5),
        number(
            Question(
                3,
                "How many were in time?",
                "Of the first and next replies decided since midnight: met / (met +"
                f" breached). {same}",
                rule("BudgetBurnSlow"),
            ),
            ask.beside(lambda ago: ask.kept(ago=ago)),
            unit=units.PercentUnit,
            marks=_NONE_YET,
        )
        .decimals(1)
        .span(5),
        number(
            Question(
                4,
                "How long does a customer wait?",
                "Half of the customers who got a reply since midnight had it within"
                f" this time, counted in opening hours. {same}",
                MONITOR,
            ),
            ask.beside(lambda ago: ask.reply_time(0.5, ago=ago)),
            unit=CLOCK,
            marks=_NONE_YET,
        ).span(6),
    ):
        yield panel.height(4)
    yield (
        number(
            Question(
                5,
                "All counted?",
                "Conversations that a worker watches, of all. Below 100 % who waits"
                " is only a part of who does.",
                MONITOR,
            ),
            {"watched": ask.WATCHED},
            unit=units.PercentUnit,
            steps=((None, RED), (1, PLAIN)),
        )
        .span(3)
        .height(4)
    )


def _queues() -> _Panel:
    columns = {
        "Waiting": ask.waiting_now(),
        "Late": ask.late_now(),
        "Latest by": ask.worst_lateness(),
        "In time": ask.kept("queue"),
        "Objective": ask.objective(),
        "Replies": ask.replied("queue"),
        "p50": ask.reply_time(0.5, "queue"),
        "p90": ask.reply_time(0.9, "queue"),
    }
    none = {"mappings": words(_NONE_YET)}
    share = {"unit": units.PercentUnit, "decimals": 1}
    return (
        rows(
            Question(
                6,
                "Which queues are behind?",
                "Customers who wait now, each counted once; those whose promise is"
                " broken, and how late the latest is, in the time of its promise."
                " Replies since midnight: how many were in time, beside the queue's"
                " objective, and how long half and nine of ten of them took, in"
                " opening hours.",
                WALL,
            ),
            columns,
            key={"queue": "Queue"},
            looks={
                "Queue": {
                    "links": [
                        {
                            "title": "The wall of this queue",
                            "url": "/d/replyclock-wall?var-queue="
                            "${__value.raw:percentencode}",
                        }
                    ]
                },
                "Late": coloured((None, "transparent"), (1, RED)),
                "Latest by": {"unit": CLOCK, "mappings": words({0: "nobody"})},
                "In time": {**share, **none},
                "Objective": share,
                "Replies": {"decimals": 0},
                "p50": {"unit": CLOCK, **none},
                "p90": {"unit": CLOCK, **none},
            },
            sort="Late",
        )
        .span(24)
        .height(11)
    )
