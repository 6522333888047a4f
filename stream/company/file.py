"""Reading a profile: YAML, the model, the names in it, all faults with their places."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from stream.company.agent import TEAM
from stream.company.profile import Profile
from stream.config import Config
from stream.config.calendars import DAYS
from stream.config.faults import ConfigError, place, read_yaml
from stream.config.file import read_text, validated
from stream.config.names import Wrong, keys, unknown
from stream.config.nearest import listed, meant
from stream.sla.hours import ALWAYS
from stream.sla.opening_hours import Span


def load_profile(path: Path | None, rules: Config) -> Profile:
    """The profile at `path`; raises `ConfigError` with all faults and their places.

    `rules`: whose accounts, queues and calendars it names. None: what it is by default.
    """
    if path is None:
        return parse_profile("version: 1\n", "the company by default", rules)
    return parse_profile(read_text(path), str(path), rules)


def parse_profile(text: str, name: str, rules: Config) -> Profile:
    """As `load_profile`, for the text of a file called `name` in faults."""
    document = read_yaml(text, name)
    names = partial(dangling, rules=rules)
    profile = validated(Profile, document, name, names)
    wrong = [*_unanswered(profile, rules), *_lunches(profile, rules)]
    if wrong:
        raise ConfigError(sorted(place(name, document, *fault) for fault in wrong))
    return profile


def accounts_of(rules: Config) -> dict[str, str]:
    """`channel:account` -> its queue, in the order of the rules file."""
    return {
        account: name
        for name, queue in rules.queues.items()
        for account in queue.accounts
    }


def dangling(document: Any, rules: Config, *, is_whole: bool) -> Iterator[Wrong]:
    """Names that lead nowhere, `is_whole` or not."""
    accounts = accounts_of(rules)
    if not accounts:
        text = "no queue of the rules lists an account: there is nobody to write to"
        yield ("accounts",), text
        return
    given = keys(document, "accounts")
    for account in given:
        if account not in accounts:
            said = meant(account, accounts) or listed(accounts)
            yield ("accounts", account), f"no account {account!r}{said}"
    written_to = [a for a in given or accounts if a in accounts]
    queues = list(dict.fromkeys(accounts[account] for account in written_to))
    agents = keys(document, "agents") or ([*TEAM] if is_whole else [])
    calendars = [*rules.calendars, ALWAYS]
    yield from unknown(document, "agents.*.queues", "queue", rules.queues)
    yield from unknown(document, "agents.*.calendar", "calendar", calendars)
    if written_to:
        yield from unknown(document, "campaigns.*.queue", "queue", queues)
        yield from unknown(document, "outages.*.account", "account", written_to)
    if agents:
        yield from unknown(document, "absences.*.agent", "agent", agents)


def _unanswered(profile: Profile, rules: Config) -> Iterator[Wrong]:
    """Queues whose customers nobody answers; when each agent's are good."""
    accounts = accounts_of(rules)
    for queue in dict.fromkeys(accounts[a] for a in profile.accounts or accounts):
        if not any(agent.takes(queue) for agent in profile.agents.values()):
            yield ("agents",), f"nobody has queue {queue!r}: name it in `queues`"


def _lunches(profile: Profile, rules: Config) -> Iterator[Wrong]:
    """Those that leave nothing of a day's work."""
    for name, agent in profile.agents.items():
        week = agent.week
        if agent.calendar is not None:
            part = rules.calendars.get(agent.calendar)
            week = () if part is None else part.windows
        lunch = set() if agent.lunch is None else _minutes(agent.lunch)
        for day, windows in enumerate(week):
            if windows and set().union(*map(_minutes, windows)) <= lunch:
                text = f"takes all of the work of {DAYS[day]}"
                yield ("agents", name, "lunch"), text
                break


def _minutes(window: Span) -> set[int]:
    """Of the day, overnight or not."""
    opens, closes = window
    last = closes if closes > opens else closes + 1440
    return {minute % 1440 for minute in range(opens, last)}
