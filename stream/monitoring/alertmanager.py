"""Alertmanager's settings: `alertmanager.yml` beside this, filled in by the rules."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from stream.config import Alerts

TEMPLATE = Path(__file__).with_name("alertmanager.yml")
TOKEN = "SLACK_BOT_TOKEN"  # noqa: S105  a variable's name
_HEAD = "# Made by `replyclock monitoring` from sla.yaml: change it there.\n"

FileOf = Callable[[str], str]
"""The file that holds a secret, by its variable's name without `REPLYCLOCK_`."""


class UntoldError(Exception):
    """Alertmanager has no way to the receiver; the text says which to name instead."""


def settings_of(alerts: Alerts, slack_url: str, file_of: FileOf) -> str:
    """The file for Alertmanager; the same bytes for the same rules.

    `slack_url`: of Slack's Web API. Raises `UntoldError`, and whatever
    `file_of` raises.
    """
    settings = YAML().load(TEMPLATE)
    receivers = {receiver["name"]: receiver for receiver in settings["receivers"]}
    _tell(receivers["monitor"], alerts, slack_url, file_of)
    if alerts.watchdog is not None:
        file = file_of(f"SINK_{alerts.watchdog.url_from}")
        receivers["watchdog"]["webhook_configs"] = [_webhook(file, resolved=False)]
    written = io.StringIO()
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)  # as in the template
    yaml.width = 4096  # templates stay on their line
    yaml.dump(settings, written)
    return _HEAD + written.getvalue()


def told(settings: dict[str, Any], name: str) -> str | None:
    """Whom the receiver `name` of Alertmanager tells: a channel, or a file's path.

    Of settings as written here, or as Alertmanager shows its own. None: nobody.
    """
    for receiver in settings.get("receivers", []):
        if receiver["name"] == name:
            for way in receiver.get("slack_configs", []):
                return str(way.get("channel"))
            for way in receiver.get("webhook_configs", []):
                return str(way.get("url_file"))
    return None


def _tell(
    monitor: dict[str, Any], alerts: Alerts, slack_url: str, file_of: FileOf
) -> None:
    receiver = alerts.receivers[alerts.monitor_name]
    if receiver.slack is not None:
        (slack,) = monitor["slack_configs"]
        slack["api_url"] = f"{slack_url.rstrip('/')}/chat.postMessage"
        slack["channel"] = receiver.slack.channel
        slack["http_config"]["authorization"]["credentials_file"] = file_of(TOKEN)
    elif receiver.webhook is not None:
        del monitor["slack_configs"]
        file = file_of(f"SINK_{receiver.webhook.url_from}")
        monitor["webhook_configs"] = [_webhook(file, resolved=True)]
    else:
        raise UntoldError(
            f"alerts.monitor: name a receiver that is slack or webhook:"
            f" Alertmanager cannot tell {alerts.monitor_name!r}, the last route's"
        )


def _webhook(file: str, *, resolved: bool) -> dict[str, Any]:
    return {"url_file": file, "send_resolved": resolved}
