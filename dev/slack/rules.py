"""Slack's documented rules for a message: Block Kit, lengths, metadata. Pure.

Wording of the complaints is Slack's own where it is known. Sources: the reference
pages of docs.slack.dev for blocks, text objects, buttons, chat.postMessage and
chat.update; the total length is not documented (bolt-js issue 2509).
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

TEXT_LIMIT = 40_000
EDITED_TEXT_LIMIT = 4_000
BLOCKS_LIMIT = 50
BLOCK_CHARACTERS_LIMIT = 13_200

_BLOCK_KEYS: dict[str, frozenset[str]] = {
    "actions": frozenset({"elements"}),
    "context": frozenset({"elements"}),
    "divider": frozenset(),
    "header": frozenset({"text"}),
    "markdown": frozenset({"text"}),
    "section": frozenset({"text", "fields", "accessory", "expand"}),
}
_BUTTON_KEYS = frozenset(
    {"text", "action_id", "url", "value", "style", "confirm", "accessibility_label"}
)
_BUTTON_LIMITS = {"action_id": 255, "url": 3000, "value": 2000}
_CONFIRM_LIMITS = {"title": 100, "text": 300, "confirm": 30, "deny": 30}


class Refused(Exception):  # noqa: N818  an answer of Slack's, not a fault of ours
    """The request breaks a rule; `error` is what Slack's answer says."""

    def __init__(self, error: str, complaints: Collection[str] = ()) -> None:
        super().__init__(error, *complaints)
        self.error = error
        self.complaints = tuple(complaints)


def check_content(text: object, blocks: object, *, text_limit: int) -> None:
    """Raise `Refused` unless this text and these blocks make a message."""
    if text is not None and not isinstance(text, str):
        raise Refused("invalid_arguments", ["text must be a string"])
    if blocks is not None:
        if not isinstance(blocks, list):
            raise Refused("invalid_blocks_format")
        complaints = list(complaints_about(blocks))
        if complaints:
            raise Refused("invalid_blocks", complaints)
        if characters(blocks) > BLOCK_CHARACTERS_LIMIT:
            raise Refused("msg_blocks_too_long")
    if not text and not blocks:
        raise Refused("no_text")
    if text and len(text) > text_limit:
        raise Refused("msg_too_long")


def check_metadata(metadata: object) -> None:
    """Raise `Refused` unless it is an event type with an object as its payload."""
    if metadata is None:
        return
    if not isinstance(metadata, dict):
        raise Refused("invalid_metadata_format")
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        raise Refused("invalid_metadata_schema")


def complaints_about(blocks: list[Any]) -> Iterator[str]:
    """What is wrong with the blocks, each with a JSON pointer to the place."""
    if len(blocks) > BLOCKS_LIMIT:
        yield _say(f"no more than {BLOCKS_LIMIT} items allowed", "/blocks")
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        at = f"/blocks/{index}"
        if not isinstance(block, dict):
            yield _say("must be an object", at)
        elif block.get("type") not in _BLOCK_KEYS:
            yield _say(f"unsupported type: {block.get('type')}", at)
        else:
            yield from _block(block, at)
            name = block.get("block_id")
            if name is not None and name in seen:
                yield _say(f'block_id "{name}" already exists', f"{at}/block_id")
            seen.add(str(name))


def characters(value: object) -> int:
    """How many characters of text the blocks hold."""
    if isinstance(value, list):
        return sum(map(characters, value))
    if isinstance(value, dict):
        own = value.get("text")
        rest = (part for name, part in value.items() if name != "text")
        return (len(own) if isinstance(own, str) else characters(own)) + sum(
            characters(part) for part in rest if isinstance(part, (dict, list))
        )
    return 0


def _block(block: Mapping[str, Any], at: str) -> Iterator[str]:
    kind = block["type"]
    yield from _strangers(block, _BLOCK_KEYS[kind] | {"type", "block_id"}, at)
    yield from _length(block, "block_id", 255, at)
    match kind:
        case "header":
            yield from _text(block, "text", 150, at, kinds=("plain_text",))
        case "markdown":
            yield from _length(block, "text", 12_000, at, required=True)
        case "section":
            yield from _section(block, at)
        case "context":
            yield from _items(block, "elements", 10, at)
            for index in range(_count(block, "elements")):
                yield from _context_element(block["elements"][index], at, index)
        case "actions":
            yield from _items(block, "elements", 25, at)
            yield from _buttons(block, at)
        case _:
            pass  # a divider has nothing more


