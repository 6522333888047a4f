"""Opt-outs are counted, each by its own reason, and are never a broken body."""

from typing import Any

import pytest

from stream.channels import messenger as on_messenger
from stream.channels import whatsapp as on_whatsapp
from tests.bodies import asked, messenger, whatsapp
from tests.channels.test_messenger import NOW


def prefers(*wishes: Any) -> dict[str, Any]:
    return whatsapp("user_preferences", user_preferences=list(wishes))


def changed(marketing: object) -> dict[str, Any]:
    told = {"type": "user_preference_changed", "marketing": marketing}
    return asked(type="system", system=told)


def notified(status: object) -> dict[str, Any]:
    said = {"notification_messages_status": status}
    return messenger(optin={"type": "notification_messages", **said})


@pytest.mark.parametrize(
    ("parse", "body", "ignored"),
    [
        (
            on_whatsapp.parse,
            prefers({"value": "stop"}, {"value": "resume"}, {"value": "stop"}),
            {"opted_out": 2, "opted_in": 1},
        ),
        (on_whatsapp.parse, prefers({"value": "later"}, 7), {"user_preferences": 2}),
        (on_whatsapp.parse, prefers(), {"user_preferences": 1}),
        (
            on_whatsapp.parse,
            whatsapp("user_preferences", user_preferences={"value": "stop"}),
            {"user_preferences": 1},
        ),
        (on_whatsapp.parse, changed("stop"), {"opted_out": 1}),
        (on_whatsapp.parse, changed("resume"), {"opted_in": 1}),
        (on_whatsapp.parse, changed(None), {"system": 1}),
        (on_messenger.parse, notified("STOP_NOTIFICATIONS"), {"opted_out": 1}),
        (on_messenger.parse, notified("STOP NOTIFICATIONS"), {"opted_out": 1}),
        (on_messenger.parse, notified("RESUME_NOTIFICATIONS"), {"opted_in": 1}),
        (on_messenger.parse, notified(["STOP"]), {"optin": 1}),
        (on_messenger.parse, messenger(optin={"ref": "x"}), {"optin": 1}),
        (on_messenger.parse, messenger(optin=7), {"optin": 1}),
    ],
)
def test_a_wish_about_marketing_is_counted(
    parse: Any, body: dict[str, Any], ignored: dict[str, int]
) -> None:
    """Stopped and resumed apart, in any shape; no event comes of it."""
    parsed = parse(body, id_secret=b"secret", received_at=NOW)

    assert (parsed.events, parsed.ignored) == ((), ignored)
