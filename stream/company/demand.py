"""What customers want: drawn before anybody answers, so it is the same whoever works.

Each hour of each account has random numbers of its own: another shift, one agent more
or a campaign on Wednesday change nothing of what is written on Monday.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from random import Random
from zoneinfo import ZoneInfo

from stream.company.file import accounts_of
from stream.company.profile import Account, Campaign, Profile
from stream.company.written import by_day, by_hour, moments
from stream.config import Config
from stream.sla.instants import HOUR, MINUTE, from_ms

_SPREAD = 3.0
"""Of what customers take until they write again: a quarter takes twice as long as the
median (chosen; 62 real ones differ more)."""
_BACK, _IMPATIENT = 4 * HOUR, 15 * MINUTE
"""The median of a reopening after `resolved`, and of "anybody there?" (chosen)."""
_MOST_QUESTIONS = 20


class Bot(Enum):
    SOLVES = "solves"
    HANDS_OVER = "hands over"


@dataclass(frozen=True, slots=True)
class Turn:
    """Words of the customer that are for an agent to act on.

    `after`: how long after the answer before them they are written, in ms. `effort`:
    how much more than the median the answer takes, in units of the spread. `fails`: the
    first answer does not arrive. `is_thanks`: they want none. `is_last`: the agent then
    says that the matter is resolved.
    """

    after: int
    effort: float
    fails: bool
    is_thanks: bool = False
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Matter:
    """What a customer wants, from the first words to the last."""

    at: int
    channel: str
    account: str
    queue: str
    tier: str | None
    tags: tuple[str, ...]
    bot: Bot | None
    """Whether a bot meets it, and what it does then."""
    impatient_after: int | None
    turns: tuple[Turn, ...]

    @property
    def place(self) -> str:
        """As the rules file names the account."""
        return f"{self.channel}:{self.account}"


@dataclass(frozen=True, slots=True)
class _Place:
    """An account, and how many matters begin there in an hour of the week."""

    account: str
    queue: str
    rates: tuple[tuple[float, ...], ...]
    """By weekday and hour, in matters a ms."""


def demand(
    profile: Profile, rules: Config, seed: int, begin: int, end: int
) -> list[Matter]:
    """All matters that begin from `begin` until `end`, in order."""
    zone = ZoneInfo(profile.timezone or rules.timezone)
    found: list[Matter] = []
    for place in _places(profile, rules):
        for hour in range(begin, end, HOUR):
            until = min(hour + HOUR, end)
            local = from_ms(hour).astimezone(zone)
            rate = place.rates[local.weekday()][local.hour]
            key = f"{seed} {place.account} {hour}"
            found += _matters(profile, place, key, rate, (hour, until))
            for number, campaign in enumerate(profile.campaigns):
                if campaign.queue in {None, place.queue}:
                    more = rate * (campaign.times - 1)
                    for wave in _waves(campaign, zone, hour, until):
                        found += _matters(profile, place, f"{key} {number}", more, wave)
    return sorted(found, key=lambda matter: matter.at)


def _places(profile: Profile, rules: Config) -> Iterator[_Place]:
    queues = accounts_of(rules)
    parts = profile.accounts or {account: Account() for account in queues}
    all_weights = sum(part.weight for part in parts.values())
    for account, part in parts.items():
        hours = by_hour(part.by_hour or profile.volume.by_hour)
        days = by_day(part.by_day or profile.volume.by_day)
        a_week = profile.conversations * part.weight / all_weights
        unit = a_week / (sum(hours) * sum(days)) / HOUR
        rates = tuple(tuple(day * hour * unit for hour in hours) for day in days)
        yield _Place(account, queues[account], rates)


def _waves(
    campaign: Campaign, zone: ZoneInfo, begin: int, end: int
) -> list[tuple[int, int]]:
    """The parts of [begin, end) in which people write because of the campaign."""
    return [
        (max(start, begin), min(start + campaign.lasts, end))
        for start in moments(campaign.at, zone, begin - campaign.lasts, end)
    ]


def _matters(
    profile: Profile, place: _Place, key: str, rate: float, span: tuple[int, int]
) -> Iterator[Matter]:
    """Those that begin at random in [begin, end), `rate` a ms (a Poisson process)."""
    if rate <= 0:
        return
    begin, end = span
    random = Random(key)  # noqa: S311  traffic, no secrets
    at = begin + random.expovariate(rate)
    while at < end:
        yield _matter(profile, place, random, int(at))
        at += random.expovariate(rate)


def _matter(profile: Profile, place: _Place, random: Random, at: int) -> Matter:
    customers, bot = profile.customers, profile.bot
    channel, _, account = place.account.partition(":")
    met = random.random() < bot.greets
    solved = met and random.random() < bot.solves
    is_impatient = random.random() < customers.impatient
    return Matter(
        at=at,
        channel=channel,
        account=account,
        queue=place.queue,
        tier=_one_of(customers.tiers, random),
        tags=tuple(
            tag for tag, share in customers.tags.items() if random.random() < share
        ),
        bot=(Bot.SOLVES if solved else Bot.HANDS_OVER) if met else None,
        impatient_after=around(_IMPATIENT, 1.5, random) if is_impatient else None,
        turns=tuple(_turns(profile, random)),
    )


def _turns(profile: Profile, random: Random) -> Iterator[Turn]:
    customers, fails = profile.customers, profile.replies.undelivered
    after = 0
    questions = 1
    while questions < _MOST_QUESTIONS and random.random() < customers.follow_up:
        questions += 1
    is_resolved = random.random() < customers.resolved
    thanks = random.random() < customers.thanks
    for number in range(questions):
        is_last = number == questions - 1 and is_resolved and not thanks
        yield Turn(after, random.gauss(), random.random() < fails, is_last=is_last)
        after = around(customers.thinks, _SPREAD, random)
    if thanks:
        yield Turn(after, 0, fails=False, is_thanks=True, is_last=is_resolved)
    if is_resolved and random.random() < customers.reopened:
        back = around(_BACK, _SPREAD, random)
        yield Turn(back, random.gauss(), random.random() < fails, is_last=True)


def _one_of(shares: Mapping[str, float], random: Random) -> str | None:
    drawn = random.random()
    for name, share in shares.items():
        if drawn < share:
            return name
        drawn -= share
    return None


def around(median: float, spread: float, random: Random) -> int:
    """A log-normal time, in the unit of `median`."""
    return round(median * math.pow(spread, random.gauss()))
