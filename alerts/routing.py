"""Who is told: the first route that matches a fact (`sla.yaml`: alerts.routes)."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from stream.sla.facts import Fact


class RouteLike(Protocol):
    """What is read of `stream.config.Route`."""

    @property
    def match(self) -> Mapping[Any, str]: ...
    @property
    def to(self) -> str: ...


def receiver_of(fact: Fact, routes: Iterable[RouteLike]) -> str:
    """Name the receiver. All pairs of a route must match; no pairs match all.

    Raises `LookupError` when nothing matches: the config refuses such routes.
    """
    for route in routes:
        if all(getattr(fact, name) == wanted for name, wanted in route.match.items()):
            return route.to
    raise LookupError("no route matches: the last one must catch all")
