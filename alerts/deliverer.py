"""Brings what sinks show in line with what the ledger wants, at each one's pace.

    wake(keys) ──▶ sort: nothing to do ──▶ settle
    poll ─────────▶  │
                     ▼
               a lane a place ──▶ lease, read again, one step, record ──▶ sort again

Nothing lives here only: a key in a lane is also on the ledger's list of differing keys,
and leaves it when the channel shows what is wanted. Several processes may run: a key is
worked on by one of them at a time (a lease in Redis).
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

import structlog
from redis.exceptions import RedisError

from alerts.alert import Alert
from alerts.chores import Chores, monotonic_ms, wait
from alerts.complaints import Complaints
from alerts.delivery import Delivery
from alerts.due import Due
from alerts.entry import SUPPRESSED, Entry, Rest, Step
from alerts.failure import FailureReason, SinkFailure
from alerts.hosts import may_join
from alerts.lane import Lane, Pace, Waiting
from alerts.ledger import Ledger
from alerts.metrics import Metrics
from alerts.outcome import Outcome
from alerts.sinks.place import pace_of
from alerts.storms.gathering import Gathering
from alerts.storms.listing import ListEntry
from alerts.storms.lists import Lists
from alerts.subject import Subject
from stream.config import Config

log = structlog.get_logger(__name__)

CHUNK = 200
"""Entries read in one round trip."""
BUSY = 1_000
"""Look again at a key that another process holds after so many milliseconds."""


class Deliverer:
    """Run `run()` in a task; it ends some time after `stop()`.

    `may_post` is asked before every new message, with the partition of its facts and
    how long it waits (ms): False while facts that are already in the topic could still
    say "answered".
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        lists: Lists,
        gathering: Gathering,
        delivery: Delivery,
        metrics: Metrics,
        stale_after: int,
        pace: Pace | None = None,
        poll_seconds: float = 1.0,
        may_post: Callable[[int | None, float], bool] = lambda *_: True,
    ) -> None:
        self._ledger = ledger
        self._lists = lists
        self._due = Due(ledger, lists, gathering, delivery, stale_after)
        self._delivery = delivery
        self._metrics = metrics
        self._pace = pace or Pace()
        self._poll_seconds = poll_seconds
        self._may_post = may_post
        self._lanes: dict[str, tuple[Lane, asyncio.Event]] = {}
        self._in_lanes: set[str] = set()
        self._unreadable: dict[str, float] = {}
        """When to look again, of keys that this version cannot read."""
        self._woken: set[str] = set()
        self._wake = asyncio.Event()
        self._stopping = False
        self._complaints = Complaints()
        self._chores = Chores(delivery, poll_seconds, self._pace.operator, may_post)

    def take(self, config: Config) -> None:
        """Routes, receivers and what is stale, from now on."""
        self._due.take(config)
        self._delivery.take(config.alerts)

    def wake(self, keys: Iterable[str]) -> None:
        """These keys changed: look at once."""
        self._woken.update(keys)
        self._wake.set()

    def stop(self) -> None:
        """Finish what is being asked of Slack, begin nothing new."""
        self._stopping = True
        self._chores.stop()
        for event in (self._wake, *(changed for _, changed in self._lanes.values())):
            event.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as self._tasks:
            for chore in self._chores.every(self._due.is_open):
                self._tasks.create_task(chore)
            try:
                await self._collect()
            finally:
                self.stop()  # a lane whose cancel is lost in a client ends all the same

    async def _collect(self) -> None:
        redis_is_away, next_poll = False, 0.0
        while not self._stopping:
            keys, self._woken = self._woken, set()
            self._wake.clear()
            try:
                if monotonic_ms() >= next_poll:
                    await self._delivery.come_due()
                    await self._due.turn()
                    keys.update(await self._ledger.differing())
                    await self._delivery.show_standing()
                    self._metrics.unreadable(len(self._unreadable))
                    next_poll = monotonic_ms() + self._poll_seconds * 1000
                    await self._fall_back()
                await self._sort(keys - self._in_lanes - self._at_rest())
                if redis_is_away:
                    log.info("redis answers again")
                redis_is_away = False
            except RedisError as error:
                # Nothing is lost: what was woken is on the ledger's list.
                if not redis_is_away:
                    log.warning("redis does not answer", error=type(error).__name__)
                redis_is_away, next_poll = True, 0.0
            await wait(self._wake, self._poll_seconds)

    def _at_rest(self) -> set[str]:
        """Keys that cannot be read and are not to be tried yet."""
        now = monotonic_ms()
        return {key for key, again_at in self._unreadable.items() if again_at > now}

    async def _fall_back(self) -> None:
        now, lanes = monotonic_ms(), [lane for lane, _ in self._lanes.values()]
        refused = [each for lane in lanes for each in lane.refused(now)]
        if asked := await self._delivery.fall_back(refused):
            self.wake(asked)

    async def _sort(self, keys: Iterable[str]) -> None:
        """Put every key into its lane, or off the list when nothing is to be done."""
        listed = list(keys)
        for start in range(0, len(listed), CHUNK):
            changed = await self._sort_some(listed[start : start + CHUNK])
            # A press on thousands stands on their list before all of them are sorted.
            await self._hasten(changed & self._in_lanes)
            if changed := changed - self._in_lanes:
                await self._sort_some(changed)

    async def _sort_some(self, keys: Collection[str]) -> set[str]:
        """As `_sort`, in one go; returns the lists that tell some of them."""
        lists: set[str] = set()
        for entry, subject, step in await self._due.of(list(keys)):
            if entry.fault is None:
                self._unreadable.pop(entry.key, None)
            if isinstance(step, Rest):
                await self._rest(entry, subject, step)
                if step is Rest.LISTED and entry.listed_in is not None:
                    lists.add(entry.listed_in)
            elif subject is not None:
                self._queue(entry, subject, step)
        return lists

    async def _hasten(self, lists: Iterable[str]) -> None:
        """Show a press on a list that would be edited some seconds later."""
        for key in lists:
            if (await self._lists.read(key)).is_pressed:
                for lane, changed in self._lanes.values():
                    lane.hasten(key)
                    changed.set()

    def _queue(self, entry: Entry, alert: Subject, step: Step) -> None:
        where = self._delivery.destination(entry, alert)
        channel = where.channel
        if channel not in self._lanes:
            lane = Lane(channel, pace_of(channel, self._pace))
            changed = asyncio.Event()
            self._lanes[channel] = lane, changed
            self._tasks.create_task(self._work(lane, changed))
        lane, changed = self._lanes[channel]
        lane.add(
            Waiting(
                key=entry.key,
                step=step,
                at=alert.deadline,
                not_before=self._not_before(entry, step),
                since=monotonic_ms(),
                partition=entry.partition,
                receiver=where.receiver,
                is_open=alert.is_open,
                is_line=isinstance(alert, Alert) and may_join(entry, alert),
            )
        )
        self._in_lanes.add(entry.key)
        changed.set()

    def _not_before(self, entry: Entry, step: Step) -> float:
        """A list changes with each of its alerts, and is edited now and then.

        Whoever pressed sees it at once.
        """
        if step is not Step.EDIT or not isinstance(entry, ListEntry):
            return 0
        if entry.shown_at is None or entry.is_pressed:
            return 0
        due = entry.shown_at + self._pace.list_edit - self._delivery.now()
        return monotonic_ms() + due

    async def _rest(self, entry: Entry, subject: Subject | None, rest: Rest) -> None:
        if rest is Rest.UNREADABLE:
            if entry.key not in self._unreadable:
                log.error("an alert cannot be read, it waits", fault=entry.fault)
            self._unreadable[entry.key] = monotonic_ms() + self._pace.operator
            return
        if rest is Rest.LISTED and isinstance(subject, Alert):
            await self._lists.mark(entry, subject, self._delivery.now())
            return
        if rest is Rest.JOINED:
            await self._delivery.pass_on(entry)
            return
        if isinstance(subject, Alert) and rest in SUPPRESSED:
            await self._delivery.keep_back(entry, subject, rest)
        settled = await self._ledger.settle(entry)
        is_over = rest in {Rest.OVER, Rest.STALE}
        if settled and subject is not None and is_over:
            await self._delivery.over(entry, subject, rest)

    async def _work(self, lane: Lane, changed: asyncio.Event) -> None:
        while not self._stopping:
            changed.clear()
            now = monotonic_ms()
            waiting = lane.take(now, self._may_be_posted)
            if waiting is not None:
                await self._attempt(lane, waiting)
                continue
            due = lane.next_at(self._may_be_posted)
            seconds = self._poll_seconds if due is None else (due - now) / 1000
            await wait(changed, min(max(seconds, 0), self._poll_seconds))

    def _may_be_posted(self, waiting: Waiting) -> bool:
        return self._may_post(waiting.partition, monotonic_ms() - waiting.since)

    async def _attempt(self, lane: Lane, waiting: Waiting) -> None:
        """Do one step for a key that was taken from `lane`; it is sorted anew after."""
        try:
            again = await self._one_step(lane, waiting)
        except SinkFailure as failure:
            again = lane.failed(waiting, failure, monotonic_ms())
            self._complaints.say(lane, waiting, failure)
        except RedisError:
            lane.back_off(monotonic_ms())
            again = waiting
        except Exception as error:
            # A key that we cannot make a message of must not stop the others.
            log.exception("alert could not be made", key=waiting.key)
            ours = SinkFailure(FailureReason.MESSAGE, type(error).__name__)
            again = lane.failed(waiting, ours, monotonic_ms())
        if again is not None:
            lane.add(again)
            return
        self._in_lanes.discard(waiting.key)
        self.wake([waiting.key])

    async def _one_step(self, lane: Lane, waiting: Waiting) -> Waiting | None:
        """Return what to put back into the lane; None when the turn was used."""
        key = waiting.key
        if not await self._delivery.hold(key):
            return replace(waiting, not_before=monotonic_ms() + BUSY)
        try:
            found = await self._due.of([key])
            if not found:
                return None
            [(entry, subject, step)] = found
            if isinstance(step, Rest) or subject is None:
                return None
            if step is not waiting.step:
                return replace(waiting, step=step)
            lane.began(step, monotonic_ms())
            outcome = await self._delivery.perform(step, entry, subject)
            # Slack counts from when it had the request: surely before the answer.
            lane.began(step, monotonic_ms())
            if outcome is Outcome.DONE and lane.succeeded():
                self._complaints.answers_again(lane)
            again = self._pace.until_again(outcome)
            if again is not None:
                return replace(waiting, not_before=monotonic_ms() + again)
        finally:
            with contextlib.suppress(RedisError):  # it expires by itself
                await self._delivery.let_go(key)
        return None
