"""What calls carry inside of their arguments."""

import json
from collections.abc import Mapping
from typing import Any

from dev.slack.complaints import Refused


def decoded(arguments: Mapping[str, Any], name: str) -> Any:
    """The argument `name`; raises `Refused` where it is no JSON."""
    value = arguments.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Refused(f"invalid_{name}_format") from None


def attached(attachments: Any) -> str:
    """What stands in Slack's older kind of content, as Alertmanager sends it."""
    shown = attachments if isinstance(attachments, list) else []
    return "\n".join(each[part] for each in shown for part in ("title", "text"))
