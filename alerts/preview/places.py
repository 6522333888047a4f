"""Places: where in a rules file a promise is made, and to whom. Pure."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from alerts.preview.stories import Place
from stream.config import Config
from stream.sla.events import Channel
from stream.sla.facts import Measure
from stream.sla.hours import ALWAYS
from stream.sla.instants import HOUR, to_ms
from stream.sla.policy import Attributes, Policy

_MONDAY = datetime(2026, 3, 2, 9)  # noqa: DTZ001  in the zone of the rules
"""When stories begin, if their policy does not ask for another hour: always the same,
so that two previews differ where their rules do."""
_WEEK = 7 * 24


def places(config: Config, queue: str, measure: Measure) -> list[Place]:
    """Where the work of `queue` is promised `measure`.

    First the queue's own accounts, and what holds for most conversations there.
    """
    book = config.rules().book
    found = [
        place
        for policy in book.policies
        if policy.target(measure) is not None
        for place in _asking_for(config, queue, policy)
        if book.choose(_attributes(config, place)) is policy
    ]
    own = config.queues[queue].accounts if queue in config.queues else ()

    def is_rare(place: Place) -> tuple[bool, int]:
        known = (place.priority, place.tier, *place.tags)
        is_own = f"{place.channel}:{place.account}" in own
        return not is_own, sum(each is not None for each in known)

    return sorted(found, key=is_rare)


def _asking_for(config: Config, queue: str, policy: Policy) -> Iterator[Place]:
    """As the policy's own words ask for it; an earlier one may come before it."""
    match = {name: min(wanted) for name, wanted in policy.match.items()}
    for at in _hours(config, queue, match.get("hours")):
        for channel, account in _accounts(config, queue, policy):
            yield Place(
                channel=channel,
                account=account,
                queue=queue,
                at=at,
                priority=match.get("priority"),
                tier=match.get("tier"),
                tags=(match["tags"],) if "tags" in match else (),
            )


def _attributes(config: Config, place: Place) -> Attributes:
    return Attributes(
        place.channel,
        place.account,
        place.queue,
        place.priority,
        place.tier,
        frozenset(place.tags),
        _open_or_closed(config, place.queue, place.at),
    )


def _hours(config: Config, queue: str, wanted: str | None) -> list[int]:
    """When a story may begin: the first hour of a week that is as it is wanted."""
    monday = to_ms(_MONDAY.replace(tzinfo=ZoneInfo(config.timezone)))
    hours = (monday + hour * HOUR for hour in range(_WEEK))
    fit = (at for at in hours if wanted in {None, _open_or_closed(config, queue, at)})
    return [*islice(fit, 1)]


def _open_or_closed(config: Config, queue: str, at: int) -> str:
    rules = config.rules()
    name = rules.queue_calendars.get(queue, ALWAYS)
    return "open" if rules.calendar(name).is_open(at) else "closed"


def _accounts(
    config: Config, queue: str, policy: Policy
) -> Iterator[tuple[Channel, str]]:
    """The queue's own, then one that the policy names, else a made-up one."""
    known = config.queues.get(queue)
    channel = min(policy.match.get("channel", {Channel.WHATSAPP}))
    account = min(policy.match.get("account", {"made-up"}))
    named = account if ":" in account else f"{channel}:{account}"
    for name in (*(known.accounts if known else ()), named):
        kind, _, number = name.partition(":")
        yield Channel(kind), number
