"""What is odd about routes: one for nothing, and a queue that none is for."""

from collections.abc import Iterator, Mapping
from typing import Any

from stream.config.alerts import Route
from stream.config.model import Config, Queue
from stream.config.policies import PolicyPart
from stream.config.sources import Sources
from stream.config.targets import NOTHING

Path = tuple[str | int, ...]
Odd = tuple[Path, str]


def odd_routes(config: Config, sources: Sources) -> Iterator[Odd]:
    """In no order."""
    routes = config.alerts.routes
    for index, route in enumerate(routes):
        path: Path = ("alerts", "routes", index)
        above = (before.match.items() for before in routes[:index])
        if any(match <= route.match.items() for match in above):
            yield path, "can never match: a route above matches all of it"
        else:
            yield from _for_nothing(route, config, sources, (*path, "match"))
    yield from _of_warnings(config)
    yield from _named(config)


def _for_nothing(
    route: Route, config: Config, sources: Sources, path: Path
) -> Iterator[Odd]:
    """A route of what breaks no promise, or of an account that there is not."""
    why = sources.why_nothing({name: {value} for name, value in route.match.items()})
    if why is not None:
        yield path, why
    for policy in config.policies:
        if policy.name == route.match.get("policy"):
            if policy.shadow:
                text = f"{policy.name!r} is a shadow: nobody is told of its promises"
                yield (*path, "policy"), text
            elif policy.targets is NOTHING:
                text = f"{policy.name!r} promises nothing: there is nothing to tell"
                yield (*path, "policy"), text


def _of_warnings(config: Config) -> Iterator[Odd]:
    """A route that tells warnings, of which there are none."""
    if not any(map(_warns, config.policies)):
        for index, route in enumerate(config.alerts.routes):
            if route.tell is not None and "warning" in route.tell:
                place = ("alerts", "routes", index, "tell")
                yield place, "no policy warns: set warn_at or targets.window"


def _named(config: Config) -> Iterator[Odd]:
    """A queue that no route is for, where there are routes for queues."""
    routes = [route.match for route in config.alerts.routes]
    if not any("queue" in match for match in routes):
        return
    for name, queue in config.queues.items():
        if not any(match and _is_for(match, name, queue) for match in routes):
            yield ("queues", name), "no route names it: its alerts go to the last route"


def _is_for(match: Mapping[Any, str], name: str, queue: Queue) -> bool:
    """Whether a route names the queue, or an account or channel of its own."""
    if match.get("queue") == name:
        return True
    accounts = (account.partition(":") for account in queue.accounts)
    return any(
        match.items() <= {"channel": channel, "account": number}.items()
        for channel, _, number in accounts
    )


def _warns(policy: PolicyPart) -> bool:
    targets = policy.targets
    timed = (targets.first_reply, targets.next_reply, targets.resolution)
    return targets.window is not None or any(each and each.warn_at for each in timed)
