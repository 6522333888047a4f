"""Silences that end something before its promise can be kept or broken."""

from collections.abc import Iterator

from stream.config.durations import say_duration
from stream.config.model import Config
from stream.config.policies import PolicyPart
from stream.config.targets import TargetPart

Path = tuple[str | int, ...]
Odd = tuple[Path, str]


def silences(config: Config) -> Iterator[Odd]:
    """Where a silence ends something before its promise can be kept or broken (2.13).

    Open time lasts at least as long on the wall.
    """
    gap, wait, open_end = (
        config.session_gap,
        config.abandon_after,
        config.unresolved_after,
    )
    if wait < gap:
        yield (("abandon_after",), f"is shorter than session_gap ({say_duration(gap)})")
    if open_end < wait:
        said = say_duration(wait)
        yield ("unresolved_after",), f"is shorter than abandon_after ({said})"
    for index, policy in enumerate(config.policies):
        path: Path = ("policies", index, "targets")
        for measure, name, end in (
            ("first_reply", "abandon_after", wait),
            ("next_reply", "abandon_after", wait),
            ("resolution", "unresolved_after", open_end),
        ):
            target: TargetPart | None = getattr(policy.targets, measure)
            if target is not None and target.within.ms >= end:
                said = say_duration(end)
                text = f"can never be broken: {name} ({said}) ends it before"
                yield (*path, measure), text
        window = policy.targets.window
        for channel, length in config.windows.items():
            if window is None:
                break
            if length > wait:
                text = f"the window of {channel.value} ({say_duration(length)})"
                end_said = f"abandon_after ({say_duration(wait)})"
                yield (*path, "window"), f"{text} is longer than {end_said}"
    yield from _late_steps(config)


def _late_steps(config: Config) -> Iterator[Odd]:
    """A step that comes when the silence of all that it is about is over."""
    for index, policy in enumerate(config.policies):
        rests = [*_rests(policy, config)]
        is_open = policy.targets.resolution is not None
        name = "unresolved_after" if is_open else "abandon_after"
        for number, step in enumerate(policy.escalate):
            if rests and step.after >= max(rests):
                said = f"can never come, unless somebody writes: {name} ends it before"
                yield ("policies", index, "escalate", number, "after"), said


def _rests(policy: PolicyPart, config: Config) -> Iterator[int]:
    """Of each promise, how long it can stay broken in silence, in milliseconds."""
    targets = policy.targets
    for target in (targets.first_reply, targets.next_reply):
        if target is not None:
            yield config.abandon_after - target.within.ms
    if targets.resolution is not None:
        yield config.unresolved_after - targets.resolution.within.ms
    if targets.window is not None:
        yield config.abandon_after - min(config.windows.values(), default=0)
