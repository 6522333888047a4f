"""What was pressed: Slack's payloads read. Pure.

The wire: an actions block has the `block_id` `presses/<key>`; an `action_id` is the
kind of a press, `open` (a link, nothing to do) or `details`. A modal has the kind as
its `callback_id`, and in `private_metadata` which message it is about.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from alerts.presses.press import PressKind
from stream.sla.instants import HOUR, MINUTE

BLOCK = "presses/"
SPANS = {"15m": 15 * MINUTE, "1h": HOUR}
"""Options that are a length of time."""
OPENS, AT, TOMORROW = "opens", "at", "tomorrow"
"""Options that are an instant: the queue's opening, a time of day, the next day."""
UNTIL, REASON = "until", "reason"
"""Inputs of the modals: `block_id` and `action_id` alike."""


class Asked(StrEnum):
    """An `action_id` that is no press: nothing is recorded."""

    LINK = "open"
    """The conversation; the browser has followed it already."""
    DETAILS = "details"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The message that it is about; `thread`: of the message that this one answers."""

    key: str
    channel: str
    message_ts: str
    thread: str | None = None

    def metadata(self) -> str:
        """For `private_metadata` of a modal."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A button or a choice. `action`: its id; `option`: what was chosen."""

    place: Place
    press_id: str
    action: str
    by: str
    at: int
    """Milliseconds of Slack's wall clock: the same at each repetition."""
    trigger: str
    option: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A modal that was filled in; `until` is an option, or a time `HH:MM`."""

    place: Place
    press_id: str
    kind: PressKind
    by: str
    until: str
    reason: str = ""


def pressed(payload: Mapping[str, Any]) -> Pressed | None:
    """Read a `block_actions` payload; None: it is of no message of ours.

    Raises whatever reading raises where it is not what Slack sends.
    """
    action, container = payload["actions"][0], payload.get("container", {})
    block = str(action.get("block_id", ""))
    if not block.startswith(BLOCK) or container.get("type") != "message":
        return None
    by, instant = payload["user"]["id"], action["action_ts"]
    return Pressed(
        place=Place(
            key=block.removeprefix(BLOCK),
            channel=container["channel_id"],
            message_ts=container["message_ts"],
            thread=payload.get("message", {}).get("thread_ts"),
        ),
        press_id=f"{by}:{instant}:{action['action_id']}",
        action=action["action_id"],
        by=by,
        at=round(float(instant) * 1000),
        trigger=payload["trigger_id"],
        option=(action.get("selected_option") or {}).get("value"),
    )


def submitted(payload: Mapping[str, Any]) -> Submitted:
    """Read a `view_submission` payload; raises `LookupError` or `ValueError`."""
    view = payload["view"]
    values = {
        name: element
        for block in view["state"]["values"].values()
        for name, element in block.items()
    }
    until = values[UNTIL]
    return Submitted(
        place=Place(**json.loads(view["private_metadata"])),
        press_id=f"view:{view['id']}",
        kind=PressKind(view["callback_id"]),
        by=payload["user"]["id"],
        until=until.get("selected_time") or until["selected_option"]["value"],
        reason=(values.get(REASON, {}).get("value") or "").strip(),
    )
