"""From a broken promise to people: whether it is found, told and taken up."""

from collections.abc import Iterator

from grafana_foundation_sdk.builders import timeseries

from grafana.desk import workings as ask
from grafana.desk.links import WALL, rule
from grafana.desk.panels import SECONDS, Question, graph


def way_out() -> Iterator[timeseries.Panel]:
    for panel in (
        graph(
            Question(
                11,
                "How soon are breaches found?",
                "From a deadline to the moment its breach was noticed; allowed_lateness"
                " is a part of it.",
                rule("MonitorDataDelayed"),
            ),
            ask.detection_delays(),
            unit=SECONDS,
            step="5m",
        ),
        graph(
            Question(
                12,
                "How soon are people told?",
                "From the deadline, warning point or step that is told to the moment"
                " the receiver's sink took the message.",
                rule("NotificationsFailing"),
            ),
            ask.alert_delays(),
            unit=SECONDS,
            step="5m",
        ),
        graph(
            Question(
                13,
                "Do alerts wait?",
                "Alerts that Slack does not show yet as they are.",
                rule("NotificationsFailing"),
            ),
            {"pending": ask.PENDING},
        ),
        graph(
            Question(
                14,
                "Who refuses alerts?",
                "Requests in an hour to Slack and other sinks that did not do what was"
                " asked, and notices that a fallback was told instead.",
                rule("SinkRefuses"),
            ),
            ask.failures(),
        ),
        graph(
            Question(
                15,
                "What do people do with alerts?",
                "Presses in an hour: taken, snoozed, muted, no reply needed.",
                WALL,
            ),
            {"{{kind}}": ask.PRESSES},
        ),
        graph(
            Question(
                16,
                "Which alerts got no message?",
                "Alerts, warnings and escalations in an hour that a list told, or that"
                " people kept back, by reason.",
                WALL,
            ),
            {"{{reason}}": ask.SUPPRESSED},
        ),
    ):
        yield panel.span(8).height(7)
