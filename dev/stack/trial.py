"""What our processes are told of a stack; for a trial by hand, as files beside it."""

import secrets
import shlex
from pathlib import Path

from dev.places import CONFIG
from dev.slack.api import TOKEN
from dev.slack.interactive_api import APP_TOKEN
from dev.stack.running import Stack

TRIAL = "trial.env"
PORTS = {"worker": 9101, "alerts": 9102, "intake": 9103}
"""Where each serves its metrics, if nothing else is set."""


def settings_of(stack: Stack) -> dict[str, str]:
    """`REPLYCLOCK_` settings for this stack, with secrets that nobody else has."""
    names = {
        "BROKER": stack.broker,
        "ID_SECRET": secrets.token_hex(16),
        "CONTACT_KEY": secrets.token_hex(32),
        "WHATSAPP_APP_SECRET": secrets.token_hex(16),
        "WHATSAPP_VERIFY_TOKEN": secrets.token_hex(8),
        "MESSENGER_APP_SECRET": secrets.token_hex(16),
        "MESSENGER_VERIFY_TOKEN": secrets.token_hex(8),
        "EVENTS_TOKEN": secrets.token_urlsafe(32),
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
    }
    if "redis" in stack.names:
        names["REDIS_URL"] = stack.redis_url
    if "slack" in stack.names:
        names["SLACK_API_URL"] = stack.slack_url
    return {f"REPLYCLOCK_{name}": value for name, value in names.items()}


def write_trial(stack: Stack) -> Path:
    """Write the settings for a shell, and a copy of the rules that may be changed."""
    rules = stack.folder / "sla.yaml"
    rules.write_text(CONFIG.read_text("utf-8"), "utf-8")
    settings = settings_of(stack) | {"REPLYCLOCK_CONFIG": str(rules)}
    path = stack.folder / TRIAL
    path.touch(mode=0o600)
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in settings.items()]
    path.write_text("".join(lines), "utf-8")
    return path
