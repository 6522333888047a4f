"""Apps at a page: who writes through one, and whom a thread is handed to.

An app is a bot or the tool of people; Meta's inbox is known, of others the owner says
it (`apps:` of `sla.yaml`, channels.md 2.1, 2.2).
"""

from collections.abc import Mapping
from typing import Any

from stream.channels.conversation import AGENT, author_of_tag
from stream.channels.fields import PartIgnoredError, if_fit, needed
from stream.channels.reading import NO_APP
from stream.sla.events import Author, AuthorKind

# Meta's page says the second, every other source the first (channels.md 2.2).
_INBOX_APPS = frozenset({"263902037430900", "26390203743090"})
_INBOX = "page_inbox"

OWNER_NOT_TOLD = "owner_not_told"
UNKNOWN_OWNER = "unknown_owner"

Apps = Mapping[str, AuthorKind]


def author_of_echo(message: dict[str, Any], apps: Apps) -> Author:
    """Who wrote what the page has sent."""
    tagged = author_of_tag(message.get("metadata"))
    if tagged is not None:
        return tagged
    given = message.get("app_id")
    if given is None or given == "":
        return Author(kind=apps.get(NO_APP, AuthorKind.AGENT))
    app = if_fit(given)
    if app is not None and app in apps:
        # Which person it was, an app does not say.
        kind = apps[app]
        return Author(kind=kind, id=app if kind is AuthorKind.BOT else None)
    # Another app is a helpdesk's: a person or its bot, only it can tell.
    return AGENT if app in _INBOX_APPS else Author(kind=AuthorKind.UNKNOWN, id=app)


def holder(control: dict[str, Any], apps: Apps) -> str | None:
    """Who has the thread from now on: a tool of people; `None`: no person.

    A bot that has it again is nobody's assignee, so that its next hand-over is one
    (semantics 2.17). Raises `PartIgnoredError` where it is not told, or the app may be
    either.
    """
    if "new_owner_app_id" not in control:
        raise PartIgnoredError(OWNER_NOT_TOLD)
    if control["new_owner_app_id"] is None:
        return None  # idle: whoever answers next
    app = needed(control["new_owner_app_id"])
    kind = apps.get(app, AuthorKind.AGENT if app in _INBOX_APPS else None)
    if kind is None:
        raise PartIgnoredError(UNKNOWN_OWNER)
    if kind is AuthorKind.BOT:
        return None
    return _INBOX if app in _INBOX_APPS else f"app:{app}"
