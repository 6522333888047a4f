"""Notices: who was told of a breach, and where, as the delivery side remembers it.

The stream does not know who listens. Other packages offer what they remember by an
entry point (`REMEMBERED`).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from stream.config import Config
from stream.process.settings import Settings
from stream.sla.facts import Fact, Measure

REMEMBERED = "replyclock.explain"
"""The entry point group of `Recall` functions."""


class NoticeKind(StrEnum):
    """What became of an alert; `at` of the notice is when."""

    SENT = "sent"
    EDITED = "edited"
    """It says something else since. `at`: not before then, more is not kept."""
    EDIT_WAITS = "edit_waits"
    """It should say something else, and does not yet. `at`: since when."""
    UNCLEAR = "unclear"
    """Sending it was begun, and nobody knows yet whether it arrived."""
    WAITS = "waits"
    """It is not sent yet; no `at`, like all below."""
    OVER = "over"
    """The wait ended before it was sent: it never will be."""
    STALE = "stale"
    """Noticed too late to be told one by one (semantics 3.5)."""
    LISTED = "listed"
    """A message about many tells it."""
    UNKNOWN = "unknown"
    """Nothing is remembered of it: too long ago, or not read yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing that is known of the alert of (conversation, measure, cycle)."""

    kind: NoticeKind
    measure: Measure
    cycle: int
    at: int | None = None
    """Milliseconds, by the clock of who knows: the sink's for `sent`."""
    receiver: str | None = None
    """Its name in the config, at the time of sending."""
    place: str | None = None
    """Where the receiver reads it, such as a channel."""
    says: str | None = None
    """For an edit: what is so now."""


class NoticesUnknownError(Exception):
    """What was sent where cannot be known; the text says why, in half a line."""


Recall = Callable[[Settings, Config, Sequence[Fact]], Awaitable[Sequence[Notice]]]
"""From a conversation's facts to the notices of its breaches, by time for each.

A breach always has one; raises `NoticesUnknownError`.
"""
