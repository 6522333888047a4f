"""Who is told, and of what: the first route that matches (`alerts.routes`)."""

from collections.abc import Iterable

from alerts.alert import concerns_alerts
from stream.config import Alerts, Config, Route
from stream.config.alerts import Tell
from stream.sla.facts import WINDOW, Fact, FactKind


def route_of(fact: Fact, routes: Iterable[Route]) -> Route:
    """Choose the route. All pairs of it must match; no pairs match all.

    Raises `LookupError` when nothing matches: the config refuses such routes.
    """
    for route in routes:
        if all(getattr(fact, name) == wanted for name, wanted in route.match.items()):
            return route
    raise LookupError("no route matches: the last one must catch all")


def receiver_of(fact: Fact, config: Alerts, now: int) -> str:
    """Name the receiver who is on call at `now` (ms); raises as `route_of` does."""
    return config.receiver_on_call(route_of(fact, config.routes), now)


def tells(what: Tell, ground: Fact, routes: Iterable[Route]) -> bool:
    """Whether `what` is told of the alert about `ground`."""
    route = route_of(ground, routes)
    return route.tells(what, of_window=ground.measure is WINDOW)


class Routes:
    """The routes in force, for whoever reads facts."""

    def __init__(self, config: Config) -> None:
        self.take(config)

    def take(self, config: Config) -> None:
        """From now on."""
        self._routes = config.alerts.routes

    def concern(self, fact: Fact) -> bool:
        """Whether `fact` can change an alert: of warnings, those that are told."""
        if not concerns_alerts(fact):
            return False
        return fact.kind is not FactKind.WARNED or tells("warning", fact, self._routes)
