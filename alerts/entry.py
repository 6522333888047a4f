"""One notice of the ledger as it was when read, and what to do about it next. Pure.

Wanted is compared with shown one step at a time; after every step, ask again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import assert_never

from alerts.alert import OPEN, Alert, AlertState
from alerts.notice import BROKEN, instead_of, is_return, notice_of, parts_of, return_of
from alerts.presses.handling import NOBODY, Handling, is_muted
from alerts.presses.press import Press, PressKind
from stream.sla.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`version` counts changes of the wanted side; 0: the ledger knows nothing."""

    key: str
    version: int = 0
    partition: int | None = None
    """Of the topic, where its facts are; None: written by an older version."""
    alert: Alert | None = None
    handling: Handling = NOBODY
    """What people did with it."""
    mute: Press | None = None
    """The last press that muted its queue, or undid that."""
    suppressed: str | None = None
    """Why it was kept back, the first time (`SUPPRESSED`); None: it never was."""
    receiver: str | None = None
    channel: str | None = None
    intent: int | None = None
    """When a post was begun whose end we do not know; milliseconds."""
    ts: str | None = None
    shown: str | None = None
    """The revision in the channel."""
    shown_at: int | None = None
    """Since when (milliseconds)."""
    listed_in: str | None = None
    """The list message that tells it, instead of one of its own."""
    lost: int | None = None
    """When its first fact was noticed, which Redis had lost and was read again: that it
    was posted may be lost as well; milliseconds."""
    doubt: int | None = None
    """When the first post was begun that may have come after all; milliseconds."""
    righted: str | None = None
    """The revision that a second message in doubt would show as well; "": it surely is
    to be looked for, nobody could look before the post."""
    fault: str | None = None
    """Why the entry cannot be read; the others are not to blame."""
    first: "Entry | None" = None
    """The alert's first notice, of every other one."""
    host: str | None = None
    """The alert whose message tells this one, too (`alerts.hosts`)."""
    guests: tuple[Alert, ...] = ()
    """The alerts that are lines of this message, in order of their deadlines."""
    threads: Mapping[str, str] = field(default_factory=dict)
    """By channel, the `ts` of the message there that an earlier notice has."""

    @property
    def promises(self) -> tuple[Alert, ...]:
        """All that the message speaks of: what is still open first, then its own."""
        own = () if self.alert is None else (self.alert,)
        every = (*own, *self.guests)
        return tuple(sorted(every, key=lambda each: each.state not in OPEN))

    @property
    def is_open(self) -> bool:
        """Whether somebody waits, of those that the message speaks of."""
        return any(each.state in OPEN for each in self.promises)

    @property
    def cause(self) -> Fact | None:
        """The fact that this notice was made for; None while it is not known."""
        alert, name = self.alert, parts_of(self.key)[1]
        if alert is None or (self.first is not None and not alert.is_broken):
            return None
        if self.first is None or name == BROKEN or is_return(name):
            return alert.ground
        asked = {notice_of(fact): fact for fact in alert.escalations}
        if (refusing := instead_of(self.key)) is not None:
            return asked.get(f"to:{refusing}", alert.ground)
        return asked.get(name)

    def revision(self, now: int) -> str:
        """Differs when the message should."""
        told = "".join(each.revision for each in self.promises)
        if not (handled := self.handling.revision(now)):
            return told
        return told + blake2b(handled.encode(), digest_size=8).hexdigest()

    @property
    def is_surely_one(self) -> bool:
        """Whether its message is the only one, as far as anybody could see."""
        return self.righted != ""

    def shows(self, revision: str) -> bool:
        """Whether nothing in the channel says anything else, a second message included.

        No message stays false (semantics 4.6).
        """
        is_sure = self.doubt is None or self.righted == revision
        return is_sure and self.shown == revision


class Step(StrEnum):
    """Something to ask Slack for."""

    POST = "post"
    LOOK_UP = "look_up"
    """A post may have happened: look for its message."""
    EDIT = "edit"