def _section(block: Mapping[str, Any], at: str) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield _say("missing required field: text", at)
    if "text" in block:
        yield from _text(block, "text", 3000, at)
    if "fields" in block:
        yield from _items(block, "fields", 10, at)
        for index in range(_count(block, "fields")):
            fields = dict(enumerate(block["fields"]))
            yield from _text(fields, index, 2000, f"{at}/fields")
    if "accessory" in block:
        yield from _button(block["accessory"], f"{at}/accessory")


def _context_element(element: object, at: str, index: int) -> Iterator[str]:
    place = f"{at}/elements"
    if isinstance(element, dict) and element.get("type") == "image":
        for name in ("image_url", "alt_text"):
            limit = 3000 if name == "image_url" else 2000
            yield from _length(element, name, limit, f"{place}/{index}", required=True)
    else:
        yield from _text({index: element}, index, 3000, place)


def _buttons(block: Mapping[str, Any], at: str) -> Iterator[str]:
    seen: set[str] = set()
    for index in range(_count(block, "elements")):
        element, place = block["elements"][index], f"{at}/elements/{index}"
        yield from _button(element, place)
        name = element.get("action_id") if isinstance(element, dict) else None
        if name is not None and name in seen:
            yield _say(f'action_id "{name}" already exists', f"{place}/action_id")
        seen.add(str(name))


def _button(element: object, at: str) -> Iterator[str]:
    if not isinstance(element, dict):
        yield _say("must be an object", at)
        return
    if element.get("type") == "static_select":
        yield from _text(element, "placeholder", 150, at, kinds=("plain_text",))
        yield from _items(element, "options", 100, at)
        return
    if element.get("type") != "button":
        yield _say(f"unsupported type: {element.get('type')}", at)
        return
    yield from _strangers(element, _BUTTON_KEYS | {"type"}, at)
    yield from _text(element, "text", 75, at, kinds=("plain_text",))
    for name, limit in _BUTTON_LIMITS.items():
        yield from _length(element, name, limit, at)
    url = element.get("url")
    if isinstance(url, str) and not url.startswith(("http://", "https://")):
        yield _say("must be a valid URL", f"{at}/url")
    if element.get("style", "primary") not in ("primary", "danger"):
        yield _say("must be one of: primary, danger", f"{at}/style")
    if isinstance(element.get("confirm"), dict):
        for name, limit in _CONFIRM_LIMITS.items():
            yield from _text(element["confirm"], name, limit, f"{at}/confirm")


def _text(
    holder: Mapping[Any, Any],
    name: str | int,
    limit: int,
    at: str,
    kinds: tuple[str, ...] = ("plain_text", "mrkdwn"),
) -> Iterator[str]:
    """About a text object: its kind, its length, and what goes with its kind."""
    place, value = f"{at}/{name}", holder.get(name)
    if value is None:
        yield _say(f"missing required field: {name}", at)
    elif not isinstance(value, dict):
        yield _say("must be an object", place)
    elif value.get("type") not in kinds:
        yield _say(f"unsupported type: {value.get('type')}", place)
    else:
        extra = {"plain_text": "emoji", "mrkdwn": "verbatim"}[value["type"]]
        yield from _strangers(value, {"type", "text", extra}, place)
        yield from _length(value, "text", limit, place, required=True)


def _length(
    holder: Mapping[str, Any], name: str, limit: int, at: str, *, required: bool = False
) -> Iterator[str]:
    value = holder.get(name)
    if value is None:
        if required:
            yield _say(f"missing required field: {name}", at)
    elif not isinstance(value, str):
        yield _say("must be a string", f"{at}/{name}")
    elif len(value) > limit:
        yield _say(f"must be less than {limit + 1} characters", f"{at}/{name}")
    elif not value:
        yield _say("must be more than 0 characters", f"{at}/{name}")


def _items(holder: Mapping[str, Any], name: str, limit: int, at: str) -> Iterator[str]:
    value = holder.get(name)
    if not isinstance(value, list):
        yield _say(f"missing required field: {name}", at)
    elif len(value) > limit:
        yield _say(f"no more than {limit} items allowed", f"{at}/{name}")
    elif not value:
        yield _say("must have at least 1 item", f"{at}/{name}")


def _count(holder: Mapping[str, Any], name: str) -> int:
    value = holder.get(name)
    return len(value) if isinstance(value, list) else 0


def _strangers(
    holder: Mapping[str, Any], known: Collection[str], at: str
) -> Iterator[str]:
    for name in holder:
        if name not in known:
            yield _say(f"invalid additional property: {name}", at)


def _say(what: str, pointer: str) -> str:
    return f"[ERROR] {what} [json-pointer:{pointer}]"
