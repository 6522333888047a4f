"""The wall by queue: bars of the time left, and a table for who walks up to it."""

from collections.abc import Sequence
from typing import Final

from grafana_foundation_sdk.builders import bargauge, common, table
from grafana_foundation_sdk.models import common as style
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import units

from grafana import expressions as ask
from grafana.pieces import (
    BLUE,
    BRIGHT_GREEN,
    BRIGHT_ORANGE,
    BRIGHT_RED,
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

_COLUMNS: Final = {
    "A": ("Waiting", ask.waiting("queue")),
    "B": ("At risk", ask.waiting("queue", band="at_risk")),
    "C": ("Breached", ask.waiting("queue", band="breached")),
    "D": ("Oldest wait", ask.oldest_wait("queue")),
    "E": ("Service level", ask.service_level("queue")),
    "F": ("Source", ask.stale("queue")),
}
_COLOURED: Final = style.TableColoredBackgroundCellOptions()


def next_breach() -> bargauge.Panel:
    return (
        bargauge.Panel()
        .id(5)
        .title("Next breach")
        .description(
            "Per queue, the time left until the next promise breaks. 'no clock runs'"
            " when nobody waits within the promised time, 'stale' when nobody is known"
            " to and a source is silent. A full bar: half an hour or more."
        )
        .datasource(SOURCE)
        .with_target(query("A", ask.next_breach("queue"), name="{{queue}}"))
        .span(11)
        .height(12)
        .unit(units.DurationInHoursMinutesSeconds)
        .no_value(NO_DATA)
        .min(0)
        .max(1800)
        .thresholds(steps((None, BRIGHT_RED), (60, BRIGHT_ORANGE), (300, BRIGHT_GREEN)))
        .color_scheme(by_threshold())
        .mappings(
            [
                mark(ask.IDLE, "no clock runs", BRIGHT_GREEN),
                mark(ask.PARTIAL, "partial", BRIGHT_ORANGE),
                mark(ask.STALE, "stale", BRIGHT_ORANGE),
            ]
        )
        .reduce_options(last_value())
        .orientation(style.VizOrientation.HORIZONTAL)
        .display_mode(style.BarGaugeDisplayMode.BASIC)
        .value_mode(style.BarGaugeValueMode.COLOR)
        .name_placement(style.BarGaugeNamePlacement.LEFT)
        .show_unfilled(show_unfilled=True)
        .sizing(style.BarGaugeSizing.AUTO)
        .text(common.VizTextDisplayOptions().title_size(NAME_PX).value_size(NAME_PX))
    )


def queues_table() -> table.Panel:
    panel = (
        table.Panel()
        .id(6)
        .title("Queues")
        .description(
            "Each queue's waits for a first reply now, and its service level since"
            " midnight. At risk: past its first warning point. Worst first. Source:"
            " 'stale' when an account is silent, so that its green may not be true."
        )
        .datasource(SOURCE)
        .span(13)
        .height(12)
        .unit(units.Short)
        .no_value(NO_DATA)
        .thresholds(steps((None, "transparent")))
        .color_scheme(by_threshold())
        .mappings([PARTIAL, STALE])
        .cell_height(style.TableCellHeight.LG)
        .sort_by(
            [common.TableSortByFieldState().display_name("Oldest wait").desc(desc=True)]
        )
        .with_transformation(_step("joinByField", byField="queue", mode="outer"))
        .with_transformation(_step("organize", **_columns()))
    )
    for ref_id, (_, expr) in _COLUMNS.items():
        panel.with_target(query(ref_id, expr, table=True))
    for column, properties in _looks().items():
        panel.override_by_name(
            column,
            [
                model.DynamicConfigValue(id_val=name, value=value)
                for name, value in properties.items()
            ],
        )
    return panel


def _step(name: str, **options: object) -> model.DataTransformerConfig:
    return model.DataTransformerConfig(id_val=name, options=options)


def _columns() -> dict[str, object]:
    # Each query brings its own time; a join of several numbers them.
    times = ["Time", *(f"Time {n}" for n in range(1, len(_COLUMNS) + 1))]
    names = {f"Value #{ref_id}": name for ref_id, (name, _) in _COLUMNS.items()}
    return {
        "excludeByName": dict.fromkeys(times, True),
        "indexByName": {name: n for n, name in enumerate(("queue", *names))},
        "renameByName": {"queue": "Queue", **names},
    }


def _looks() -> dict[str, dict[str, object]]:
    def coloured(*at: tuple[float | None, str]) -> dict[str, object]:
        return {
            "thresholds": steps(*at).build(),
            "custom.cellOptions": _COLOURED,
        }

    def words(*marks: model.ValueMap) -> Sequence[model.ValueMap]:
        return [*marks, PARTIAL, STALE]

    return {
        "At risk": coloured((None, "transparent"), (1, ORANGE)),
        "Breached": coloured((None, "transparent"), (1, RED)),
        "Oldest wait": {
            "unit": units.DurationInHoursMinutesSeconds,
            "mappings": words(mark(ask.NOBODY, "nobody", GREEN)),
            **coloured((None, GREEN), (300, ORANGE), (900, RED)),
        },
        "Service level": {
            "unit": units.PercentUnit,
            "decimals": 1,
            "mappings": words(mark(ask.UNDECIDED, "no verdicts yet", BLUE)),
            **coloured((None, RED), (0.8, ORANGE), (0.9, GREEN)),
        },
        "Source": {
            "mappings": [mark(0, "live", GREEN), mark(1, "stale", RED), PARTIAL],
            **coloured((None, GREEN), (1, RED)),
        },
    }
