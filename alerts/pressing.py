"""Presses taken: written down, and whoever pressed is told what came of it.

In whatever order they come, and however often: what a press changes is one script, and
what it asks of the rules has the same id every time. So after a crash between the two
the repetition, by Slack or by hand, does the rest.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

import structlog
from redis.exceptions import RedisError

from alerts.alert import OPEN, alert_key
from alerts.entry import Entry
from alerts.ledger import Ledger
from alerts.notice import parts_of
from alerts.presses.book import Noted
from alerts.presses.permission import Permission
from alerts.presses.press import Press, PressKind
from alerts.presses.unneeded import Events, is_ended_by_it, no_reply_needed
from alerts.slack import answering
from alerts.slack.failures import SlackFailure
from stream.config import Alerts
from stream.kafka.events_topic import KafkaAwayError
from stream.sla.facts import Fact

log = structlog.get_logger(__name__)

_OF_MANY = "storm:"
_CHUNK = 200
"""Alerts read or written in one round trip: between two, other presses are answered."""
_ENDING = frozenset({PressKind.SNOOZE, PressKind.MUTE})
"""Whoever presses says until when."""


class Counts(Protocol):
    """Counts presses."""

    def pressed(self, kind: PressKind) -> None: ...

    def taken(self, after_ms: int) -> None:
        """`after_ms`: since the message was there."""
        ...


async def nothing_covered(_: str) -> Sequence[str]:
    """There are no messages about many."""
    return ()


class Presses:
    """`covered` names the alerts of a message about many; `now` is wall time in ms."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        permission: Permission,
        events: Events,
        counts: Counts,
        wake: Callable[[Iterable[str]], None],
        config: Alerts,
        now: Callable[[], int],
        covered: Callable[[str], Awaitable[Sequence[str]]] = nothing_covered,
    ) -> None:
        self._ledger = ledger
        self._permission = permission
        self._events = events
        self._counts = counts
        self._wake = wake
        self._config = config
        self._now = now
        self._covered = covered

    def take(self, config: Alerts) -> None:
        """Who may act and for how long, from now on."""
        self._config = config
        self._permission.take(config.may_act)

    async def press(self, key: str, press: Press) -> str:
        """Write it down; returns the sentence that whoever pressed is told.

        `key`: of the notice that was pressed on, or `storm:<id>`. Raises nothing: where
        it could not be written down, the sentence says so, and it may be repeated.
        """
        if press.kind in _ENDING and (press.until is None or press.until <= press.at):
            return answering.NO_TIME
        try:
            if not await self._permission.has(press.by):
                return answering.NOT_ALLOWED
            return await self._taken(key, press)
        except SlackFailure as failure:
            log.warning("nobody knows who may act", reason=failure.reason)
        except RedisError as error:
            log.warning("redis does not take a press", error=type(error).__name__)
        except KafkaAwayError as error:
            log.warning("kafka does not take a press", error=str(error))
        return answering.NOT_NOW

    async def _taken(self, key: str, press: Press) -> str:
        if press.kind is PressKind.TAKE:
            until = press.at + self._config.ack_expires
            press = replace(press, until=until)
        is_of_queues = press.kind in {PressKind.MUTE, PressKind.UNMUTE}
        if key.startswith(_OF_MANY) and not is_of_queues:
            return await self._of_many(key, press)
        entries = await self._entries(key)
        known = [entry for entry in entries if entry.alert is not None]
        if not known:
            return answering.UNKNOWN
        if is_of_queues:
            # Of a message that is over, too: the queue goes on.
            return await self._of_queues(known, press)
        waiting = _waiting(known)
        if not waiting:
            return answering.over(known[0])
        if press.kind is PressKind.NO_REPLY_NEEDED:
            waiting = [entry for entry in waiting if is_ended_by_it(_ground(entry))]
            if not waiting:
                return answering.NO_ANSWER_PROMISED
            await self._tell_rules(waiting, press)
        is_news = self._count(press, known, await self._note(known, press))
        shown = known[0]  # the one whose message it is: it shows what is noted there
        [after] = await self._ledger.entries([shown.key])
        return answering.of_one(press, shown.handling, after.handling, is_news=is_news)

    async def _of_many(self, key: str, press: Press) -> str:
        """Some at a time: the first are seen on the list before the last are read."""
        known: list[Entry] = []
        pressed: list[Entry] = []
        noted: list[Noted] = []
        async for entries in self._some_of_many(key):
            known += entries
            some = _waiting(entries)
            if press.kind is PressKind.NO_REPLY_NEEDED:
                some = [entry for entry in some if is_ended_by_it(_ground(entry))]
                await self._tell_rules(some, press)
            noted += await self._note(some, press)
            pressed += some
        self._count(press, pressed, noted)
        if pressed:
            return answering.of_many(press, len(pressed))
        if not known:
            return answering.UNKNOWN
        if _waiting(known):
            return answering.NO_ANSWER_PROMISED
        return answering.over(known[0])

    async def _some_of_many(self, key: str) -> AsyncIterator[list[Entry]]:
        """What is known of the alerts that a list tells, a round trip at a time."""
        keys = await self._covered(key.removeprefix(_OF_MANY))
        for begin in range(0, len(keys), _CHUNK):
            found = await self._ledger.entries(keys[begin : begin + _CHUNK])
            yield [entry for entry in found if entry.alert is not None]

    async def _tell_rules(self, waiting: Sequence[Entry], press: Press) -> None:
        """One event a conversation, before anything else: it may be repeated."""
        facts = [_ground(entry) for entry in waiting]
        said = {fact.conversation_id: no_reply_needed(press, fact) for fact in facts}
        await self._events.append(list(said.values()))

    async def _entries(self, key: str) -> list[Entry]:
        """Of all alerts that the message speaks of: its own, and its lines (ADR 25)."""
        if key.startswith(_OF_MANY):
            return [e async for some in self._some_of_many(key) for e in some]
        [entry] = await self._ledger.entries([parts_of(key)[0]])
        if entry.host is not None:
            [entry] = await self._ledger.entries([entry.host])
        guests = [alert_key(alert.ground) for alert in entry.guests]
        return [entry, *await self._ledger.entries(guests)]

    async def _of_queues(self, known: Sequence[Entry], press: Press) -> str:
        """Of the queues of all of them."""
        before = {_ground(entry).queue: entry.mute for entry in known}
        for queue in before:
            await self._ledger.mutes.take(queue, press)
        self._count(press, known, await self._note(known, press))
        after = await self._ledger.mutes.all()
        queues = sorted(before)
        return " ".join(
            answering.of_queue(press, queue, before[queue], after[queue], self._now())
            for queue in queues
        )

    async def _note(self, entries: Sequence[Entry], press: Press) -> list[Noted]:
        alerts = [entry.key for entry in entries]
        noted: list[Noted] = []
        for begin in range(0, len(alerts), _CHUNK):
            some = alerts[begin : begin + _CHUNK]
            noted += await self._ledger.presses.note(some, press, self._now())
            self._wake(some)
        return noted

    def _count(
        self, press: Press, entries: Sequence[Entry], noted: Sequence[Noted]
    ) -> bool:
        """False where all of it was written down before."""
        if Noted.NEW not in noted:
            return False
        self._counts.pressed(press.kind)
        log.info("pressed", kind=press.kind, alerts=noted.count(Noted.NEW))
        if press.kind is PressKind.TAKE:
            for ts in {entry.ts for entry in entries if entry.ts is not None}:
                self._counts.taken(max(press.at - round(float(ts) * 1000), 0))
        return True


def _waiting(entries: Sequence[Entry]) -> list[Entry]:
    return [e for e in entries if e.alert is not None and e.alert.state in OPEN]


def _ground(entry: Entry) -> Fact:
    assert entry.alert is not None  # who is not known was left out
    return entry.alert.ground
