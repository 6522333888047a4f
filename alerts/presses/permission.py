"""Who may act on alerts (`alerts.may_act`)."""

from collections.abc import Callable, Collection
from typing import Protocol

from stream.config.acting import EVERYONE, MayAct
from stream.sla.instants import MINUTE

_BELIEVED = 5 * MINUTE
"""So long is a group what Slack said it was."""


class UserGroups(Protocol):
    """Knows who is in a user group of Slack's."""

    async def members(self, group: str) -> Collection[str]:
        """Ids of its users. Raises `alerts.slack.failures.SlackFailure`."""
        ...


class Permission:
    """`now` is wall time in milliseconds."""

    def __init__(
        self, may_act: MayAct, groups: UserGroups, now: Callable[[], int]
    ) -> None:
        self._may_act = may_act
        self._groups = groups
        self._now = now
        self._known: dict[str, tuple[int, Collection[str]]] = {}

    def take(self, may_act: MayAct) -> None:
        """From now on."""
        self._may_act = may_act

    async def has(self, user: str) -> bool:
        """Whether `user` may act.

        Raises `SlackFailure` where Slack does not say who is in the group.
        """
        if self._may_act == EVERYONE:
            return True
        if isinstance(self._may_act, str):
            return user in await self._members(self._may_act)
        return user in self._may_act

    async def _members(self, group: str) -> Collection[str]:
        asked_at, members = self._known.get(group, (None, ()))
        if asked_at is None or asked_at + _BELIEVED <= self._now():
            members = await self._groups.members(group)
            self._known[group] = self._now(), members
        return members
