"""Gathering: what is about to be posted joins a list where there is too much of it.

A receiver that is closed gets one list at its opening; a storm becomes one (semantics
4.3). Whatever does not join is posted by itself.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from uuid import uuid4

import structlog

from alerts.alert import AlertState
from alerts.entry import Entry, Rest
from alerts.ledger import Ledger
from alerts.notice import instead_of, is_return, parts_of
from alerts.storms.listing import Cause, key_of_list
from alerts.storms.lists import Joining, Lists
from alerts.storms.outlook import Arrival, Limits, Outlook
from stream.config import Config
from stream.sla.facts import FactKind
from stream.sla.instants import MINUTE

log = structlog.get_logger(__name__)

AWAY = 5 * MINUTE
"""What is found so long after it could be known was found after we were away."""


class Gathering:
    """`suppressed` counts what gets no message of its own: receiver, reason, number."""

    def __init__(
        self,
        lists: Lists,
        ledger: Ledger,
        config: Config,
        suppressed: Callable[[str, str, int], None],
    ) -> None:
        self._lists = lists
        self._ledger = ledger
        self._suppressed = suppressed
        self.take(config)

    def take(self, config: Config) -> None:
        """Storms and hours, from now on."""
        storm, rules = config.alerts.storm, config.rules()
        self._limits = Limits(storm.threshold, storm.window)
        self._hours = {
            name: rules.calendar(receiver.calendar)
            for name, receiver in config.alerts.receivers.items()
            if receiver.calendar is not None
        }

    def is_open(self, receiver: str, now: int) -> bool:
        """Whether somebody is there to read."""
        hours = self._hours.get(receiver)
        return hours is None or hours.is_open(now)

    async def gather(self, posts: Iterable[tuple[Entry, str]], now: int) -> set[str]:
        """Take what is not to be posted by itself; `posts` are notices and receivers.

        Returns their keys. Raises `redis.RedisError`; what was taken is told.
        """
        together: dict[tuple[str, str | None], list[Entry]] = {}
        for entry, receiver in posts:
            together.setdefault((receiver, kin_of(entry)), []).append(entry)
        taken: set[str] = set()
        for (receiver, kin), entries in together.items():
            while (found := await self._gathered(receiver, kin, entries, now)) is None:
                pass  # another process was faster: look again
            taken |= found
        return taken

    async def turn(self, now: int) -> None:
        """What time alone changes: a storm is over, a receiver opens."""
        for receiver, kept in (await self._lists.outlooks()).items():
            before = kept.outlook
            after = before.aged(now, self._limits)
            if before.closed is not None and self.is_open(receiver, now):
                after = after.opened()
            if (after.stormy, after.closed) != (before.stormy, before.closed):
                await self._lists.turn(receiver, kept, after, now)
            await self._absorb(receiver, before, now)

    async def _absorb(self, receiver: str, outlook: Outlook, now: int) -> None:
        """What was over when it was noticed is of the same list (semantics 3.5)."""
        key = outlook.closed
        if key is None and outlook.storm and outlook.is_growing(outlook.storm):
            cause = await self._lists.cause(outlook.storm)
            key = outlook.storm if cause is Cause.DOWNTIME else None
        if key is None:
            return
        summary = await self._ledger.summaries.of(receiver)
        if summary is not None:
            await self._lists.absorb(key, summary, now)

    async def _gathered(
        self, receiver: str, kin: str | None, entries: Sequence[Entry], now: int
    ) -> set[str] | None:
        """The keys that are taken; None where the outlook changed meanwhile."""
        kept, is_open = await self._lists.outlook(receiver), self.is_open(receiver, now)
        before = kept.outlook.aged(now, self._limits)
        if before.stormy != kept.outlook.stormy:  # its list is to say so first
            await self._lists.turn(receiver, kept, before, now)
            return None
        arrivals = [_arrival(entry, now) for entry in entries if not _warns(entry)]
        is_rate = is_open and kin is None
        after = before.arrived(arrivals, self._limits) if is_rate else before
        takes = {each.key for each in arrivals if not is_rate or after.takes(each)}
        joining = [entry for entry in entries if entry.key in takes]
        cause = _cause_of(joining, now) if is_open else Cause.OPENING
        key = ""
        if joining:
            after, key = await self._with_list(after, kin, is_open=is_open)
        if after != before or joining:
            plan = Joining(key=key, cause=cause, entries=joining, is_held=not is_open)
            joined = await self._lists.join(receiver, kept, after, now, plan)
            if joined is None:
                return None
            self._count(receiver, cause, joined)
        warnings = [
            entry
            for entry in entries
            if _warns(entry) and (not is_open or _queue(entry) in after.stormy)
        ]
        for entry in warnings:  # once its promise is broken, it is sorted again
            await self._ledger.settle(entry)
        self._count(receiver, cause, warnings)
        # Of what is taken some may have changed meanwhile: that is sorted again.
        return takes | {entry.key for entry in warnings}

    async def _with_list(
        self, outlook: Outlook, kin: str | None, *, is_open: bool
    ) -> tuple[Outlook, str]:
        """With the list that takes them: the one that is there, or a new one."""
        new = key_of_list(uuid4().hex)
        if not is_open:
            known = outlook.closed
            return (outlook, known) if known else (outlook.closed_with(new), new)
        if kin is None:
            known = outlook.storm
            return (outlook, known) if known else (outlook.stormy_with(new), new)
        known, beside = outlook.beside.get(kin), outlook.beside.items()
        # Where nobody waits any more, its readers are done: a new one calls them.
        gone = {k for k, key in beside if not await self._lists.waits(key)}
        if known and kin not in gone:
            return outlook, known
        return outlook.beside_with(kin, new, gone), new

    def _count(self, receiver: str, cause: Cause, taken: Collection[object]) -> None:
        if taken:
            self._suppressed(receiver, cause, len(taken))
            said = {"receiver": receiver, "cause": cause, "count": len(taken)}
            log.info("alerts get no message of their own", **said)


def kin_of(entry: Entry) -> str | None:
    """What is told once more of alerts of a list is one message (ADR 22); which one.

    Whatever the rate: of one list, what calls the same receiver for the same reason; of
    one press, all that comes back. None: its alert is in no list.
    """
    if entry.first is None or entry.first.listed_in is None:
        return None
    name = parts_of(entry.key)[1]
    return name if is_return(name) else f"{_kind(entry)} {entry.first.listed_in}"


def _arrival(entry: Entry, now: int) -> Arrival:
    return Arrival(entry.key, _queue(entry), now)


def _queue(entry: Entry) -> str:
    assert entry.alert is not None  # it was to be posted
    return entry.alert.ground.queue


def _warns(entry: Entry) -> bool:
    return entry.alert is not None and entry.alert.state is AlertState.WARNED


def _cause_of(entries: Sequence[Entry], now: int) -> Cause:
    """Why most of them come now."""
    if not entries:
        return Cause.STORM
    muted = sum(entry.suppressed == Rest.MUTED for entry in entries)
    if muted > len(entries) / 2:
        return Cause.UNMUTED
    [(kind, _)] = Counter(map(_kind, entries)).most_common(1)
    if kind is not Cause.STORM:
        return kind
    late = sum(_is_late(entry, now) for entry in entries)
    return Cause.DOWNTIME if late > len(entries) / 2 else Cause.STORM


def _kind(entry: Entry) -> Cause:
    """What a notice beside the first is for; of the others it is the storm itself."""
    name = parts_of(entry.key)[1]
    if is_return(name):
        return Cause.RETURNS
    if instead_of(entry.key) is not None:
        return Cause.FALLBACKS
    cause = entry.cause
    is_escalation = cause is not None and cause.kind is FactKind.ESCALATED
    return Cause.ESCALATIONS if is_escalation else Cause.STORM


def _is_late(entry: Entry, now: int) -> bool:
    """Whether it could have been told long before; not where people kept it back."""
    assert entry.alert is not None  # it was to be posted
    ground = entry.alert.ground
    return entry.suppressed is None and now - (ground.known_at or ground.at) > AWAY
