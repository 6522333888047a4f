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
from stream.sla.policy import Policy

MONDAY = datetime(2026, 3, 2, 9)  # noqa: DTZ001  in the zone of the rules
"""When stories begin, if their policy does not ask for another hour: always the same,
so that two previews differ where their rules do."""
_WEEK = 7 * 24


def places(config: Config, queue: str, measure: Measure) -> list[Place]:
    """Where the work of `queue` may be promised `measure`, as far as policies match.

    First the queue's own accounts, and what holds for most conversations there.
    """
    own = config.queues[queue].accounts if queue in config.queues else ()

    def rarity(place: Place) -> tuple[bool, int, int]:
        known = (place.priority, place.tier, *place.tags)
        is_own = f"{place.channel}:{place.account}" in own
        return not is_own, sum(each is not None for each in known), place.at

    policies = config.rules().book.policies
    promised = (p for p in policies if p.target(measure) is not None)
    found = (place for p in promised for place in _asked_for(config, queue, p))
    return sorted(found, key=rarity)


def _asked_for(config: Config, queue: str, policy: Policy) -> Iterator[Place]:
    """What the policy matches, if no earlier one does."""
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


def _hours(config: Config, queue: str, wanted: str | None) -> list[int]:
    """When a story may begin: the first hour of a week that is as it is wanted."""
    rules = config.rules()
    calendar = rules.calendar(rules.queue_calendars.get(queue, ALWAYS))
    monday = to_ms(MONDAY.replace(tzinfo=ZoneInfo(config.timezone)))
    hours = (monday + hour * HOUR for hour in range(_WEEK))
    fit = (
        at
        for at in hours
        if wanted in {None, "open" if calendar.is_open(at) else "closed"}
    )
    return [*islice(fit, 1)]


def _accounts(
    config: Config, queue: str, policy: Policy
) -> Iterator[tuple[Channel, str]]:
    """The queue's own, then one that the policy names, else a made-up one."""
    known = config.queues.get(queue)
    channel = min(policy.match.get("channel", {Channel.WHATSAPP}))
    account = min(policy.match.get("account", {"made-up"}))
    is_whole = account.partition(":")[0] in list(Channel)
    named = account if is_whole else f"{channel}:{account}"
    for name in (*(known.accounts if known else ()), named):
        kind, _, number = name.partition(":")
        yield Channel(kind), number
