"""Silences that end something before its promise can be kept or broken."""

from collections.abc import Iterator

from stream.config.durations import say_duration
from stream.config.model import Config
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
            if max(window.warn_before) >= length:
                text = f"warns before the window of {channel.value} has begun"
                yield (*path, "window"), f"{text} ({say_duration(length)})"
