"""Webhook bodies of our own making, in the shapes that `channels.md` describes.

What others recorded is read where it lies beside the project, and never copied in:
`tests/channels/test_real_bodies.py`.
"""

import json
from typing import Any

Body = dict[str, Any]

NUMBER, SHOWN, PHONE, USER = "310000000000001", "3615550000", "36301112233", "HU.7001"
PAGE, VISITOR = "410000000000001", "510000000000002"
SECONDS, MS = 1_790_000_000, 1_790_000_000_000


def whatsapp(field: str = "messages", **value: Any) -> Body:
    """A change of one of the business's numbers."""
    metadata = {"display_phone_number": SHOWN, "phone_number_id": NUMBER}
    whole = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    entry = {"id": "610000000000001", "changes": [{"value": whole, "field": field}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def asked(name: str = "Q1", phone: str = PHONE, **said: Any) -> Body:
    """A customer's message: text, unless `said` says otherwise."""
    contact = {"profile": {"name": "Our Customer"}, "wa_id": phone}
    message = {"from": phone, "id": f"wamid.{name}", "timestamp": str(SECONDS)}
    said = said or {"type": "text", "text": {"body": "Our words"}}
    return whatsapp(contacts=[contact], messages=[{**message, **said}])


def status(said: str, **more: Any) -> Body:
    """What became of a message of the business."""
    about = {"id": "wamid.A1", "status": said, "timestamp": str(SECONDS + 60)}
    return whatsapp(statuses=[{**about, "recipient_id": PHONE, **more}])


def echo(**said: Any) -> Body:
    """What a person typed in the business's own app."""
    message = {"from": SHOWN, "to": PHONE, "id": "wamid.E1", "timestamp": str(SECONDS)}
    return whatsapp("smb_message_echoes", message_echoes=[{**message, **said}])


def call(**said: Any) -> Body:
    """A call between a customer and the business, as it rings or when it is over."""
    of_business = said.get("direction") == "BUSINESS_INITIATED"
    caller, called = (SHOWN, PHONE) if of_business else (PHONE, SHOWN)
    about = {"id": "wacid.C1", "from": caller, "to": called}
    return whatsapp("calls", calls=[{**about, "timestamp": str(SECONDS), **said}])


def messenger(*, from_page: bool = False, **part: Any) -> Body:
    """Something between a page and its visitor."""
    page, visitor = {"id": PAGE}, {"id": VISITOR}
    sides = (page, visitor) if from_page else (visitor, page)
    event = dict(zip(("sender", "recipient"), sides, strict=True))
    messaging = [{**event, "timestamp": MS, **part}]
    entry = {"id": PAGE, "time": MS + 100, "messaging": messaging}
    return {"object": "page", "entry": [entry]}


def _media(kind: str, **more: Any) -> Body:
    return asked(type=kind, **{kind: {"id": "71", "mime_type": "x/y", **more}})


PRICED = {"billable": False, "pricing_model": "PMP", "category": "service"}
TEMPLATE = PRICED | {"category": "marketing"}
BODIES: dict[str, dict[str, Body]] = {
    "whatsapp": {
        "text": asked(),
        "text of a user id": whatsapp(
            contacts=[{"profile": {"name": "Our Customer"}, "user_id": USER}],
            messages=[
                {
                    "from_user_id": USER,
                    "id": "wamid.U1",
                    "timestamp": str(SECONDS),
                    "type": "text",
                    "text": {"body": "Our words"},
                }
            ],
        ),
        "image": _media("image", caption="Our words"),
        "voice": _media("audio", voice=True),
        "document": _media("document", filename="ours.pdf"),
        "sticker": _media("sticker", animated=True),
        "location": asked(type="location", location={"latitude": 1, "longitude": 2}),
        "button": asked(type="button", button={"text": "Yes", "payload": "y"}),
        "list reply": asked(
            type="interactive",
            interactive={"type": "list_reply", "list_reply": {"id": "1", "title": "x"}},
        ),
        "reply": asked(
            type="text", text={"body": "x"}, context={"from": SHOWN, "id": "wamid.A0"}
        ),
        "reaction": asked(
            type="reaction", reaction={"message_id": "wamid.A0", "emoji": "x"}
        ),
        "unsupported": asked(type="unsupported", errors=[{"code": 131051}]),
        "system": asked(
            type="system",
            system={"type": "user_changed_number", "wa_id": "36309998877"},
        ),
        "sent": status("sent", pricing=PRICED, recipient_user_id=USER),
        "delivered": status("delivered"),
        "read": status("read", biz_opaque_callback_data="agent:7"),
        "played": status("played"),
        "failed": status("failed", errors=[{"code": 131026}]),
        "template": status("sent", pricing=TEMPLATE),
        "group": status(
            "read",
            recipient_id="G1",
            recipient_type="group",
            recipient_participant_id=PHONE,
        ),
        "echo": echo(type="text", text={"body": "Our words"}),
        "echo of an edit": echo(type="edit", edit={"original_message_id": "wamid.E0"}),
        "echo of a deletion": echo(type="revoke", revoke={}),
        "call of a customer": call(
            event="terminate", status="COMPLETED", duration=33, start_time=SECONDS
        ),
        "call of the business": call(
            event="terminate", direction="BUSINESS_INITIATED", status="FAILED"
        ),
        "call accepted": whatsapp(
            "calls",
            statuses=[
                {
                    "id": "wacid.C1",
                    "type": "call",
                    "status": "ACCEPTED",
                    "timestamp": str(SECONDS),
                    "recipient_id": PHONE,
                }
            ],
        ),
        "opt-out": whatsapp(
            "user_preferences",
            user_preferences=[
                {
                    "wa_id": PHONE,
                    "category": "marketing_messages",
                    "value": "stop",
                    "timestamp": SECONDS,
                }
            ],
        ),
        "another user id": whatsapp(
            "user_id_update",
            user_id_update=[
                {
                    "wa_id": PHONE,
                    "user_id": {"previous": USER, "current": "HU.7002"},
                    "timestamp": str(SECONDS),
                }
            ],
        ),
    },
    "messenger": {
        "text": messenger(message={"mid": "m_1", "text": "Our words"}),
        "image": messenger(
            message={
                "mid": "m_2",
                "attachments": [{"type": "image", "payload": {"url": "https://x.y/z"}}],
            }
        ),
        "postback": messenger(postback={"mid": "m_3", "title": "Go", "payload": "GO"}),
        "postback without a name": messenger(postback={"title": "Go"}),
        "echo": messenger(
            from_page=True,
            message={"mid": "m_4", "is_echo": True, "app_id": 263902037430900},
        ),
        "echo of an app": messenger(
            from_page=True,
            message={"mid": "m_5", "is_echo": True, "app_id": 2**60, "metadata": "x"},
        ),
        "reaction": messenger(reaction={"mid": "m_1", "action": "react", "emoji": "x"}),
        "edit": messenger(message_edit={"mid": "m_1", "text": "x", "num_edit": 1}),
        "passed to the inbox": messenger(
            pass_thread_control={"new_owner_app_id": 263902037430900, "metadata": "x"}
        ),
        "taken": messenger(take_thread_control={"previous_owner_app_id": "42"}),
        "opt-out": messenger(
            optin={
                "type": "notification_messages",
                "notification_messages_status": "STOP_NOTIFICATIONS",
            }
        ),
        "read": messenger(read={"watermark": MS}),
        "delivery": messenger(delivery={"mids": ["m_4"], "watermark": MS}),
    },
}


def on_the_wire(body: Body) -> bytes:
    """As Meta writes it."""
    return json.dumps(body).encode()
