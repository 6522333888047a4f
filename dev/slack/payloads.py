"""What Slack sends to an app when somebody does something. Pure.

Sources: docs.slack.dev, reference/interaction-payloads/block_actions-payload and
view-interactions-payload; interactivity/implementing-slash-commands. Left out: what
only apps of several workspaces or of workflows get.
"""

from collections.abc import Mapping
from typing import Any

from dev.slack.people import USERS
from dev.slack.views import View
from dev.slack.workspace import Message

Payload = dict[str, Any]

_TEAM = {"id": "T0STANDIN", "domain": "stand-in"}
_APP = {"api_app_id": "A0REPLYCLOCK", "token": "not-used-any-more"}


def user(name: str) -> dict[str, str]:
    shown = USERS.get(name, name).lower()
    return {"id": name, "username": shown, "name": shown, "team_id": _TEAM["id"]}


def block_actions(
    who: str,
    message: Message,
    shown: Mapping[str, Any],
    action: Mapping[str, Any],
    *,
    trigger: str,
    response_url: str,
    channel_name: str,
) -> Payload:
    """`shown` is the message as the API gives it; `action`, what was pressed."""
    channel = message.channel
    return {
        "type": "block_actions",
        "user": user(who),
        **_APP,
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel,
            "is_ephemeral": False,
        },
        "trigger_id": trigger,
        "team": _TEAM,
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": channel, "name": channel_name},
        "message": dict(shown),
        "state": {"values": {}},
        "response_url": response_url,
        "actions": [dict(action)],
    }


def view_submission(who: str, view: View, values: Mapping[str, Any]) -> Payload:
    return {
        "type": "view_submission",
        "team": _TEAM,
        "user": user(who),
        **_APP,
        "trigger_id": f"{view.id}.2.submitted",
        "view": view.shown(values),
        "response_urls": [],
        "is_enterprise_install": False,
        "enterprise": None,
    }


def slash_command(
    who: str,
    channel: str,
    words: str,
    *,
    trigger: str,
    response_url: str,
    channel_name: str,
) -> Payload:
    """`words` with the command itself: `/replyclock waiting sales`."""
    command, _, text = words.strip().partition(" ")
    return {
        **_APP,
        "team_id": _TEAM["id"],
        "team_domain": _TEAM["domain"],
        "channel_id": channel,
        "channel_name": channel_name,
        "user_id": who,
        "user_name": user(who)["name"],
        "command": command,
        "text": text.strip(),
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger,
    }


def action_of(
    message: Message, block_id: str, action_id: str, value: str | None, at: float
) -> Payload:
    """The action as a payload bears it; raises `LookupError`: it is not there.

    `value`: of the option that was chosen, or the time of a timepicker.
    """
    element = _element(message, block_id, action_id)
    action: Payload = {
        "type": element["type"],
        "action_id": action_id,
        "block_id": block_id,
        "action_ts": f"{at:.6f}",
    }
    match element["type"]:
        case "button":
            action["text"] = element["text"]
            if "value" in element:
                action["value"] = element["value"]
        case "timepicker":
            action["selected_time"] = value
        case _:
            options = {each["value"]: each for each in element["options"]}
            action["selected_option"] = options[str(value)]
    return action


def _element(message: Message, block_id: str, action_id: str) -> dict[str, Any]:
    for block in message.blocks or ():
        if block.get("block_id") == block_id:
            parts = [*block.get("elements", ()), block.get("accessory") or {}]
            for element in parts:
                if element.get("action_id") == action_id:
                    return dict(element)
    raise LookupError(f"no {action_id} in {block_id} of this message")
