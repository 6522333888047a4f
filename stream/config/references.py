"""Names in `sla.yaml` that must lead somewhere, or be there once only."""

from collections.abc import Iterable, Iterator, Mapping

from stream.config.alerts import Receiver
from stream.config.model import Config
from stream.config.nearest import listed, meant
from stream.sla.events import Channel
from stream.sla.hours import ALWAYS
from stream.sla.policy import UNROUTED

CHANNELS = [channel.value for channel in Channel]

Path = tuple[str | int, ...]
Wrong = tuple[Path, str]


def dangling(config: Config) -> Iterator[Wrong]:
    """Where each wrong name stands, and what is wrong with it."""
    yield from _accounts(config)
    yield from _calendars(config)
    yield from _policies(config)
    yield from _routes(config)
    yield from _fallbacks(config)


def _accounts(config: Config) -> Iterator[Wrong]:
    if UNROUTED in config.queues:
        yield ("queues", UNROUTED), "is the queue of accounts that no queue lists"
    owners: dict[str, str] = {}
    for name, queue in config.queues.items():
        for account in queue.accounts:
            if account in owners:
                text = f"{account!r} is in queue {owners[account]!r} already"
                yield ("queues", name, "accounts"), text
            owners[account] = name


def _calendars(config: Config) -> Iterator[Wrong]:
    known = [*config.calendars, ALWAYS]
    for name, queue in config.queues.items():
        if queue.calendar is not None:
            path: Path = ("queues", name, "calendar")
            yield from _known("calendar", queue.calendar, known, path)
    for name, receiver in config.alerts.receivers.items():
        if receiver.calendar is not None:
            path = ("alerts", "receivers", name, "calendar")
            yield from _known("calendar", receiver.calendar, known, path)
    for index, policy in enumerate(config.policies):
        here: Path = ("policies", index)
        if policy.calendar is not None:
            yield from _known("calendar", policy.calendar, known, (*here, "calendar"))
        for measure in ("first_reply", "next_reply", "resolution"):
            target = getattr(policy.targets, measure)
            if target is not None and target.calendar is not None:
                place = (*here, "targets", measure, "calendar")
                yield from _known("calendar", target.calendar, known, place)


def _policies(config: Config) -> Iterator[Wrong]:
    names: set[str] = set()
    for index, policy in enumerate(config.policies):
        path: Path = ("policies", index)
        if policy.name in names:
            yield (*path, "name"), f"a policy named {policy.name!r} stands above"
        names.add(policy.name)
        match = (*path, "match")
        for queue in sorted(policy.match.queue or ()):
            yield from _known("queue", queue, config.queue_names, (*match, "queue"))
        for channel in sorted(policy.match.channel or ()):
            yield from _known("channel", channel, CHANNELS, (*match, "channel"))
        for number, step in enumerate(policy.escalate):
            place = (*path, "escalate", number, "to")
            yield from _known("receiver", step.to, config.alerts.receivers, place)


def _routes(config: Config) -> Iterator[Wrong]:
    alerts, queues = config.alerts, config.queue_names
    policies = [policy.name for policy in config.policies]
    for index, route in enumerate(alerts.routes):
        path: Path = ("routes", index)
        here: Path = ("alerts", *path)
        if (queue := route.match.get("queue")) is not None:
            yield from _known("queue", queue, queues, (*here, "match", "queue"))
        if (channel := route.match.get("channel")) is not None:
            place = (*here, "match", "channel")
            yield from _known("channel", channel, CHANNELS, place)
        if (policy := route.match.get("policy")) is not None:
            place = (*here, "match", "policy")
            yield from _known("policy", policy, policies, place)
        for receiver in route.to.receivers:
            yield from _known("receiver", receiver, alerts.receivers, (*here, "to"))
        if route.to.calendar is not None:
            place = (*here, "to", "calendar")
            known = [*config.calendars, ALWAYS]
            yield from _known("calendar", route.to.calendar, known, place)
    if alerts.monitor is not None:
        yield from _monitor(alerts.monitor, alerts.receivers)
    if alerts.routes[-1].match:
        text = "the last route must catch all: leave out match"
        yield ("alerts", "routes"), text


def _monitor(name: str, receivers: Mapping[str, Receiver]) -> Iterator[Wrong]:
    path: Path = ("alerts", "monitor")
    yield from _known("receiver", name, receivers, path)
    receiver = receivers.get(name)
    if receiver is not None and not (receiver.slack or receiver.webhook):
        yield (
            path,
            f"{name!r} is neither slack nor webhook: Alertmanager cannot tell it",
        )


def _fallbacks(config: Config) -> Iterator[Wrong]:
    receivers = config.alerts.receivers
    for name, receiver in receivers.items():
        if receiver.fallback is None:
            continue
        path: Path = ("alerts", "receivers", name, "fallback", "to")
        yield from _known("receiver", receiver.fallback.to, receivers, path)
        other = receivers.get(receiver.fallback.to)
        if other is not None and other.place == receiver.place:
            yield path, f"{receiver.fallback.to!r} is in the same place: name another"


def _known(what: str, name: str, known: Iterable[str], path: Path) -> Iterator[Wrong]:
    names = [*known]
    if name in names or name == UNROUTED:
        return
    yield path, f"no {what} {name!r}{meant(name, names) or listed(names)}"
