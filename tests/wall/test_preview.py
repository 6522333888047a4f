import json
from typing import Any

import pytest

from grafana.expressions import IDLE, NOBODY, PARTIAL, STALE, UNDECIDED
from grafana.preview import look
from grafana.queries import WALL


@pytest.fixture(scope="module")
def configs() -> dict[str, dict[str, Any]]:
    wall = json.loads(WALL.read_text(encoding="utf-8"))
    return {
        panel["title"]: panel["fieldConfig"]["defaults"] for panel in wall["panels"]
    }


@pytest.mark.parametrize(
    ("panel", "value", "text", "colour"),
    [
        ("Oldest wait", NOBODY, "nobody", "#37872d"),
        ("Oldest wait", 299.6, "00:05:00", "#37872d"),
        ("Oldest wait", 300.0, "00:05:00", "#fa6400"),
        ("Oldest wait", 90_061.0, "25:01:01", "#c4162a"),
        ("Oldest wait", PARTIAL, "partial", "#fa6400"),
        ("Waiting now", 7.0, "7", "#37872d"),
        ("Breached, still waiting", 0.0, "none", "#37872d"),
        ("Breached, still waiting", 1.0, "1", "#c4162a"),
        ("Service level today", UNDECIDED, "no verdicts yet", "#1f60c4"),
        ("Service level today", 0.9, "90.0%", "#37872d"),
        ("Service level today", 0.0, "0.0%", "#c4162a"),
        ("Next breach", IDLE, "no clock runs", "#73bf69"),
        ("Next breach", 59.0, "00:00:59", "#f2495c"),
        ("Next breach", -1.0, "00:00:01 ago", "#f2495c"),
        ("Data delay", 0.25, "0.2 s", "#37872d"),
        ("Waiting now", STALE, "stale", "#fa6400"),
        ("Next breach", STALE, "stale", "#ff9830"),
        ("Silent sources", 0.0, "none", "#37872d"),
        ("Silent sources", 2.0, "2", "#fa6400"),
        ("Coverage", 0.75, "75.0%", "#c4162a"),
    ],
)
def test_figures_look_as_the_dashboard_says(
    configs: dict[str, dict[str, Any]],
    panel: str,
    value: float,
    text: str,
    colour: str,
) -> None:
    """Words before numbers, and the colour of the last threshold that is reached."""
    assert look(configs[panel], float(value)) == (text, colour)
