"""Monitor: whether what the other dashboards say can be believed, for who runs it."""

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.builders import stat, table, timeseries
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import units

from grafana.desk import workings as ask
from grafana.desk.frame import frame
from grafana.desk.links import WALL, rule
from grafana.desk.panels import (
    CLOCK,
    ORANGE,
    PLAIN,
    RED,
    Question,
    coloured,
    number,
    rows,
    words,
)
from grafana.desk.way_in import way_in
from grafana.desk.way_out import way_out

UID: Final = "replyclock-monitor"

_Panel = stat.Panel | timeseries.Panel | table.Panel
_ANY: Final = ((None, PLAIN), (1, ORANGE))


def monitor() -> model.Dashboard:
    """The dashboard; the same every time."""
    return frame(
        "ReplyClock monitor",
        uid=UID,
        description="Whether events are counted, breaches found and people told, now.",
        since="now-6h",
        by_queue=False,
        panels=(*_now(), *way_in(), *way_out(), _sources(), _rules_in_force()),
    )


def _now() -> Iterator[_Panel]:
    for panel in (
        number(
            Question(
                1,
                "Does every process answer?",
                "Processes of each kind that Prometheus reaches. Without a worker no"
                " breach is found, without alerts nobody is told.",
                rule("MonitorDown"),
            ),
            ask.processes(),
            steps=((None, RED), (1, PLAIN)),
        ),
        number(
            Question(
                2,
                "Is every conversation watched?",
                "Partitions that a process owns and has restored, of all: of events"
                " the workers', of facts the alerts'. Below 100 % some promises break"
                " unseen, or untold.",
                rule("MonitorPartitionsUncovered"),
            ),
            ask.coverage(),
            unit=units.PercentUnit,
            steps=((None, RED), (1, PLAIN)),
        ),
        number(
            Question(
                3,
                "How long does an alert wait?",
                "Of the alerts that Slack does not show yet as they are, the one that"
                " waits for longest.",
                rule("NotificationsFailing"),
            ),
            {"longest": ask.PENDING_FOR},
            unit=CLOCK,
            steps=((None, PLAIN), (60, RED)),
            marks={0: "none waits"},
        ),
        number(
            Question(
                4,
                "Is anything kept back?",
                "Queues that are muted now, and lists that tell many alerts at once.",
                WALL,
            ),
            ask.kept_back(),
            steps=_ANY,
        ),
    ):
        yield panel.span(6).height(4)


def _sources() -> _Panel:
    return (
        rows(
            Question(
                17,
                "Which sources are silent?",
                "Each account that the config names, when its newest event happened,"
                " and whether nothing was heard of it for silence_after of opening"
                " hours.",
                rule("SourceSilent"),
            ),
            {"Silent": ask.SILENT, "Last event": ask.LAST_EVENT},
            key={"source": "Source", "queue": "Queue"},
            looks={
                "Silent": {
                    "custom.width": 80,
                    "mappings": words({0: "no", 1: "silent"}),
                    **coloured((None, PLAIN), (1, ORANGE)),
                },
                "Last event": {
                    "unit": units.DateTimeFromNow,
                    "mappings": words({0: "never"}),
                },
            },
            sort="Silent",
        )
        .span(13)
        .height(9)
    )


def _rules_in_force() -> _Panel:
    return (
        rows(
            Question(
                18,
                "Which rules are in force?",
                "The version of the rules that each process follows, since when, and"
                " whether it refused what the file says now. One version is right.",
                rule("ConfigDrift"),
            ),
            {"Refused": ask.REFUSED, "Taken": ask.TAKEN, "Version": ask.VERSION},
            key={"instance": "Process", "hash": "Rules"},
            looks={
                "Refused": {
                    "custom.width": 90,
                    "mappings": words({0: "no", 1: "refused"}),
                    **coloured((None, PLAIN), (1, RED)),
                },
                "Taken": {"unit": units.DateTimeFromNow},
            },
            sort="Refused",
            hidden=("Value #C",),
        )
        .span(11)
        .height(9)
    )