class Rest(StrEnum):
    """Nothing to ask Slack for, and why."""

    SHOWN = "shown"
    """The channel shows what is wanted."""
    OVER = "over"
    """It ended, or a warning's deadline came, before it was posted: never sent."""
    STALE = "stale"
    """Noticed too late and over by then: it goes into a summary (semantics 3.5), once
    an alert."""
    UNREADABLE = "unreadable"
    """Written by a newer version, or damaged: looked at again in a minute."""
    LISTED = "listed"
    """A message about many tells it."""
    CLOSED = "closed"
    """Its receiver is closed: posted when it opens."""
    JOINED = "joined"
    """It is a line of another message of its conversation."""
    UNTOLD = "untold"
    """No route tells it."""
    TAKEN = "taken"
    """Somebody has it: nobody else is called before that ends (semantics 4.4)."""
    SNOOZED = "snoozed"
    """Likewise."""
    MUTED = "muted"
    """Its queue is muted: told at the end of it, if somebody still waits."""
    UNCALLED = "uncalled"
    """It was to call, and is not needed: another message called for the same."""
    NO_BREACH = "no_breach"
    """No breach of this cycle is known (yet)."""


SUPPRESSED = (Rest.TAKEN, Rest.SNOOZED, Rest.MUTED)
"""Kept back because of what people did; told when that is over."""


def next_step(
    entry: Entry, stale_after: int, *, now: int, is_told: bool = True
) -> Step | Rest:
    """Decide for the entry as it is.

    `stale_after` in milliseconds, excluded; `now`: wall time. `is_told`: whether a
    route wants the message; what is there is edited all the same.
    """
    alert = entry.alert
    if alert is None or entry.cause is None:
        return Rest.NO_BREACH if entry.fault is None else Rest.UNREADABLE
    if entry.ts is not None:
        return _sent(entry, now)
    if entry.listed_in is not None:
        return Rest.LISTED
    if entry.intent is not None or entry.lost is not None:
        # Even when it is over: the message may be there, and then it must say so.
        return Step.LOOK_UP
    step = _unsent(entry, alert, stale_after, now) if is_told else Rest.UNTOLD
    if step is Step.POST:
        step = _hindrance(entry, alert, now) or step
    is_in_doubt = step is not Step.POST and entry.doubt is not None
    return Step.LOOK_UP if is_in_doubt else step


def _sent(entry: Entry, now: int) -> Step | Rest:
    """What to do about a message that is there."""
    if entry.shows(entry.revision(now)):
        return Rest.SHOWN
    return Step.EDIT if entry.host is None else Rest.JOINED


def _unsent(entry: Entry, alert: Alert, stale_after: int, now: int) -> Step | Rest:
    """What to do about a message that is surely not there."""
    match alert.state:
        case AlertState.BREACHED:
            return Step.POST  # who still waits is always told
        case AlertState.ANSWERED | AlertState.ENDED:
            is_stale = entry.first is None and alert.lateness > stale_after
            return Rest.STALE if is_stale else Rest.OVER
        case AlertState.WARNED:
            # After it, the breach is what is to be told.
            return Step.POST if now < alert.deadline else Rest.OVER
        case AlertState.MET | AlertState.CANCELLED | AlertState.RETRACTED:
            return Rest.OVER
        case _:
            assert_never(alert.state)


def _hindrance(entry: Entry, alert: Alert, now: int) -> Rest | None:
    """Why people do not want the message to be sent; None: nobody minds."""
    if is_muted(entry.mute, now):
        return Rest.MUTED
    name = parts_of(entry.key)[1]
    if name is None:
        return None
    returned = entry.handling.returned(now)
    if returned is not None and (returned.until or 0) < alert.deadline:
        returned = None  # the promise broke afterwards, and that is told
    if is_return(name):
        is_it = returned is not None and return_of(returned.name) == name
        return None if is_it else Rest.UNCALLED
    if quiet := entry.handling.quiet(now):
        return Rest.TAKEN if quiet.kind is PressKind.TAKE else Rest.SNOOZED
    # Its return calls the same people.
    return Rest.UNCALLED if name == BROKEN and returned is not None else None
