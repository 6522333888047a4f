"""The wall: one screen for a team, readable at five metres.

A 1080p screen holds 28 grid rows of 38 px; the panels take 27. What must be read from
afar stands in the tiles and the bars; titles and the table are drawn small by Grafana.
"""

from typing import Final

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models import dashboard as model

from grafana.pieces import SOURCE
from grafana.queue_panels import next_breach, queues_table
from grafana.tiles import promise_tiles, trust_tiles

UID: Final = "replyclock-wall"


def wall() -> model.Dashboard:
    """The dashboard; the same every time."""
    built = (
        dashboard.Dashboard("ReplyClock wall")
        .uid(UID)
        .description("Who waits, how long, and when the next promise breaks.")
        .tags(["replyclock"])
        .readonly()
        .refresh("10s")
        .time("now/d", "now")
        .timezone("browser")
        .with_variable(
            dashboard.DatasourceVariable("datasource")
            .label("Data source")
            .type("prometheus")
        )
        .with_variable(_queue_variable())
    )
    for panel in (*promise_tiles(), next_breach(), queues_table(), *trust_tiles()):
        built.with_panel(panel)
    return built.build()


def _queue_variable() -> dashboard.QueryVariable:
    # A second wall for one team is this one with `&var-queue=sales` in its address.
    return (
        dashboard.QueryVariable("queue")
        .label("Queue")
        .datasource(SOURCE)
        .query("label_values(replyclock_waiting, queue)")
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_ASC)
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(".+")
        .current(model.VariableOption(selected=True, text=["All"], value=["$__all"]))
    )
