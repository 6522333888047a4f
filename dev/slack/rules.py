"""Slack's documented rules for a message: Block Kit, lengths, metadata. Pure.

Wording of the complaints is Slack's own where it is known. Sources: the reference
pages of docs.slack.dev for blocks, text objects, buttons, chat.postMessage and
chat.update; the total length is not documented (bolt-js issue 2509).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dev.slack.complaints import (
    Refused,
    count,
    items,
    length,
    plain,
    say,
    strangers,
    text,
)
from dev.slack.elements import IN_ACTIONS, IN_INPUT, IN_SECTION, element, elements

TEXT_LIMIT = 40_000
EDITED_TEXT_LIMIT = 4_000
BLOCKS_LIMIT = 50
BLOCK_CHARACTERS_LIMIT = 13_200

_BLOCK_KEYS: dict[str, frozenset[str]] = {
    "actions": frozenset({"elements"}),
    "context": frozenset({"elements"}),
    "divider": frozenset(),
    "header": frozenset({"text"}),
    "input": frozenset({"label", "element", "hint", "optional", "dispatch_action"}),
    "markdown": frozenset({"text"}),
    "section": frozenset({"text", "fields", "accessory", "expand"}),
}


def check_content(words: object, blocks: object, *, text_limit: int) -> None:
    """Raise `Refused` unless this text (`words`) and these blocks make a message."""
    if words is not None and not isinstance(words, str):
        raise Refused("invalid_arguments", ["text must be a string"])
    if blocks is not None:
        if not isinstance(blocks, list):
            raise Refused("invalid_blocks_format")
        complaints = list(complaints_about(blocks))
        if complaints:
            raise Refused("invalid_blocks", complaints)
        if characters(blocks) > BLOCK_CHARACTERS_LIMIT:
            raise Refused("msg_blocks_too_long")
    if not words and not blocks:
        raise Refused("no_text")
    if words and len(words) > text_limit:
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


def complaints_about(blocks: list[Any], limit: int = BLOCKS_LIMIT) -> Iterator[str]:
    """What is wrong with the blocks, each with a JSON pointer to the place."""
    if len(blocks) > limit:
        yield say(f"no more than {limit} items allowed", "/blocks")
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        at = f"/blocks/{index}"
        if not isinstance(block, dict):
            yield say("must be an object", at)
        elif block.get("type") not in _BLOCK_KEYS:
            yield say(f"unsupported type: {block.get('type')}", at)
        else:
            yield from _block(block, at)
            name = block.get("block_id")
            if name is not None and name in seen:
                yield say(f'block_id "{name}" already exists', f"{at}/block_id")
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
    yield from strangers(block, _BLOCK_KEYS[kind] | {"type", "block_id"}, at)
    yield from length(block, "block_id", 255, at)
    match kind:
        case "header":
            yield from plain(block, "text", 150, at)
        case "markdown":
            yield from length(block, "text", 12_000, at, required=True)
        case "section":
            yield from _section(block, at)
        case "context":
            yield from items(block, "elements", 10, at)
            for index in range(count(block, "elements")):
                yield from _context_element(block["elements"][index], at, index)
        case "actions":
            yield from items(block, "elements", 25, at)
            yield from elements(block, at, IN_ACTIONS)
        case "input":
            yield from plain(block, "label", 2000, at)
            yield from plain(block, "hint", 2000, at, required=False)
            yield from element(block.get("element"), f"{at}/element", IN_INPUT)
        case _:
            pass  # a divider has nothing more


def _section(block: Mapping[str, Any], at: str) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield say("missing required field: text", at)
    if "text" in block:
        yield from text(block, "text", 3000, at)
    if "fields" in block:
        yield from items(block, "fields", 10, at)
        for index in range(count(block, "fields")):
            fields = dict(enumerate(block["fields"]))
            yield from text(fields, index, 2000, f"{at}/fields")
    if "accessory" in block:
        yield from element(block["accessory"], f"{at}/accessory", IN_SECTION)


def _context_element(element: object, at: str, index: int) -> Iterator[str]:
    place = f"{at}/elements"
    if isinstance(element, dict) and element.get("type") == "image":
        for name in ("image_url", "alt_text"):
            limit = 3000 if name == "image_url" else 2000
            yield from length(element, name, limit, f"{place}/{index}", required=True)
    else:
        yield from text({index: element}, index, 3000, place)
