"""The desk: whom the inbox asks what it does not know itself."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from alerts.presses.press import Press

PressOn = Callable[[str, Press], Awaitable[str]]
"""Records a press of the alert with that key; what whoever pressed is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """Somebody who waits, and whose promise is broken or nearly so. Times in ms."""

    queue: str
    since: int
    deadline: int
    conversation: str
    """A pseudonym."""
    is_broken: bool
    customer: str | None = None
    """Who it is, as far as the rules file says."""
    link: str | None = None


class Desk(Protocol):
    """`key` is a notice's (`alerts.notice`) or `storm:<id>`."""

    async def opens(self, key: str, now: int) -> int | None:
        """When the alert's queue opens next; None: never, or it is not known whose."""

    async def zone(self, key: str) -> str:
        """The time zone that the alert's queue works in."""

    async def details(self, key: str) -> str:
        """What is known of the alert and does not stand on its message; mrkdwn."""

    async def waiting(self, queue: str | None) -> Sequence[Waiter]:
        """Who waits, the most overdue first; in `queue`, or everywhere."""

    async def explain(self, conversation: str) -> str:
        """The story of a conversation's clocks, in plain text."""
