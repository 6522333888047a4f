"""The departures board: every queue of the wall, most urgent first."""

from typing import Final

from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.models import dashboard as model

from grafana.departures import departures
from grafana.pieces import AT_RISK, BROKEN, READABLE_PX, cells, step, text

_COLOURS: Final = {"late .*": BROKEN, "at risk .*": AT_RISK}


def board() -> stat.Panel:
    return (
        cells(departures(), _COLOURS)
        # The order of the urgency, by name where that is equal: both steps are stable.
        .with_transformation(_sorted("queue"))
        .with_transformation(_sorted("Value"))
        .with_transformation(
            step("organize", excludeByName={"queue": True, "Value": True})
        )
        .id(1)
        .title("Queues: who waits · how many are late · by how much, or the time left")
        .description(
            "Beside the name of a queue: how many of its customers wait, or 'muted'"
            " where its alerts are. 'late 5 · 1 h 05': to five of them a promise is"
            " broken, the worst for 1 h 05 min."
            " 'at risk 3 · 4 min': three are past their first warning, the next breaks"
            " in 4 min. '13 min': nobody is at risk. All in the time of the promise,"
            " which stands still where it is closed. 'clear': nobody waits. 'stale':"
            " nobody is known to, and a source is silent."
        )
        .text(text(px=READABLE_PX))
    )


def _sorted(field: str) -> model.DataTransformerConfig:
    return step("sortBy", fields={}, sort=[{"field": field}])
