"""Who may act on alerts (`alerts.may_act`)."""

from typing import Protocol

from stream.config.acting import EVERYONE, MayAct


class UserGroups(Protocol):
    """Knows who is in a user group of Slack's (`alerts.slack.groups`)."""

    async def has(self, group: str, user: str) -> bool:
        """Whether `user` is in `group`. Raises `alerts.slack.failures.SlackFailure`."""
        ...


class Permission:
    """Of one config at a time."""

    def __init__(self, may_act: MayAct, groups: UserGroups) -> None:
        self._may_act = may_act
        self._groups = groups

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
            return await self._groups.has(self._may_act, user)
        return user in self._may_act
