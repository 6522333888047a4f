"""The wall's big numbers, each with its name in large: Grafana draws titles small."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import common, stat
from grafana_foundation_sdk.models import common as style
from grafana_foundation_sdk.models import units

from grafana import expressions as ask
from grafana.pieces import (
    BLUE,
    GREEN,
    NAME_PX,
    NO_DATA,
    ORANGE,
    PARTIAL,
    RED,
    SOURCE,
    STALE,
    by_threshold,
    last_value,
    mark,
    query,
    steps,
)


def promise_tiles() -> Sequence[stat.Panel]:
    """How we stand with the customers; ids 1 to 4."""
    oldest = (
        _tile(1, "Oldest wait", "Oldest wait", ask.oldest_wait())
        .description(
            "How long the customer who has waited longest for a first reply waits,"
            " hours:minutes:seconds; 'nobody' when no one does. Orange from 5 minutes,"
            " red from 15: the promises of config/sla.yaml."
        )
        .unit(units.DurationInHoursMinutesSeconds)
        .thresholds(steps((None, GREEN), (300, ORANGE), (900, RED)))
        .mappings([mark(ask.NOBODY, "nobody", GREEN), PARTIAL, STALE])
    )
    now = (
        _tile(2, "Waiting now", "Waiting now", ask.waiting())
        .description("Customers who wait for a first reply, breached ones included.")
        .thresholds(steps((None, GREEN), (20, ORANGE), (50, RED)))
        .mappings([mark(0, "nobody", GREEN), PARTIAL, STALE])
    )
    breached = (
        _tile(3, "Breached, still waiting", "Breached", ask.waiting(band="breached"))
        .description("Customers without a reply whose promised time is over.")
        .thresholds(steps((None, GREEN), (1, RED)))
        .mappings([mark(0, "none", GREEN), PARTIAL, STALE])
    )
    level = (
        _tile(4, "Service level today", "Service level", ask.service_level())
        .description(
            "First replies in time of all decided ones since midnight: met / (met +"
            " breached), without retracted verdicts; cancelled ones do not count. 'no"
            " verdicts yet' before the first: nothing is not 100 %."
        )
        .unit(units.PercentUnit)
        .decimals(1)
        .thresholds(steps((None, RED), (0.8, ORANGE), (0.9, GREEN)))
        .mappings([mark(ask.UNDECIDED, "no verdicts yet", BLUE)])
    )
    return [tile.span(6).height(8) for tile in (oldest, now, breached, level)]


def trust_tiles() -> Sequence[stat.Panel]:
    """Whether the other tiles can be believed; ids 7 to 10."""
    delay = (
        _tile(7, "Data delay", "Data delay", ask.data_delay())
        .description(
            "From an event's arrival at the intake to its being counted here, 99 of"
            " 100 in the last minute. 0 when it is quiet and nothing waits in Kafka; a"
            " minute when records wait and none gets through: then it is more."
        )
        .unit(units.Seconds)
        .decimals(1)
        .thresholds(steps((None, GREEN), (5, ORANGE), (30, RED)))
    )
    behind = (
        _tile(8, "Events behind", "Events behind", ask.LAG)
        .description("Events in Kafka that the workers have not applied yet.")
        .thresholds(steps((None, GREEN), (1_000, ORANGE), (10_000, RED)))
        .mappings([mark(0, "none", GREEN)])
    )
    coverage = (
        _tile(9, "Coverage", "Coverage", ask.COVERAGE)
        .description(
            "Partitions that a worker owns and has restored, of all. Below 100 % some"
            " conversations are watched by nobody, and the other tiles say 'partial'."
        )
        .unit(units.PercentUnit)
        .decimals(1)
        .thresholds(steps((None, RED), (1, GREEN)))
    )
    silent = (
        _tile(10, "Silent sources", "Silent sources", ask.silent_sources())
        .description(
            "Accounts of which nothing was heard for silence_after of open time. Where"
            " nobody is known to wait, the figures of their queues say 'stale'."
        )
        .thresholds(steps((None, GREEN), (1, ORANGE)))
        .mappings([mark(0, "none", GREEN), PARTIAL])
    )
    tiles = (delay, behind, coverage, silent)
    return [tile.span(6).height(7) for tile in tiles]


def _tile(number: int, title: str, name: str, expr: str) -> stat.Panel:
    return (
        stat.Panel()
        .id(number)
        .title(title)
        .datasource(SOURCE)
        .with_target(query("A", expr, name=name))
        .unit(units.Short)
        .no_value(NO_DATA)
        .color_scheme(by_threshold())
        .reduce_options(last_value())
        .color_mode(style.BigValueColorMode.BACKGROUND_SOLID)
        .graph_mode(style.BigValueGraphMode.NONE)
        .text_mode(style.BigValueTextMode.VALUE_AND_NAME)
        .justify_mode(style.BigValueJustifyMode.CENTER)
        # The value's size is left to Grafana, which fills the tile and shrinks words.
        .text(common.VizTextDisplayOptions().title_size(NAME_PX))
    )
