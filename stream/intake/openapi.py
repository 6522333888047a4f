"""The OpenAPI document of `POST /v1/events`, made from the events' own structs."""

from functools import cache
from typing import Any, get_args

import msgspec
from aiohttp import web

from stream.channels.reading import MOST_PARTS
from stream.intake.posted import (
    OURS,
    Answer,
    CustomerIds,
    CustomerName,
    EventId,
    Postable,
)

PATH = "/v1/openapi.json"
_SCHEMAS = "#/components/schemas/{name}"
_YEARS = "^(19[7-9][0-9]|2[01][0-9]{2})-"
"""As `stream.records` takes them; no format of JSON Schema bounds an instant."""
_REFUSALS = {
    "400": "The body is not JSON.",
    "401": "No token that is known, or one that has expired.",
    "408": "The body came too slowly.",
    "413": f"Over 3 MiB, or more than {MOST_PARTS} events.",
    "415": "Another content type.",
    "503": "Kafka is away: come again with the same events after `Retry-After`.",
}
_TAKEN = {
    "200": "All events are kept.",
    "207": "Those that are `accepted` are kept; the others will never be as they are.",
    "422": "None is an event that this sender may post.",
}


async def describe(_: web.Request) -> web.Response:
    """Answer with the document; it holds no secret."""
    return web.json_response(document())


@cache
def document() -> dict[str, Any]:
    """OpenAPI 3.1, as a plain value."""
    kinds = [kind.__name__ for kind in get_args(Postable)]
    (_, answer, *theirs), schemas = msgspec.json.schema_components(
        [Postable, Answer, EventId, CustomerIds, CustomerName], ref_template=_SCHEMAS
    )
    for kind in kinds:
        _as_posted(schemas[kind], *theirs)
    schemas["Event"] = {
        "oneOf": [{"$ref": _SCHEMAS.format(name=kind)} for kind in kinds],
        "discriminator": {"propertyName": "kind"},
    }
    schemas["Answers"] = {
        "type": "object",
        "required": ["accepted", "refused", "items"],
        "properties": {
            "accepted": {"type": "integer", "minimum": 0},
            "refused": {"type": "integer", "minimum": 0},
            "items": {"type": "array", "items": answer},
        },
    }
    schemas["Refusal"] = {
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"type": "string"}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "ReplyClock: events", "version": "1"},
        "paths": {"/v1/events": {"post": _post()}},
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _as_posted(
    schema: dict[str, Any],
    event_id: dict[str, Any],
    ids: dict[str, Any],
    called: dict[str, Any],
) -> None:
    """Take out what is ours; the customer's ids may stand for the conversation."""
    properties = schema["properties"]
    for name in OURS:
        properties.pop(name, None)
    properties["event_id"] = event_id
    properties["occurred_at"]["pattern"] = _YEARS
    properties["customer_ids"], properties["customer_name"] = ids, called
    required = set(schema["required"]) - {"v", "conversation_id"}
    schema["required"] = sorted(required)
    schema["oneOf"] = [
        {"required": ["conversation_id"]},
        {"required": ["customer_ids"]},
    ]


def _post() -> dict[str, Any]:
    event = {"$ref": _SCHEMAS.format(name="Event")}
    listed = {"type": "array", "items": event, "maxItems": MOST_PARTS}
    return {
        "operationId": "postEvents",
        "summary": "Tell what happened: one event, a list, or one a line.",
        "description": "An event may come any number of times and in any order; the "
        "same `event_id` of the same sender is the same event, the same `message_id` "
        "the same message, whoever tells of it.",
        "security": [{"token": []}],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"oneOf": [event, listed]}},
                "application/x-ndjson": {"schema": {"type": "string"}},
            },
        },
        "responses": {
            **{code: _response(text, "Answers") for code, text in _TAKEN.items()},
            **{code: _response(text, "Refusal") for code, text in _REFUSALS.items()},
        },
    }


def _response(description: str, schema: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {
            "application/json": {
                "schema": {"$ref": _SCHEMAS.format(name=schema)},
            }
        },
    }
