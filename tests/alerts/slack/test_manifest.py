"""The manifest asks for what we call, and for nothing more."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import alerts
from alerts.inbox.door import PATH

FOLDER = Path(alerts.__file__).parent
MANIFEST = (FOLDER / "slack" / "manifest.yaml").read_text("utf-8")
SCOPES: dict[str, set[str]] = {
    "auth.test": set(),
    "apps.connections.open": set(),  # an app-level token's, connections:write
    "chat.postMessage": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history"},
    "conversations.replies": {"channels:history", "groups:history"},
    "usergroups.users.list": {"usergroups:read"},
    "views.open": set(),
}
"""Bot scopes by method, as docs.slack.dev, reference/methods/<method> says of each:
of those for histories the two that concern channels."""


@pytest.fixture
def manifest() -> dict[str, Any]:
    read: dict[str, Any] = YAML(typ="safe").load(MANIFEST)
    return read


def test_the_scopes_are_those_of_our_calls(manifest: dict[str, Any]) -> None:
    """Of all methods that the code names; and `commands`, for the slash command."""
    text = "\n".join(path.read_text("utf-8") for path in FOLDER.rglob("*.py"))
    families = "auth|apps|bots|chat|conversations|usergroups|users|views|reactions|pins"
    called = set(re.findall(rf'"((?:{families})\.[a-zA-Z.]+)"', text))
    assert called == set(SCOPES)
    needed = {scope for method in called for scope in SCOPES[method]} | {"commands"}
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed


def test_both_ways_are_in_it(manifest: dict[str, Any]) -> None:
    """Socket Mode as it is; HTTP by its comments, to the path that we answer."""
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["interactivity"]["is_enabled"] is True
    urls = re.findall(r"^ *# ((?:request_)?url: \S+)", MANIFEST, re.MULTILINE)
    assert urls == [
        f"url: https://your.host{PATH}",
        f"request_url: https://your.host{PATH}",
    ]
    text = MANIFEST.replace("socket_mode_enabled: true", "socket_mode_enabled: false")
    by_http = re.sub(r"# ((?:request_)?url:)", r"\1", text)
    read = YAML(typ="safe").load(by_http)
    assert read["features"]["slash_commands"][0]["url"].endswith(PATH)
    assert read["settings"]["interactivity"]["request_url"].endswith(PATH)


def test_it_is_within_slacks_limits(manifest: dict[str, Any]) -> None:
    """docs.slack.dev, reference/app-manifest: lengths of names and descriptions."""
    shown = manifest["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    [command] = manifest["features"]["slash_commands"]
    assert re.fullmatch(r"/[a-z]{1,31}", command["command"])
    assert len(command["description"]) <= 2000
    assert len(command["usage_hint"]) <= 1000
