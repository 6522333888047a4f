"""Bodies exactly as Meta and helpdesks send them: the shapes that others recorded."""

from typing import Any

from stream.sla.instants import rfc3339

Body = dict[str, Any]


def whatsapp_message(phone_number_id: str, customer: str, wamid: str, at: int) -> Body:
    """A customer's text; `at` in milliseconds, told in seconds as WhatsApp does.

    `customer`: the phone number, or the user id of one who hides it.
    """
    has_phone = customer.isdigit()
    contact = {
        "profile": {"name": "Synthetic Customer"},
        "wa_id" if has_phone else "user_id": customer,
    }
    message = {
        "from" if has_phone else "from_user_id": customer,
        "id": wamid,
        "timestamp": str(at // 1000),
        "text": {"body": "Hello, is anybody there?"},
        "type": "text",
    }
    return _whatsapp(phone_number_id, {"contacts": [contact], "messages": [message]})


def whatsapp_new_number(
    phone_number_id: str, customer: str, wamid: str, at: int, new: str
) -> Body:
    """The customer goes on under another phone number."""
    message = {
        "from": customer,
        "id": wamid,
        "timestamp": str(at // 1000),
        "type": "system",
        "system": {"type": "user_changed_number", "wa_id": new},
    }
    return _whatsapp(phone_number_id, {"messages": [message]})


def whatsapp_status(
    phone_number_id: str,
    customer: str,
    wamid: str,
    at: int,
    status: str,
    *,
    category: str = "service",
    callback: str | None = None,
) -> Body:
    """The only trace of an API reply: sent, delivered, read or failed."""
    about: Body = {
        "id": wamid,
        "status": status,
        "timestamp": str(at // 1000),
        "recipient_id" if customer.isdigit() else "recipient_user_id": customer,
    }
    if callback is not None:
        about["biz_opaque_callback_data"] = callback
    if status == "failed":
        text = "Message undeliverable"
        about["errors"] = [{"code": 131026, "title": text, "message": text}]
    else:
        about["pricing"] = {
            "billable": True,
            "pricing_model": "PMP",
            "category": category,
        }
    return _whatsapp(phone_number_id, {"statuses": [about]})


def messenger_message(page: str, customer: str, mid: str, at: int) -> Body:
    """A customer's text."""
    event = {
        "sender": {"id": customer},
        "recipient": {"id": page},
        "timestamp": at,
        "message": {"mid": mid, "text": "Hello, is anybody there?"},
    }
    return _messenger(page, at, event)


PAGE_INBOX = 263902037430900
"""The app id of Meta's own page inbox, where people type (channels.md 2.2)."""


HELPDESK = 900000000000001
"""An app that nobody told us about: people write through it, or its bot."""


def messenger_echo(
    page: str,
    customer: str,
    mid: str,
    at: int,
    *,
    metadata: str | None = None,
    app: int = PAGE_INBOX,
) -> Body:
    """A reply, echoed; `metadata` is what the sending app wrote beside it."""
    message: Body = {
        "mid": mid,
        "text": "Sure, with pleasure",
        "is_echo": True,
        "app_id": app,
    }
    if metadata is not None:
        message["metadata"] = metadata
    event = {
        "sender": {"id": page},
        "recipient": {"id": customer},
        "timestamp": at,
        "message": message,
    }
    return _messenger(page, at, event)


def messenger_delivery(page: str, customer: str, mid: str, at: int) -> Body:
    """The customer's phone has it."""
    event = {
        "sender": {"id": customer},
        "recipient": {"id": page},
        "timestamp": at,
        "delivery": {"mids": [mid], "watermark": at},
    }
    return _messenger(page, at, event)


def messenger_read(page: str, customer: str, at: int) -> Body:
    """The customer looked: no turn, no event."""
    event = {
        "sender": {"id": customer},
        "recipient": {"id": page},
        "timestamp": at,
        "read": {"watermark": at},
    }
    return _messenger(page, at, event)


def posted(  # noqa: PLR0917  whose it is, as above
    kind: str,
    channel: str,
    account: str,
    customer: str,
    event_id: str,
    at: int,
    **said: Any,
) -> Body:
    """What a helpdesk posts of a conversation, which knows more than Meta says."""
    return {
        "kind": kind,
        "event_id": event_id,
        "occurred_at": rfc3339(at),
        "channel": channel,
        "account": account,
        "customer_ids": [customer],
        **said,
    }


def _whatsapp(phone_number_id: str, told: Body) -> Body:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": "16660001111",
            "phone_number_id": phone_number_id,
        },
        **told,
    }
    change = {"value": value, "field": "messages"}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "100000000000002", "changes": [change]}],
    }


def _messenger(page: str, at: int, event: Body) -> Body:
    return {"object": "page", "entry": [{"id": page, "time": at, "messaging": [event]}]}
