"""What is in an answer of Chatwoot's API, whatever it is wrapped in."""

from collections.abc import Iterator
from typing import Any

from stream.channels.fields import a_list, an_object
from stream.importing.helpdesk import Part

INCOMING, OUTGOING, ACTIVITY, TEMPLATE = range(4)
_TYPES = {
    "incoming": INCOMING,
    "outgoing": OUTGOING,
    "activity": ACTIVITY,
    "template": TEMPLATE,
}
"""`message_type` of the API is a number, that of a webhook a word."""
_KINDS = {
    "message_type": "message",
    "event_end_time": "reporting event",
    "rating": "survey",
    "channel_type": "inbox",
    "inbox_id": "conversation",
}
"""By the field that only these have; messages have an `inbox_id`, too."""


def parts(body: object) -> Iterator[Part]:
    """Raises `PartIgnoredError` for what is neither a list nor an object."""
    if isinstance(body, list):
        for each in body:
            yield from parts(each)
        return
    said = an_object(body)
    if "reporting_events" in said:
        conversation = an_object(said.get("conversation"))
        yield from parts([conversation, said.get("messages", [])])
        for each in a_list(said["reporting_events"]):
            of = {"of": conversation.get("id")}
            yield "reporting event", {**an_object(each), **of}
    elif "payload" in said or "data" in said:
        yield from parts(said.get("payload", said.get("data")))
    else:
        kinds = (kind for field, kind in _KINDS.items() if field in said)
        yield next(kinds, "objects that are none of those in docs/import.md"), said
        yield from parts(said.get("messages", []))


def type_of(message: dict[str, Any]) -> int:
    """`INCOMING` and so on; what is none of them is no turn of anybody's."""
    said = message["message_type"]
    type_ = _TYPES.get(said) if isinstance(said, str) else said
    return type_ if type_ in (INCOMING, OUTGOING, TEMPLATE) else ACTIVITY


def a_dict(value: object) -> dict[str, Any]:
    """Empty for anything else: of what only helps."""
    return value if isinstance(value, dict) else {}
