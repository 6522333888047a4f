"""The wall: one screen for a team, readable at five metres.

One look answers: is anybody late, who is next, do we keep our promises today, can I
believe this? Dark when all is well; orange at risk, red broken, purple unknown.
A 1080p screen holds 28 grid rows of 38 px; the panels take 27.
"""

from typing import Final

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models import dashboard as model

from grafana.queue_panels import board
from grafana.tiles import now, today, trust
from grafana.variables import choice, source, team, without_ignored

UID: Final = "replyclock-wall"
_QUEUES: Final = "label_values(replyclock_customers_waiting, queue)"

_PLACES: Final = (
    (0, 0, 15, 27),  # the board
    (15, 0, 9, 6),  # late
    (15, 6, 9, 5),  # at risk
    (15, 11, 9, 5),  # longest
    (15, 16, 9, 5),  # today
    (15, 21, 9, 6),  # trust
)
"""x, y, width, height, in columns of a 24th and rows of 38 px."""


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
        # Grafana's default: one time zone for all who look, not each browser's.
        .timezone("")
        .timepicker(dashboard.TimePicker().hidden(hidden=True))
        # A wall for one team is this one with `&var-team=emea`, or `&var-queue=sales`.
        .with_variable(source())
        .with_variable(team())
        .with_variable(choice("queue", "Queue", _QUEUES).all_value(".+"))
    )
    panels = (board(), *now(), today(), trust())
    for panel, (x, y, w, h) in zip(panels, _PLACES, strict=True):
        built.with_panel(panel.grid_pos(model.GridPos(x=x, y=y, w=w, h=h)))
    return without_ignored(built.build())
