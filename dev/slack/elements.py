"""Slack's documented rules for what can be pressed, chosen or typed. Pure.

Source: docs.slack.dev, reference/block-kit/block-elements (button, select menu,
overflow menu, time picker, plain-text input) and composition-objects (option, confirm).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from dev.slack.complaints import count, items, length, plain, say, strangers

IN_ACTIONS = frozenset({"button", "static_select", "overflow", "timepicker"})
IN_SECTION = IN_ACTIONS
IN_INPUT = frozenset({"plain_text_input", "static_select", "timepicker"})

_KEYS: dict[str, frozenset[str]] = {
    "button": frozenset({"text", "url", "value", "style", "accessibility_label"}),
    "static_select": frozenset(
        {"placeholder", "options", "initial_option", "focus_on_load"}
    ),
    "overflow": frozenset({"options"}),
    "timepicker": frozenset(
        {"placeholder", "initial_time", "timezone", "focus_on_load"}
    ),
    "plain_text_input": frozenset(
        {"placeholder", "initial_value", "multiline", "min_length", "max_length"}
        | {"focus_on_load"}
    ),
}
_ALL = frozenset({"type", "action_id", "confirm"})
_BUTTON_LIMITS = {"url": 3000, "value": 2000}
_CONFIRM_LIMITS = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
_OPTIONS = {"static_select": 100, "overflow": 5}
_INPUT_LENGTH = 3000
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


def elements(
    block: Mapping[str, Any], at: str, kinds: Collection[str]
) -> Iterator[str]:
    """About the elements of a block: each for itself, and that they have two names."""
    seen: set[str] = set()
    for index in range(count(block, "elements")):
        one, place = block["elements"][index], f"{at}/elements/{index}"
        yield from element(one, place, kinds)
        name = one.get("action_id") if isinstance(one, dict) else None
        if name is not None and name in seen:
            yield say(f'action_id "{name}" already exists', f"{place}/action_id")
        seen.add(str(name))


def element(one: object, at: str, kinds: Collection[str]) -> Iterator[str]:
    """About one element, which must be of one of `kinds`."""
    if not isinstance(one, dict):
        yield say("must be an object", at)
        return
    kind = str(one.get("type"))
    if kind not in kinds:
        yield say(f"unsupported type: {one.get('type')}", at)
        return
    yield from _any(one, kind, at)
    match kind:
        case "button":
            yield from _button(one, at)
        case "timepicker":
            time = one.get("initial_time", "00:00")
            if not isinstance(time, str) or not _TIME.fullmatch(time):
                yield say("must be a time HH:mm", f"{at}/initial_time")
        case "plain_text_input":
            yield from length(one, "initial_value", _INPUT_LENGTH, at)
            for name in ("min_length", "max_length"):
                if not 0 <= one.get(name, 1) <= _INPUT_LENGTH:
                    yield say(f"must be at most {_INPUT_LENGTH}", f"{at}/{name}")
        case _:
            yield from _options(one, at)


def _any(one: Mapping[str, Any], kind: str, at: str) -> Iterator[str]:
    yield from strangers(one, _KEYS[kind] | _ALL, at)
    yield from length(one, "action_id", 255, at)
    if isinstance(one.get("confirm"), dict):
        for name, limit in _CONFIRM_LIMITS.items():
            yield from plain(one["confirm"], name, limit, f"{at}/confirm")
    if "placeholder" in _KEYS[kind]:
        yield from plain(one, "placeholder", 150, at, required=False)


def _button(one: Mapping[str, Any], at: str) -> Iterator[str]:
    yield from plain(one, "text", 75, at)
    for name, limit in _BUTTON_LIMITS.items():
        yield from length(one, name, limit, at)
    url = one.get("url")
    if isinstance(url, str) and not url.startswith(("http://", "https://")):
        yield say("must be a valid URL", f"{at}/url")
    if one.get("style", "primary") not in ("primary", "danger"):
        yield say("must be one of: primary, danger", f"{at}/style")


def _options(one: Mapping[str, Any], at: str) -> Iterator[str]:
    yield from items(one, "options", _OPTIONS[one["type"]], at)
    for index in range(count(one, "options")):
        yield from _option(one["options"][index], f"{at}/options/{index}")
    first = one.get("initial_option")
    if first is not None and first not in one.get("options", ()):
        yield say("must be one of the options", f"{at}/initial_option")


def _option(option: object, at: str) -> Iterator[str]:
    if not isinstance(option, dict):
        yield say("must be an object", at)
        return
    yield from strangers(option, {"text", "value", "description", "url"}, at)
    yield from plain(option, "text", 75, at)
    yield from length(option, "value", 150, at, required=True)
    yield from plain(option, "description", 75, at, required=False)
