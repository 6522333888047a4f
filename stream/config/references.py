"""Names in `sla.yaml` that must lead somewhere, or be there once only."""

from collections.abc import Iterator
from typing import Any

from stream.config.alerts import SINKS
from stream.config.names import Wrong, keys, unknown, written
from stream.sla.events import Channel
from stream.sla.hours import ALWAYS
from stream.sla.policy import UNROUTED

CHANNELS = [channel.value for channel in Channel]

_USES = {
    "calendar": (
        "queues.*.calendar",
        "policies.*.calendar",
        "policies.*.targets.*.calendar",
        "alerts.receivers.*.calendar",
        "alerts.routes.*.to.calendar",
    ),
    "queue": ("policies.*.match.queue", "alerts.routes.*.match.queue"),
    "channel": ("policies.*.match.channel", "alerts.routes.*.match.channel"),
    "policy": ("alerts.routes.*.match.policy",),
    "receiver": (
        "policies.*.escalate.*.to",
        "alerts.routes.*.to",
        "alerts.routes.*.to.then",
        "alerts.routes.*.to.else",
        "alerts.receivers.*.fallback.to",
        "alerts.monitor",
    ),
}
_UNWRITTEN = {"calendar": [ALWAYS], "queue": [UNROUTED], "channel": CHANNELS}
"""Names that are there without a word in the file."""


def dangling(document: Any, *, is_whole: bool) -> Iterator[Wrong]:
    """Where each wrong name of the file stands, and what is wrong with it.

    `is_whole`: nothing else is wrong. If something is, names of which the file defines
    none are left alone: the key above them may be mistyped, and that is one fault.
    """
    policies = [name for _, name in written(document, "policies.*.name")]
    defined = {
        "calendar": keys(document, "calendars"),
        "queue": keys(document, "queues"),
        "policy": [name for name in policies if isinstance(name, str)],
        "receiver": keys(document, "alerts.receivers"),
    }
    for what, patterns in _USES.items():
        named = defined.get(what, [])
        if named or is_whole or what not in defined:
            known = [*named, *_UNWRITTEN.get(what, ())]
            for pattern in patterns:
                yield from unknown(document, pattern, what, known)
    yield from _accounts(document)
    yield from _policies(document)
    yield from _last_route(document)
    yield from _monitor(document)
    yield from _fallbacks(document)


def _accounts(document: Any) -> Iterator[Wrong]:
    if UNROUTED in keys(document, "queues"):
        yield ("queues", UNROUTED), "is the queue of accounts that no queue lists"
    owners: dict[str, Any] = {}
    for (_, name, _, index), account in written(document, "queues.*.accounts.*"):
        if isinstance(account, str) and isinstance(index, int):
            if account in owners:
                text = f"{account!r} is in queue {owners[account]!r} already"
                yield ("queues", name, "accounts"), text
            owners[account] = name


def _policies(document: Any) -> Iterator[Wrong]:
    names: set[str] = set()
    for path, name in written(document, "policies.*.name"):
        if isinstance(name, str):
            if name in names:
                yield path, f"a policy named {name!r} stands above"
            names.add(name)


def _last_route(document: Any) -> Iterator[Wrong]:
    last = [route for _, route in written(document, "alerts.routes.*")][-1:]
    if any(match for route in last for _, match in written(route, "match")):
        yield ("alerts", "routes"), "the last route must catch all: leave out match"


def _monitor(document: Any) -> Iterator[Wrong]:
    sinks = _sinks(document)
    for path, name in written(document, "alerts.monitor"):
        kind = sinks[name][0] if isinstance(name, str) and name in sinks else None
        if kind in ("alertmanager", "apprise"):
            text = f"{name!r} is neither slack nor webhook: Alertmanager cannot tell it"
            yield path, text


def _fallbacks(document: Any) -> Iterator[Wrong]:
    sinks = _sinks(document)
    for path, other in written(document, "alerts.receivers.*.fallback.to"):
        place = sinks.get(other) if isinstance(other, str) else None
        if place is not None and place == sinks.get(path[2]):
            yield path, f"{other!r} is in the same place: name another"


def _sinks(document: Any) -> dict[str | int, tuple[str, Any]]:
    """Of each receiver, its kind and where it leads."""
    return {
        path[2]: (kind, place)
        for kind in SINKS
        for key in ("channel", "url_from")
        for path, place in written(document, f"alerts.receivers.*.{kind}.{key}")
    }
