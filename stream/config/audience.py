"""Who may hear of a queue's alerts: by a route, or by a step of an escalation."""

from collections.abc import Iterator, Mapping
from typing import Any

from stream.config.alerts import Route
from stream.config.model import Config, Queue


def routes_of(queue: str, config: Config) -> Iterator[Route]:
    """Those that its conversations may take, up to the one that takes them all."""
    known = config.queues.get(queue, Queue())
    for route in config.alerts.routes:
        rest = {name: value for name, value in route.match.items() if name != "queue"}
        if route.match.get("queue", queue) == queue and _may_match(rest, known):
            yield route
            if not rest:
                return


def hears_of(receiver: str, queue: str, config: Config) -> bool:
    """Whether an alert of `queue` may be told to `receiver`."""
    return any(
        receiver in route.to.receivers for route in routes_of(queue, config)
    ) or any(
        step.to == receiver
        for policy in config.policies
        if policy.match.queue is None or queue in policy.match.queue
        for step in policy.escalate
    )


def _may_match(wanted: Mapping[Any, str], known: Queue) -> bool:
    """Whether one of the queue's accounts fits; a queue without any has all."""
    accounts = [account.partition(":") for account in known.accounts]
    return not accounts or any(
        wanted.get("channel", channel) == channel
        and wanted.get("account", number) == number
        for channel, _, number in accounts
    )
