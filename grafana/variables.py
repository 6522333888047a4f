"""Variables of a dashboard: where the data is, and whom it is about."""

from typing import Final

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models import dashboard as model

from grafana.pieces import SOURCE

EVERYBODY: Final = ".*"
"""All teams: a queue without one is among them, which a list of teams leaves out."""


def source() -> dashboard.DatasourceVariable:
    """The Prometheus that is asked; Grafana takes its default one."""
    return (
        dashboard.DatasourceVariable("datasource")
        .label("Data source")
        .type("prometheus")
        .hide(model.VariableHide.HIDE_VARIABLE)
    )


def team() -> dashboard.QueryVariable:
    """`queues.*.team` of the config."""
    found = "label_values(replyclock_queue_info, team)"
    return choice("team", "Team", found).all_value(EVERYBODY)


def choice(name: str, title: str, query: str) -> dashboard.QueryVariable:
    """Some of what `query` finds, or all of it."""
    return (
        dashboard.QueryVariable(name)
        .label(title)
        .datasource(SOURCE)
        .query(query)
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_ASC)
        .multi(multi=True)
        .include_all(include_all=True)
        .current(model.VariableOption(selected=True, text=["All"], value=["$__all"]))
    )


def without_ignored(built: model.Dashboard) -> model.Dashboard:
    """Without what the SDK writes into each variable, and Grafana ignores."""
    for variable in built.templating.list_val or []:
        # Settings of interval variables.
        variable.auto = variable.auto_count = variable.auto_min = None
    return built
