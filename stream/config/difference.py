"""What differs between two configs, and for whom, in words."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from pydantic import BaseModel

from stream.config.alerts import Alerts, Route
from stream.config.durations import Within, say_duration
from stream.config.model import Config
from stream.config.policies import Match, PolicyPart

_FROM_NOW_ON = "alerts from now on"
_TOLD_ELSE = "breach escalation, warnings of window"
"""What a route tells that does not say."""


class Change(Struct, frozen=True):
    """`what` changed (`policy vip`), how, and whom it concerns."""

    what: str
    how: str
    whom: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.how}" + (f" ({self.whom})" if self.whom else "")


def differences(old: Config, new: Config) -> Iterator[Change]:
    """In the order of the file: general, calendars, queues, policies, alerts."""
    yield from _general(old, new)
    yield from _named("calendar", old.calendars, new.calendars)
    yield from _named("queue", old.queues, new.queues)
    yield from _policies(old, new)
    yield from _named("receiver", old.alerts.receivers, new.alerts.receivers)
    yield from _told(old.alerts, new.alerts)
    yield from _monitor(old, new)
    yield from _routes(old.alerts.routes, new.alerts.routes)


def _told(old: Alerts, new: Alerts) -> Iterator[Change]:
    """What alerts are like, whoever gets them."""
    parts = ("receivers", "routes", "monitor", "watchdog")
    for name in type(old).model_fields:
        if name not in parts:
            for path, how in _parts(getattr(old, name), getattr(new, name), name):
                yield Change(path, how, _FROM_NOW_ON)


def _routes(old: Iterable[Route], new: Iterable[Route]) -> Iterator[Change]:
    before, after = _by_match(old), _by_match(new)
    yield from _named("route", before, after, _FROM_NOW_ON)
    shared = [name for name in before if name in after]
    if shared != [name for name in after if name in before]:
        yield Change("routes", "stand in another order: the first match wins")


def _by_match(routes: Iterable[Route]) -> dict[str, Any]:
    """What each does, by what it is for; of several for the same the first wins."""
    found: dict[str, Any] = {}
    for route in routes:
        whose = ", ".join(f"{name} {each}" for name, each in route.match.items())
        does = {"to": route.to, "tell": route.tell or _TOLD_ELSE}
        found.setdefault(f"of {whose}" if whose else "of all others", does)
    return found


def _monitor(old: Config, new: Config) -> Iterator[Change]:
    when = "when replyclock monitoring has run"
    before, after = old.alerts.monitor_name, new.alerts.monitor_name
    if before != after:
        yield Change("monitor", _moved(before, after), when)
    if old.alerts.watchdog != new.alerts.watchdog:
        yield Change("watchdog", "is another", when)


def _general(old: Config, new: Config) -> Iterator[Change]:
    parts = ("calendars", "queues", "policies", "alerts", "version")
    for name in type(old).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if name not in parts and before != after:
            yield Change(name, _moved(before, after), "everybody")


def _named(
    kind: str, old: Mapping[str, Any], new: Mapping[str, Any], whom: str = ""
) -> Iterator[Change]:
    for name in [*old, *(name for name in new if name not in old)]:
        what = f"{kind} {name}"
        if name not in new:
            yield Change(what, "is gone", whom)
        elif name not in old:
            yield Change(what, "is new", whom)
        elif old[name] != new[name]:
            for path, how in _parts(old[name], new[name]):
                yield Change(what, f"{path} {how}".strip(), whom)


def _policies(old: Config, new: Config) -> Iterator[Change]:
    before = {policy.name: policy for policy in old.policies}
    after = {policy.name: policy for policy in new.policies}
    for name in [*before, *(name for name in after if name not in before)]:
        what = f"policy {name}"
        if name not in after:
            yield Change(what, "is gone", _whom(before[name]))
        elif name not in before:
            yield Change(what, "is new", _whom(after[name]))
        elif before[name] != after[name]:
            for path, how in _parts(before[name], after[name]):
                # Of an objective no clock knows: it holds at once.
                kept = "" if path == "objective" else f"; {_kept(new)}"
                yield Change(what, f"{path} {how}{kept}", _whom(after[name]))
    shared = [name for name in before if name in after]
    if shared != [name for name in after if name in before]:
        yield Change("policies", "stand in another order: the first match wins")


def _kept(new: Config) -> str:
    if new.reload == "reevaluate_open":
        return "running clocks, too (reload: reevaluate_open)"
    return "running clocks keep theirs (reload: new_cycles)"


def _whom(policy: PolicyPart) -> str:
    match: Match = policy.match
    wanted = [
        f"{name} {' or '.join(sorted(values))}"
        for name, values in match.wanted().items()
    ]
    return ", ".join(wanted) or "everybody whom no policy above matches"


def _parts(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each leaf that differs, by its dotted path."""
    if old == new:
        return
    if isinstance(old, BaseModel) and isinstance(new, BaseModel):
        old, new = _written(old), _written(new)
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *(name for name in new if name not in old)]:
            inner = f"{path}.{name}" if path else str(name)
            inner = inner.removeprefix("targets.").removesuffix(".within")
            inner = inner.removesuffix(".then")
            yield from _parts(old.get(name), new.get(name), inner)
        return
    yield path, _moved(old, new)


def _written(part: BaseModel) -> dict[str, Any]:
    """Its values by their names in the file."""
    fields = type(part).model_fields
    return {fields[name].alias or name: value for name, value in dict(part).items()}


def _moved(old: Any, new: Any) -> str:
    return f"{_said(old)} -> {_said(new)}"


def _said(value: Any) -> str:
    if value is None or value in ((), frozenset(), {}):
        return "none"
    if isinstance(value, Within):
        days = value.business_days
        return f"{days} business days" if days else say_duration(value.ms)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value * 100:g}%"
    if isinstance(value, int):
        # Durations are at least a second, and counts below a thousand.
        return say_duration(value) if value >= 1000 else str(value)  # noqa: PLR2004
    return _said_of_many(value)


def _said_of_many(value: Any) -> str:
    if isinstance(value, BaseModel):
        value = {name: part for name, part in _written(value).items() if part}
    if isinstance(value, dict):
        return ", ".join(f"{name} {_said(part)}" for name, part in value.items())
    if isinstance(value, frozenset):
        return " or ".join(sorted(value))
    if isinstance(value, tuple):
        opens, closes = (*value, None, None)[:2]
        if len(value) == 2 and isinstance(opens, int) and isinstance(closes, int):  # noqa: PLR2004
            return f"{_clock(opens)}-{_clock(closes)}"
        return " ".join(_said(each) for each in value)
    return str(value)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
