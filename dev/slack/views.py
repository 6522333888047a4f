"""Modals: what opens one, and which one a person has before them.

A `trigger_id` is valid for three seconds and for one call (docs.slack.dev,
surfaces/modals and reference/methods/views.open).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from dev.slack.complaints import Refused
from dev.slack.view_rules import check_view

TRIGGER_SECONDS = 3.0


@dataclass(slots=True, kw_only=True)
class View:
    """One modal of one person. `errors`: what the app said of its inputs."""

    id: str
    user: str
    content: dict[str, Any]
    errors: Mapping[str, str] = field(default_factory=dict)

    def shown(self, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """As payloads and answers bear it."""
        return {
            "id": self.id,
            "team_id": "T0STANDIN",
            "app_id": "A0REPLYCLOCK",
            "hash": f"1.{self.id}",
            "private_metadata": "",
            "callback_id": "",
            **self.content,
            "state": {"values": values or {}},
        }


@dataclass(slots=True)
class Views:
    """`now` is any clock's seconds."""

    _triggers: dict[str, tuple[str, float]] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)
    _open: dict[str, View] = field(default_factory=dict)

    def trigger(self, user: str, now: float) -> str:
        """A new `trigger_id` for what `user` just did."""
        name = f"{uuid4().hex}.1.trigger"
        self._triggers[name] = user, now
        return name

    def open(self, trigger: object, view: Any, now: float) -> View:
        """Show `view` to whom the trigger is of; raises `Refused`."""
        name = str(trigger)
        if name not in self._triggers:
            raise Refused("invalid_trigger_id")
        user, since = self._triggers[name]
        if name in self._used:
            raise Refused("exchanged_trigger_id")
        if now - since > TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")
        check_view(view)
        self._used.add(name)
        opened = View(id=f"V{uuid4().hex[:10].upper()}", user=user, content=view)
        self._open[user] = opened
        return opened

    def of(self, user: str) -> View | None:
        """What `user` has before them."""
        return self._open.get(user)

    def close(self, user: str) -> None:
        self._open.pop(user, None)
