"""Complaints about a part of Block Kit, in Slack's own words where they are known.

Pure. Each yields what is wrong with one field, with a JSON pointer to the place.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any


class Refused(Exception):  # noqa: N818  an answer of Slack's, not a fault of ours
    """The request breaks a rule; `error` is what Slack's answer says."""

    def __init__(self, error: str, complaints: Collection[str] = ()) -> None:
        super().__init__(error, *complaints)
        self.error = error
        self.complaints = tuple(complaints)


def text(
    holder: Mapping[Any, Any],
    name: str | int,
    limit: int,
    at: str,
    kinds: tuple[str, ...] = ("plain_text", "mrkdwn"),
) -> Iterator[str]:
    """About a text object: its kind, its length, and what goes with its kind."""
    place, value = f"{at}/{name}", holder.get(name)
    if value is None:
        yield say(f"missing required field: {name}", at)
    elif not isinstance(value, dict):
        yield say("must be an object", place)
    elif value.get("type") not in kinds:
        yield say(f"unsupported type: {value.get('type')}", place)
    else:
        extra = {"plain_text": "emoji", "mrkdwn": "verbatim"}[value["type"]]
        yield from strangers(value, {"type", "text", extra}, place)
        yield from length(value, "text", limit, place, required=True)


def plain(
    holder: Mapping[str, Any], name: str, limit: int, at: str, *, required: bool = True
) -> Iterator[str]:
    """About a text object that must be plain text."""
    if required or name in holder:
        yield from text(holder, name, limit, at, kinds=("plain_text",))


def length(
    holder: Mapping[str, Any], name: str, limit: int, at: str, *, required: bool = False
) -> Iterator[str]:
    value = holder.get(name)
    if value is None:
        if required:
            yield say(f"missing required field: {name}", at)
    elif not isinstance(value, str):
        yield say("must be a string", f"{at}/{name}")
    elif len(value) > limit:
        yield say(f"must be less than {limit + 1} characters", f"{at}/{name}")
    elif not value:
        yield say("must be more than 0 characters", f"{at}/{name}")


def items(holder: Mapping[str, Any], name: str, limit: int, at: str) -> Iterator[str]:
    value = holder.get(name)
    if not isinstance(value, list):
        yield say(f"missing required field: {name}", at)
    elif len(value) > limit:
        yield say(f"no more than {limit} items allowed", f"{at}/{name}")
    elif not value:
        yield say("must have at least 1 item", f"{at}/{name}")


def count(holder: Mapping[str, Any], name: str) -> int:
    value = holder.get(name)
    return len(value) if isinstance(value, list) else 0


def strangers(
    holder: Mapping[str, Any], known: Collection[str], at: str
) -> Iterator[str]:
    for name in holder:
        if name not in known:
            yield say(f"invalid additional property: {name}", at)


def say(what: str, pointer: str) -> str:
    return f"[ERROR] {what} [json-pointer:{pointer}]"
