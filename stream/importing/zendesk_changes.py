"""What Zendesk's updates of a ticket say, in one form for its two exports.

An audit of a ticket lists its changes as `events`, each with `field_name` and `value`;
an event of the incremental export lists them as `child_events`, each with the field's
own name. A comment that was not asked for (`include=comment_events`) is only told of:
`comment_present`, `comment_public`.
"""

from collections.abc import Iterator
from typing import Any

from stream.channels.fields import a_list, an_object, word
from stream.importing.helpdesk import Part

FIELDS = ("status", "assignee_id", "group_id", "priority", "tags", "requester_id")
_LISTS = {
    "users": "user",
    "groups": "group",
    "tickets": "ticket",
    "ticket_events": "update",
    "audits": "update",
}
_COMMENTS = {"Comment", "VoiceComment"}


def parts(body: object) -> Iterator[Part]:
    """What a body is about: what each part is, and its fields."""
    if isinstance(body, list):
        for each in body:
            yield from parts(each)
        return
    said = an_object(body)
    for name, kind in _LISTS.items():
        if name in said:
            for each in a_list(said[name]):
                yield from _part(kind, an_object(each))
    if not _LISTS.keys() & said.keys():
        yield from _part(_kind(said), said)


def _kind(said: dict[str, Any]) -> str:
    if "child_events" in said or "events" in said:
        return "update"
    if "requester_id" in said:
        return "ticket"
    if "role" in said:
        return "user"
    return "objects that are none of those in docs/import.md"


def _part(kind: str, said: dict[str, Any]) -> Iterator[Part]:
    yield kind, said
    if kind == "ticket":
        for comment in a_list(said.get("comments")):
            update = {**an_object(comment), "ticket_id": said.get("id")}
            yield "update", {**update, "events": [{"type": "Comment", **comment}]}


def changes(update: dict[str, Any]) -> list[dict[str, Any]]:
    """The single changes of an update."""
    listed = update.get("child_events", update.get("events"))
    return [an_object(change) for change in a_list(listed)]


def kind_of(change: dict[str, Any]) -> str:
    """`Comment`, `Create`, `Change`, `SatisfactionRating`, or whatever else it says."""
    return word(change.get("type")) or word(change.get("event_type"))


def is_comment(change: dict[str, Any]) -> bool:
    return kind_of(change) in _COMMENTS or change.get("comment_present") is True


def is_public(change: dict[str, Any]) -> bool:
    return bool(change.get("public", change.get("comment_public", True)))


def fields(change: dict[str, Any]) -> dict[str, Any]:
    """The fields of a ticket that a change sets, by their names."""
    name = change.get("field_name")
    if name is not None:
        return {name: change.get("value")} if name in FIELDS else {}
    return {field: change[field] for field in FIELDS if field in change}


def via(said: dict[str, Any]) -> str:
    """How it came, as a via type (`email`); some exports say `Web form` instead."""
    found = said.get("via")
    if isinstance(found, dict):
        found = found.get("channel")
    return word(found).lower().replace(" ", "_")
