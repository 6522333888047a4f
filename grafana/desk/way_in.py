"""From a source to the rules: whether all comes in, whole and in time."""

from collections.abc import Iterator

from grafana_foundation_sdk.builders import timeseries
from grafana_foundation_sdk.models import units

from grafana.desk import workings as ask
from grafana.desk.links import TODAY, rule
from grafana.desk.panels import SECONDS, Question, graph


def way_in() -> Iterator[timeseries.Panel]:
    for panel in (
        graph(
            Question(
                5,
                "How long until an event counts?",
                "From an event's arrival at the intake to its being applied.",
                rule("MonitorDataDelayed"),
            ),
            ask.event_delays(),
            unit=SECONDS,
        ),
        graph(
            Question(
                6,
                "How far behind are we?",
                "Records in Kafka that are not applied yet: events by the workers,"
                " facts by the alerts process.",
                rule("MonitorDataDelayed"),
            ),
            {"{{topic}}": ask.LAG},
        ),
        graph(
            Question(
                7,
                "Does the door let all in?",
                "Webhooks a minute by the HTTP status of their answer. 401: a bad"
                " signature; 5..: our fault, and the source tries again.",
                rule("WebhooksRefused"),
            ),
            {"{{source}} {{code}}": ask.WEBHOOKS},
        ),
        graph(
            Question(
                8,
                "Does the spool fill?",
                "How full the disk's spool is, that keeps webhooks while Kafka is"
                " away. No data where intake has none.",
                rule("WebhooksSpooled"),
            ),
            {"{{instance}}": ask.SPOOL},
            unit=units.PercentUnit,
        ).max(1),
        graph(
            Question(
                9,
                "What could not be used?",
                "Records of each kind in an hour: dead letters, events older than"
                " what is kept, facts that are none, and parts of webhooks that"
                " cannot be read.",
                rule("DeadLetters"),
            ),
            ask.unusable(),
        ),
        graph(
            Question(
                10,
                "Do sources send late or twice?",
                "Events in an hour that arrived later than allowed_lateness, from a"
                " clock that was ahead, or that said nothing new.",
                TODAY,
            ),
            ask.odd(),
        ),
    ):
        yield panel.span(8).height(7)
