"""Reading a profile: YAML, the model, the names in it, all faults with their places."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from stream.company.profile import Profile
from stream.config import Config
from stream.config.faults import ConfigError, place, places_of, read_yaml
from stream.config.file import read_text
from stream.config.nearest import listed, meant
from stream.sla.hours import ALWAYS

Wrong = tuple[tuple[str | int, ...], str]


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
    try:
        profile = Profile.model_validate(document)
    except ValidationError as error:
        raise ConfigError(places_of(name, document, error.errors(), Profile)) from None
    wrong = list(dangling(profile, rules))
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


def dangling(profile: Profile, rules: Config) -> Iterator[Wrong]:
    """Names that lead nowhere, and queues whose customers nobody answers."""
    accounts = accounts_of(rules)
    if not accounts:
        text = "no queue of the rules lists an account: there is nobody to write to"
        yield ("accounts",), text
    for account in profile.accounts:
        yield from _known("account", account, accounts, ("accounts", account))
    yield from _agents(profile, rules)
    written_to = [a for a in profile.accounts or accounts if a in accounts]
    queues = list(dict.fromkeys(accounts[account] for account in written_to))
    for number, campaign in enumerate(profile.campaigns):
        if campaign.queue is not None:
            path = ("campaigns", number, "queue")
            yield from _known("queue", campaign.queue, queues, path)
    for number, outage in enumerate(profile.outages):
        path = ("outages", number, "account")
        yield from _known("account", outage.account, written_to, path)
    for number, absence in enumerate(profile.absences):
        path = ("absences", number, "agent")
        yield from _known("agent", absence.agent, profile.agents, path)
    for queue in queues:
        if not any(agent.takes(queue) for agent in profile.agents.values()):
            yield ("agents",), f"nobody has queue {queue!r}: name it in `queues`"


def _agents(profile: Profile, rules: Config) -> Iterator[Wrong]:
    for name, agent in profile.agents.items():
        for queue in agent.queues:
            yield from _known("queue", queue, rules.queues, ("agents", name, "queues"))
        if agent.calendar is not None:
            path = ("agents", name, "calendar")
            calendars = [*rules.calendars, ALWAYS]
            yield from _known("calendar", agent.calendar, calendars, path)


def _known(
    what: str, name: str, known: Iterable[str], path: tuple[str | int, ...]
) -> Iterator[Wrong]:
    names = [*known]
    if name not in names:
        yield path, f"no {what} {name!r}{meant(name, names) or listed(names)}"
