"""A list message: what it says of many alerts at once. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from alerts.alert import Alert, AlertState
from alerts.entry import Entry, Rest, Step
from alerts.presses.press import Press

SHOWN = 5
"""So many of those who wait are named, the most overdue first."""
_PREFIX = "storm:"
_TAKEN, _OVER = "taken", "over"


class Cause(StrEnum):
    """Why alerts are told in one message."""

    STORM = "storm"
    DOWNTIME = "downtime"
    """Found at once after we were away."""
    OPENING = "opening"
    """They came while the receiver was closed."""
    UNMUTED = "unmuted"
    """They came while their queue was muted."""
    ESCALATIONS = "escalations"
    """Somebody else is called for alerts that are in a list already."""
    RETURNS = "returns"
    """Somebody took them all, and for long enough."""
    FALLBACKS = "fallbacks"
    """Another receiver's sink refuses them."""
    LOST = "lost"
    """We do not know any more: who waits is told again."""


def key_of_list(name: str) -> str:
    return _PREFIX + name


def is_list(key: str) -> bool:
    return key.startswith(_PREFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One list message as it is to be; instants and spans in milliseconds."""

    key: str
    version: int
    cause: Cause
    receiver: str
    began: int
    """When its first alert joined."""
    is_held: bool
    """Its receiver is closed: not to be posted yet."""
    is_growing: bool
    """More may join."""
    queues: Mapping[str, int]
    """How many of each joined."""
    waiting: int
    over: Mapping[AlertState, int]
    """How the others ended."""
    longest: int
    """The longest of those that ended, beyond its deadline."""
    ended: int | None
    """When the last one ended."""
    late: int
    """How late the latest news of one was noticed: ours to explain."""
    overdue: Sequence[Alert]
    """The most overdue of those who wait."""
    last_replies: Mapping[str, int]
    """When somebody last replied in a queue, where that is known."""
    taken: Press | None = None
    """The last by which one of those `overdue` was taken; it may have ended."""
    taken_count: int = 0
    """How many of those who wait somebody has now."""
    waited: int | None = None
    """How many waited when it was shown last."""

    is_forewarned: ClassVar[bool] = False

    @property
    def state(self) -> Cause:
        return self.cause

    @property
    def deadline(self) -> int:
        """Of whoever is the most overdue, or else when it began."""
        return self.overdue[0].deadline if self.overdue else self.began

    @property
    def total(self) -> int:
        """How many promises were broken: without those that were kept after all."""
        return self.waiting + sum(
            count for state, count in self.over.items() if state in _BROKEN
        )

    @property
    def is_open(self) -> bool:
        """Whether somebody waits."""
        return self.waiting > 0

    @property
    def is_over(self) -> bool:
        """Nobody waits, and nobody joins."""
        return not self.waiting and not self.is_growing

    @property
    def revision(self) -> str:
        """What is shown, by version; and how many waited, for the trend."""
        said = f"{self.version}.{self.waiting}"
        if self.taken_count:
            return f"{said}.{_TAKEN}"
        return f"{said}.{_OVER}" if self.is_over else said

    @property
    def unanswered(self) -> list[tuple[str, int]]:
        """Queues in which nobody has replied since it began, and when somebody last."""
        return [
            (queue, self.last_replies[queue])
            for queue in sorted(self.queues)
            if self.last_replies.get(queue, self.began) < self.began
        ]


_BROKEN = {AlertState.ANSWERED, AlertState.ENDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry(Entry):
    """The message of a list, as the ledger has it; None: the list is forgotten."""

    listing: Listing | None = None

    @property
    def is_open(self) -> bool:
        return self.listing is not None and not self.listing.is_over

    @property
    def is_pressed(self) -> bool:
        """Whether somebody took it, or gave it back, since it was shown."""
        was = (self.shown or "").endswith(_TAKEN)
        return self.listing is not None and bool(self.listing.taken_count) != was

    def revision(self, now: int) -> str:
        del now  # a list changes with its alerts
        return "" if self.listing is None else self.listing.revision


def waited_of(revision: str | None) -> int | None:
    """How many waited by the `revision` that is shown."""
    parts = (revision or "").split(".")
    return int(parts[1]) if len(parts) > 1 else None


def says_over(revision: str) -> bool:
    """Whether a message of this `revision` is done with."""
    return revision.endswith(_OVER)


def next_step(entry: ListEntry) -> Step | Rest:
    """Decide for the list as it is."""
    listing = entry.listing
    if listing is None:
        return Rest.NO_BREACH
    if entry.ts is not None:
        return Rest.SHOWN if entry.shows(listing.revision) else Step.EDIT
    if entry.intent is not None:
        return Step.LOOK_UP
    if listing.waiting and not listing.is_held:
        return Step.POST
    if entry.doubt is not None:
        return Step.LOOK_UP
    return Rest.CLOSED if listing.is_held else Rest.OVER
