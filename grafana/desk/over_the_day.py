"""The graphs of Today: when it was busy, what waited, how long replies took."""

from collections.abc import Iterator

from grafana_foundation_sdk.builders import timeseries

from grafana.desk import questions as ask
from grafana.desk.links import MONITOR, WALL
from grafana.desk.panels import CLOCK, ORANGE, RED, Question, graph


def over_the_day() -> Iterator[timeseries.Panel]:
    hour = "Each point is the hour before it."
    for panel in (
        graph(
            Question(
                7,
                "When is it busy?",
                f"Matters that customers began, replies, and promises broken. {hour}",
                WALL,
            ),
            {
                "customers wrote": ask.written_hourly(),
                "replies": ask.replied_hourly(),
                "promises broken": ask.broken_hourly(),
            },
            colours={
                "customers wrote": "blue",
                "replies": "green",
                "promises broken": RED,
            },
            step="5m",
        ),
        graph(
            Question(
                8,
                "Is it busier than usual?",
                f"Matters that customers began, beside the days before. {hour}",
                WALL,
            ),
            ask.beside(lambda ago: ask.written_hourly(ago=ago)),
            colours={"today": "blue", "yesterday": "gray", "last week": "purple"},
            step="5m",
        ),
        graph(
            Question(
                9,
                "Does the backlog grow?",
                "Customers who wait, each counted once, by the worst state of what they"
                " were promised.",
                WALL,
            ),
            {
                "late": ask.backlog("breached"),
                "at risk": ask.backlog("at_risk"),
                "in time": ask.backlog("ok"),
                "paused": ask.backlog("paused"),
            },
            colours={
                "late": RED,
                "at risk": ORANGE,
                "in time": "blue",
                "paused": "gray",
            },
            step="1m",
            stacked=True,
        ),
        graph(
            Question(
                10,
                "How long do replies take?",
                "Half and nine of ten of the replies took at most this long, in"
                " opening hours; the last line by the clock on the customer's wall."
                f" Replies that failed are taken out. {hour}",
                MONITOR,
            ),
            {
                "p50": ask.reply_time_hourly(0.5),
                "p90": ask.reply_time_hourly(0.9),
                "p90, nights included": ask.reply_time_hourly(0.9, open_time=False),
            },
            unit=CLOCK,
            step="5m",
        ),
    ):
        yield panel.span(12).height(9)
