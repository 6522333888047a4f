"""User groups of Slack: who may act is asked of Slack, and remembered for a while."""

from collections.abc import Awaitable, Callable

from alerts.slack.failures import SlackFailure
from stream.sla.instants import MINUTE

FRESH = 5 * MINUTE
"""So long is an answer good: who joins a group may act that much later."""


class Groups:
    """`members` asks Slack (`Slack.members`); `now` is any clock's milliseconds."""

    def __init__(
        self,
        members: Callable[[str], Awaitable[frozenset[str]]],
        now: Callable[[], float],
    ) -> None:
        self._members = members
        self._now = now
        self._known: dict[str, tuple[float, frozenset[str]]] = {}

    async def has(self, group: str, user: str) -> bool:
        """Whether `user` (`U…`) is in `group` (`S…`).

        While Slack does not answer, as it was last known; raises `SlackFailure` where
        nothing ever was.
        """
        since, members = self._known.get(group, (None, frozenset()))
        if since is None or self._now() - since > FRESH:
            try:
                members = await self._members(group)
            except SlackFailure:
                if since is None:
                    raise
            else:
                self._known[group] = self._now(), members
        return user in members
