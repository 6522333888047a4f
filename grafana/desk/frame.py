"""What both dashboards of the desk share: variables, links between them, time zone."""

from collections.abc import Iterable
from typing import Final

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as model

from grafana.desk.links import Others
from grafana.pieces import SOURCE

TAG: Final = "replyclock"
"""Whatever carries it is in the links at the top of each dashboard."""


def frame(
    title: str,
    *,
    uid: str,
    description: str,
    since: str,
    by_queue: bool,
    panels: Iterable[Builder[model.Panel]],
) -> model.Dashboard:
    """A dashboard of `panels` that shows `since` until now.

    What is chosen of teams and queues is kept on the way through one that is not
    `by_queue`, but nothing can be chosen there: it would change nothing.

    The time zone is Grafana's own default, which compose sets from the config: with
    each browser's, "today" would begin at another midnight for each who looks.
    """
    hidden = model.VariableHide.HIDE_VARIABLE
    choices = model.VariableHide.DONT_HIDE if by_queue else hidden
    built = (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(description)
        .tags([TAG])
        .readonly()
        .tooltip(model.DashboardCursorSync.CROSSHAIR)
        .refresh("1m")
        .time(since, "now")
        .timezone("")
        .link(Others(TAG))
        .with_variable(_source())
        .with_variable(_team().hide(choices))
        .with_variable(_queue().hide(choices))
    )
    for panel in panels:
        built.with_panel(panel)
    return _without_ignored(built.build())


def _source() -> dashboard.DatasourceVariable:
    return (
        dashboard.DatasourceVariable("datasource")
        .label("Data source")
        .type("prometheus")
        .hide(model.VariableHide.HIDE_VARIABLE)
    )


def _team() -> dashboard.QueryVariable:
    # A queue without a team is in "All", which a list of all teams would leave out.
    return (
        _choice("team", "Team")
        .query("label_values(replyclock_queue_info, team)")
        .all_value(".*")
    )


def _queue() -> dashboard.QueryVariable:
    # "All" is the list of what is found, so that it is all of the team; with queues
    # that only events name, which have no team and no `replyclock_queue_info`.
    found = (
        'group by (queue) (replyclock_queue_info{team=~"$team"})'
        ' or group by (queue) (replyclock_open_sessions{team=~"$team"})'
        " unless on (queue) replyclock_queue_info"
    )
    return (
        _choice("queue", "Queue")
        .query(f"query_result({found})")
        .regex('/queue="([^"]+)"/')
    )


def _choice(label: str, title: str) -> dashboard.QueryVariable:
    return (
        dashboard.QueryVariable(label)
        .label(title)
        .datasource(SOURCE)
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_ASC)
        .multi(multi=True)
        .include_all(include_all=True)
        .current(model.VariableOption(selected=True, text=["All"], value=["$__all"]))
    )


def _without_ignored(built: model.Dashboard) -> model.Dashboard:
    """Without what the SDK writes of its own accord and Grafana does not read."""
    for variable in built.templating.list_val or []:
        # Of interval variables alone.
        variable.auto = variable.auto_count = variable.auto_min = None
    return built
