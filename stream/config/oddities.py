"""What is legal in the file but odd: warnings, each with its path."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from stream.config.accounts import odd_accounts
from stream.config.calendars import CalendarPart
from stream.config.closed_days import last_year
from stream.config.durations import say_duration
from stream.config.model import Config
from stream.config.policies import PolicyPart
from stream.config.routes import odd_routes
from stream.config.silences import silences
from stream.config.sinks import ASSIGNEE
from stream.config.sources import Sources
from stream.config.targets import NOTHING, TargetPart
from stream.config.unheard import unheard
from stream.config.unkept import unkept
from stream.sla.hours import ALWAYS

Path = tuple[str | int, ...]
Odd = tuple[Path, str]

_MEASURES = ("first_reply", "next_reply", "resolution")
_DAY_MINUTES = 1440


def oddities(config: Config, year: int, posted: Iterable[str] = ()) -> Iterator[Odd]:
    """In no order; `year` is this year, for holidays and dates that end.

    `posted`: whose events may be posted here, channels or `channel:account`.
    """
    sources = Sources(config, posted)
    yield from _calendars(config, year)
    yield from silences(config)
    yield from _policies(config)
    yield from _targets(config)
    yield from _escalations(config)
    yield from odd_routes(config, sources)
    yield from _nobody_found(config)
    yield from _nobody_known(config)
    yield from _unused(config)
    yield from unheard(config, year)
    yield from unkept(config, sources)
    yield from odd_accounts(config, sources)


def _calendars(config: Config, year: int) -> Iterator[Odd]:
    for name, part in config.calendars.items():
        if part.open:
            continue
        path: Path = ("calendars", name)
        if not any(part.windows) and not any(part.days.values()):
            yield path, "has no open hour: deadlines in it never come"
        yield from _overlaps(path, part)
        for day in part.days:
            if day.year < year - 1:  # Whoever keeps last year's is only tidy.
                text = f"is {year - day.year} years ago: a misprint?"
                yield (*path, "days", str(day)), text
        if part.holidays is not None:
            last = last_year(part.holidays.country)
            if last <= year:
                yield (
                    (*path, "holidays"),
                    f"holidays of {part.holidays.country} are known until {last} only",
                )


def _overlaps(path: Path, part: CalendarPart) -> Iterator[Odd]:
    for days, windows in part.week.items():
        ordered = sorted(windows)
        for before, after in pairwise(ordered):
            opens, closes = before
            closes += _DAY_MINUTES if closes <= opens else 0
            if after[0] < closes:
                yield (*path, "week", days), "windows overlap: they count once"
                break


def _policies(config: Config) -> Iterator[Odd]:
    """A policy whom an earlier one of its kind leaves nothing."""
    for index, policy in enumerate(config.policies):
        for before in config.policies[:index]:
            if before.shadow is policy.shadow and _covers(before, policy):
                yield (
                    ("policies", index),
                    f"can never match: {before.name!r} above matches all of it",
                )
                break


def _covers(before: PolicyPart, policy: PolicyPart) -> bool:
    wide, narrow = before.match.wanted(), policy.match.wanted()
    return all(
        name in narrow and narrow[name] <= values for name, values in wide.items()
    )


def _targets(config: Config) -> Iterator[Odd]:
    for index, policy in enumerate(config.policies):
        for measure in _MEASURES:
            target: TargetPart | None = getattr(policy.targets, measure)
            if target is None:
                continue
            path: Path = ("policies", index, "targets", measure)
            name = target.calendar or policy.calendar
            part = config.calendars.get(name) if name else None
            if part and not part.open and not target.within.by_the_clock:
                longest = _longest_day(part)
                most = target.within.business_days * longest
                if 0 < most <= max(target.before, default=0):
                    text = f"has at most {say_duration(most)} in {name!r}: warn_at is"
                    yield path, f"{text} before the start, and warns nobody"
                if 0 < longest < target.within.ms:
                    wanted = say_duration(target.within.ms)
                    day = f"the longest day of {name!r} ({say_duration(longest)})"
                    yield path, f"{wanted} is longer than {day}: it takes days"


def _escalations(config: Config) -> Iterator[Odd]:
    """A step that calls nobody, or nobody else."""
    for index, policy in enumerate(config.policies):
        routes = [
            route
            for route in config.alerts.routes
            if route.match.get("policy", policy.name) == policy.name
        ]
        path: Path = ("policies", index, "escalate")
        if policy.escalate and (policy.shadow or policy.targets is NOTHING):
            what = "is a shadow" if policy.shadow else "promises nothing"
            yield path, f"calls nobody: the policy {what}"
            continue
        if policy.escalate and not any(route.tells("escalation") for route in routes):
            yield path, "calls nobody: no route tells escalations (tell)"
        above: set[str] = set()
        for number, step in enumerate(policy.escalate):
            place = (*path, number, "to")
            receiver = config.alerts.receivers[step.to]
            told = {
                name for route in config.alerts.routes for name in route.to.receivers
            }
            if told == {step.to} and receiver.mention is None:
                text = f"{step.to!r} is told of the breach itself already"
                yield place, f"{text}, and has no mention to call"
            if step.to in above:
                text = f"{step.to!r} is in two steps"
                yield place, f"{text}: it is called once, by the earlier"
            above.add(step.to)


def _longest_day(part: CalendarPart) -> int:
    """Open milliseconds of the longest weekday."""
    days = [
        sum((c - o) % _DAY_MINUTES or _DAY_MINUTES for o, c in windows)
        for windows in part.windows
    ]
    return max(days, default=0) * 60_000


def _nobody_found(config: Config) -> Iterator[Odd]:
    queues = config.queues.values()
    has_links = bool(queues) and all(queue.link is not None for queue in queues)
    if config.alerts.show_customer == "none" and not has_links:
        text = "is none: nobody will find the customer; set it, or queues.*.link"
        yield ("alerts", "show_customer"), text


def _nobody_known(config: Config) -> Iterator[Odd]:
    """A receiver that calls who has the work, whom nobody knows in Slack."""
    if config.alerts.people:
        return
    for name, receiver in config.alerts.receivers.items():
        if receiver.mention == ASSIGNEE:
            path: Path = ("alerts", "receivers", name, "slack", "mention")
            yield (
                path,
                "calls nobody: alerts.people says of nobody who they are in Slack",
            )


def _unused(config: Config) -> Iterator[Odd]:
    used = {queue.calendar for queue in config.queues.values()}
    used |= {policy.calendar for policy in config.policies}
    used |= {receiver.calendar for receiver in config.alerts.receivers.values()}
    used |= {
        target.calendar
        for policy in config.policies
        for measure in _MEASURES
        if (target := getattr(policy.targets, measure)) is not None
    }
    used |= {route.to.calendar for route in config.alerts.routes}
    for name in config.calendars:
        if name not in used and name != ALWAYS:
            yield ("calendars", name), "no queue, policy, target or receiver has it"
    told = {name for route in config.alerts.routes for name in route.to.receivers}
    told |= {step.to for policy in config.policies for step in policy.escalate}
    told.add(config.alerts.monitor_name)
    receivers = config.alerts.receivers
    told |= {each.fallback.to for each in receivers.values() if each.fallback}
    for name in receivers:
        if name not in told:
            text = "no route, escalation or fallback leads to it"
            yield ("alerts", "receivers", name), text
