"""What is promised and can never be kept or broken: nobody says what it is about."""

from collections.abc import Iterator

from stream.config.durations import say_duration
from stream.config.model import Config
from stream.config.policies import PolicyPart
from stream.config.sources import WITH_DOOR, Sources, written
from stream.sla.events import Channel
from stream.sla.hours import ALWAYS, AlwaysOpen
from stream.sla.policy import Attributes

Path = tuple[str | int, ...]
Odd = tuple[Path, str]

_SHOWN = 3
"""Accounts that a warning names."""
REMEDY = (
    "a helpdesk can (docs/events.md): set REPLYCLOCK_EVENTS_TOKEN, or list the channel"
    " in statuses_from"
)


def unkept(config: Config, sources: Sources) -> Iterator[Odd]:
    """In no order."""
    for index, policy in enumerate(config.policies):
        path: Path = ("policies", index)
        wanted = policy.match.wanted()
        why = sources.why_nothing(wanted)
        if why is None:
            met = sources.met_by(wanted)
            # An account that is silent for ever has its own warning.
            heard = [s for s in met if s.channel in WITH_DOOR or sources.is_told(s)]
            yield from _unsaid(policy, heard, sources, path)
            yield from _windows(policy, met, config, path)
            yield from _closed_hours(policy, met, config, path)
        else:
            yield (*path, "match"), why
        yield from _of_resolution(policy, path)
    yield from _queues(config, sources)


def _unsaid(
    policy: PolicyPart, met: list[Attributes], sources: Sources, path: Path
) -> Iterator[Odd]:
    """What only others than Meta say."""
    untold = [source for source in met if not sources.is_told(source)]
    if not untold:
        return
    is_told = len(untold) < len(met)
    unsaid = [n for n in ("priority", "tier", "tag") if getattr(policy.match, n)]
    if unsaid and not is_told:
        text = f"can never match: Meta's webhooks say no {unsaid[0]}; {REMEDY}"
        yield (*path, "match", unsaid[0]), text
    # What is untold never comes to a policy that matches on what is told.
    if unsaid or policy.targets.resolution is None:
        return
    where = f" on {_listed([*map(written, untold)])}" if is_told else ""
    text = f"can never be met{where}: Meta's webhooks never say resolved; {REMEDY}"
    yield (*path, "targets", "resolution"), text
    if policy.pause_on and not is_told:
        statuses = " or ".join(policy.pause_on)
        text = f"can never pause: Meta's webhooks never say {statuses}; {REMEDY}"
        yield (*path, "pause_on"), text


def _windows(
    policy: PolicyPart, met: list[Attributes], config: Config, path: Path
) -> Iterator[Odd]:
    window = policy.targets.window
    if window is None:
        return
    place = (*path, "targets", "window")
    channels = sorted({source.channel for source in met})
    lengths = {Channel(name): config.windows.get(Channel(name)) for name in channels}
    if not any(lengths.values()):
        text = f"{', '.join(channels)} has no window: it never closes (windows)"
        yield place, text
    for channel, length in lengths.items():
        if length is not None and max(window.warn_before) >= length:
            text = f"warns before the window of {channel.value} has begun"
            yield place, f"{text} ({say_duration(length)})"


def _closed_hours(
    policy: PolicyPart, met: list[Attributes], config: Config, path: Path
) -> Iterator[Odd]:
    """Of a policy for closed hours, whose queues have none."""
    if policy.match.hours != "closed":
        return
    names = policy.match.queue or {source.queue for source in met}
    if not any(_has_hours(name, config) for name in names):
        text = f"can never match: {', '.join(sorted(names))} is always open (calendar)"
        yield (*path, "match", "hours"), text


def _of_resolution(policy: PolicyPart, path: Path) -> Iterator[Odd]:
    """What resolution does, of a policy that does not promise it."""
    if policy.targets.resolution is None:
        for name in ("pause_on", "on_reopen"):
            if name in policy.model_fields_set:
                text = "does nothing: it is of resolution, which is not promised here"
                yield (*path, name), text


def _queues(config: Config, sources: Sources) -> Iterator[Odd]:
    """A queue of which some or all conversations are promised nothing by omission."""
    book = config.rules().book
    for name in config.queues:
        path: Path = ("queues", name)
        found = [*sources.of_queue(name)]
        if not found:
            text = "has no account, and nobody assigns work to it: nothing comes to it"
            yield path, f"{text}; {REMEDY}"
        left = [written(source) for source in found if book.choose(source) is None]
        if not left and _has_hours(name, config):
            left = [
                f"{written(source)} in closed hours"
                for source in found
                if book.choose(source._replace(hours="closed")) is None
            ]
        if left:
            text = f"no policy takes what comes from {_listed(left)}, where it has no"
            more = "tier, priority or tag: add one, with targets: none if that is meant"
            yield path, f"{text} {more}"


def _has_hours(queue: str, config: Config) -> bool:
    """Whether it is ever closed."""
    rules = config.rules()
    calendar = rules.calendar(rules.queue_calendars.get(queue, ALWAYS))
    return not isinstance(calendar, AlwaysOpen)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
