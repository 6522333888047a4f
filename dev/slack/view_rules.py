"""Slack's documented rules for a modal. Pure.

Source: docs.slack.dev, reference/views/modal-views: 100 blocks, titles of 24
characters, `submit` needed where there is an input, 3,000 characters of metadata.
"""

from typing import Any

from dev.slack.complaints import Refused, length, plain, strangers
from dev.slack.rules import complaints_about

_BLOCKS = 100
_KEYS = frozenset(
    {"type", "title", "blocks", "close", "submit", "private_metadata", "callback_id"}
    | {"clear_on_close", "notify_on_close", "external_id", "submit_disabled"}
)


def check_view(view: Any) -> None:
    """Raise `Refused` unless this is a modal that Slack would open."""
    if not isinstance(view, dict) or view.get("type") != "modal":
        raise Refused("invalid_arguments", ["view must be a modal"])
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        raise Refused("invalid_arguments", ["view must have blocks"])
    complaints = [
        *strangers(view, _KEYS, "/view"),
        *plain(view, "title", 24, "/view"),
        *plain(view, "close", 24, "/view", required=False),
        *plain(view, "submit", 24, "/view", required=_has_input(blocks)),
        *length(view, "private_metadata", 3000, "/view"),
        *length(view, "callback_id", 255, "/view"),
        *complaints_about(blocks, _BLOCKS),
    ]
    if complaints:
        raise Refused("invalid_arguments", complaints)


def _has_input(blocks: list[Any]) -> bool:
    return any(
        isinstance(each, dict) and each.get("type") == "input" for each in blocks
    )
