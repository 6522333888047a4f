"""Demand: how much comes in, when and about what, for who plans the shifts."""

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.builders import stat, table, timeseries
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import units

from grafana.desk import volume as ask
from grafana.desk.counts import NONE_YET
from grafana.desk.frame import frame
from grafana.desk.heat import heat
from grafana.desk.links import PROMISES, TODAY, WALL, rule
from grafana.desk.panels import (
    CLOCK,
    QUEUE,
    Look,
    Question,
    graph,
    number,
    rows,
    words,
)

UID: Final = "replyclock-demand"

_Panel = stat.Panel | timeseries.Panel | table.Panel
_WEEKS: Final = "The last seven days beside the seven before, whatever range is shown."
_GROWN: Final[Look] = {
    "unit": units.PercentUnit,
    "decimals": 0,
    "mappings": words(ask.GROWN),
}
_OLDER: Final = (
    *("super-light-blue", "light-blue", "blue"),
    *("semi-dark-blue", "orange", "red"),
)
_WHOLE: Final[Look] = {"decimals": 0}
_TIME: Final[Look] = {"unit": CLOCK, "mappings": words({NONE_YET: "none yet"})}


def demand() -> model.Dashboard:
    """The dashboard; the same every time."""
    return frame(
        "ReplyClock demand",
        uid=UID,
        description="How many write, when, about what, and what stays open.",
        since="now-28d",
        by_queue=True,
        panels=(*_numbers(), _hours(), *_days(), _queues(), _categories(), _ages()),
    )


def _numbers() -> Iterator[_Panel]:
    yield (
        number(
            Question(
                1,
                "How many write to us?",
                f"Matters that customers began, without spam. {_WEEKS}",
                TODAY,
            ),
            {
                "7 days": ask.opened(),
                "the 7 before": ask.opened(ago="1w"),
                "change": ask.growth(),
            },
            looks={"change": _GROWN},
        )
        .decimals(0)
        .span(10)
        .height(4)
    )
    yield (
        number(
            Question(
                2,
                "How many are open?",
                "Matters that are not resolved now, answered or not.",
                WALL,
            ),
            {"open": ask.backlog()},
        )
        .decimals(0)
        .span(5)
        .height(4)
    )
    yield (
        number(
            Question(
                3,
                "How long does one take?",
                "From a matter's beginning to its resolution, by the clock on the wall:"
                " half, and nine of ten of those resolved in this range.",
                PROMISES,
            ),
            {"p50": ask.handling_time(0.5), "p90": ask.handling_time(0.9)},
            unit=CLOCK,
            marks={NONE_YET: "none yet"},
        )
        .span(9)
        .height(4)
    )


def _hours() -> _Panel:
    return (
        heat(
            Question(
                4,
                "Which hours are busy?",
                "Matters that customers began in each hour of the week, the mean of the"
                " weeks in this range, in Grafana's time zone. How many people that"
                " takes no metric says: `replyclock report` does.",
                TODAY,
            ),
            ask.opened_over_time("", "1h"),
        )
        .span(24)
        .height(9)
    )


def _days() -> Iterator[_Panel]:
    day = "Each point is the day before it."
    for panel in (
        graph(
            Question(
                5,
                "Which queues do they write to?",
                f"Matters that customers began, by queue. {day}",
                WALL,
            ),
            {"{{queue}}": ask.opened_over_time("queue", "1d")},
            step="6h",
            stacked=True,
        ),
        graph(
            Question(
                6,
                "Where do they write?",
                f"Matters that customers began, by channel. {day}",
                TODAY,
            ),
            {"{{channel}}": ask.opened_over_time("channel", "1d")},
            step="6h",
            stacked=True,
        ),
    ):
        yield panel.span(12).height(8)


def _queues() -> _Panel:
    return (
        rows(
            Question(
                7,
                "Which queues grow?",
                f"Matters begun. {_WEEKS} Open: not resolved now. p50, p90: how long"
                " those resolved in the range shown took, by the clock on the wall.",
                WALL,
            ),
            {
                "7 days": ask.opened(by="queue"),
                "The 7 before": ask.opened(by="queue", ago="1w"),
                "Change": ask.growth("queue"),
                "Open": ask.backlog("queue"),
                "p50": ask.handling_time(0.5, "queue"),
                "p90": ask.handling_time(0.9, "queue"),
            },
            key={"queue": "Queue"},
            looks={
                "Queue": QUEUE,
                "7 days": _WHOLE,
                "The 7 before": _WHOLE,
                "Change": _GROWN,
                "Open": _WHOLE,
                "p50": _TIME,
                "p90": _TIME,
            },
            sort="7 days",
        )
        .span(14)
        .height(9)
    )


def _categories() -> _Panel:
    return (
        rows(
            Question(
                8,
                "What do they write about?",
                "Matters that ended, by the categories of the rules file; one with two"
                " of them counts in both, one with none of their tags is `other`, one"
                f" without tags is left out. {_WEEKS} Share: of the range shown.",
                rule("CategorySpike"),
            ),
            {
                "7 days": ask.categories(),
                "The 7 before": ask.categories(ago="1w"),
                "Change": ask.category_growth(),
                "Share": ask.category_share(),
            },
            key={"category": "Category"},
            looks={
                "7 days": _WHOLE,
                "The 7 before": _WHOLE,
                "Change": _GROWN,
                "Share": {"unit": units.PercentUnit, "decimals": 0},
            },
            sort="7 days",
        )
        .span(10)
        .height(9)
    )


def _ages() -> _Panel:
    return (
        graph(
            Question(
                9,
                "Does the backlog get old?",
                "Matters that were not resolved, by their age; each is in one band.",
                WALL,
            ),
            {name: ask.backlog_over_time(age) for name, age in ask.AGES.items()},
            colours=dict(zip(ask.AGES, _OLDER, strict=True)),
            step="1h",
            stacked=True,
        )
        .span(24)
        .height(8)
    )
