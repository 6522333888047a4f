"""What both dashboards of the desk share: variables, links between them, time zone."""

from collections.abc import Iterable
from typing import Final

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as model

from grafana.desk.links import Others
from grafana.variables import choice, source, team, without_ignored

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
        .with_variable(source())
        .with_variable(team().hide(choices))
        .with_variable(_queue().hide(choices))
    )
    for panel in panels:
        built.with_panel(panel)
    return without_ignored(built.build())


def _queue() -> dashboard.QueryVariable:
    # "All" is the list of what is found, so that it is all of the team; with queues
    # that only events name, which have no team and no `replyclock_queue_info`.
    found = (
        'group by (queue) (replyclock_queue_info{team=~"$team"})'
        ' or group by (queue) (replyclock_open_sessions{team=~"$team"})'
        " unless on (queue) replyclock_queue_info"
    )
    # Greedy: a name may have a quote in it, which Grafana's text of a result leaves so.
    return choice("queue", "Queue", f"query_result({found})").regex('/queue="(.+)"/')
