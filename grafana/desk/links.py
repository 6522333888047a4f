"""Where a panel leads on: another dashboard, or the rule that watches what it shows.

A rule's page in Grafana links to its heading in the runbook: so where the runbook is,
is said in one place, with the rules.
"""

from dataclasses import dataclass
from typing import Final

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as model

_KEPT: Final = "${queue:queryparam}&${team:queryparam}"
"""What is chosen here is chosen there."""


@dataclass(frozen=True, slots=True)
class Link(Builder[model.DashboardLink]):
    """A panel's way onwards."""

    title: str
    url: str

    def build(self) -> model.DashboardLink:
        """As the SDK's builders take it."""
        return _Shown(title=self.title, url=self.url)


class _Shown(model.DashboardLink):
    """A link that is seen: the SDK hides each in the menu of the controls."""

    def to_json(self) -> dict[str, object]:
        return {
            name: value
            for name, value in super().to_json().items()
            if name != "placement"
        }


@dataclass(frozen=True, slots=True)
class Others(Builder[model.DashboardLink]):
    """Links to all dashboards with a tag, at the top of one."""

    tag: str

    def build(self) -> model.DashboardLink:
        return _Shown(
            title=self.tag,
            type_val=model.DashboardLinkType.DASHBOARDS,
            tags=[self.tag],
            include_vars=True,
        )


WALL: Final = Link("Who is next: the wall", f"/d/replyclock-wall?{_KEPT}")
TODAY: Final = Link("How the team does: Today", f"/d/replyclock-today?{_KEPT}")
PROMISES: Final = Link(
    "What is left of the budgets: Promises", f"/d/replyclock-promises?{_KEPT}"
)
DEMAND: Final = Link("When they write: Demand", f"/d/replyclock-demand?{_KEPT}")
MONITOR: Final = Link("Can it be believed: Monitor", f"/d/replyclock-monitor?{_KEPT}")


def rule(alert: str) -> Link:
    """To an alert rule of `grafana/prometheus/rules/`."""
    return Link(f"What to do: {alert}", f"/alerting/list?search=rule:{alert}")
