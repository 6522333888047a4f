"""The desk: what is asked of an alert, of a queue, of a conversation, in Slack.

It looks into the ledger and the rules of now; it changes nothing.
"""

import asyncio
import sys
from collections.abc import Callable, Sequence

from alerts.alert import OPEN, Alert
from alerts.customer import Shown
from alerts.inbox.desk import Waiter
from alerts.ledger import Ledger
from alerts.notice import parts_of
from alerts.slack.details import details_of
from stream.config import Config
from stream.sla.hours import Calendar
from stream.sla.instants import HOUR
from stream.sla.opening_hours import OpeningHours

AHEAD = 14 * 24 * HOUR
"""So far it is looked for a queue's next opening: longer than any holiday."""
CHUNK = 500
"""Alerts read in one round trip."""
EXPLAIN_SECONDS = 60.0
FORGOTTEN = "Nothing is known of it any more."


class LedgerDesk:
    """`alerts.inbox.desk.Desk`, over the ledger. Methods raise `RedisError`."""

    def __init__(
        self, ledger: Ledger, config: Config, shown: Callable[[Alert], Shown]
    ) -> None:
        self._ledger = ledger
        self._shown = shown
        self._config = config
        self._explaining = asyncio.Lock()

    def take(self, config: Config) -> None:
        """The rules, from now on."""
        self._config = config

    async def opens(self, key: str, now: int) -> int | None:
        """The next opening after `now`, be it open or closed then."""
        calendar = await self._calendar(key)
        if calendar is None:
            return None
        hours = calendar.open_intervals(now, now + AHEAD)
        return next((begin for begin, _ in hours if begin > now), None)

    async def zone(self, key: str) -> str:
        calendar = await self._calendar(key)
        if isinstance(calendar, OpeningHours):
            return calendar.zone
        return self._config.timezone

    async def details(self, key: str) -> str:
        alert = await self._alert(key)
        return FORGOTTEN if alert is None else "\n".join(details_of(alert))

    async def waiting(self, queue: str | None) -> Sequence[Waiter]:
        """A conversation once, by its most overdue promise."""
        keys = await self._ledger.waiting.overdue(None, queue)
        found: dict[str, Waiter] = {}
        for start in range(0, len(keys), CHUNK):
            for entry in await self._ledger.entries(keys[start : start + CHUNK]):
                alert = entry.alert
                if alert is None or alert.state not in OPEN:
                    continue
                waiter = _waiter(alert, self._shown(alert))
                if queue in {None, waiter.queue}:
                    known = found.setdefault(waiter.conversation, waiter)
                    if waiter.deadline < known.deadline:
                        found[waiter.conversation] = waiter
        return sorted(found.values(), key=lambda each: each.deadline)

    async def explain(self, conversation: str) -> str:
        """What `replyclock explain` says, or why it says nothing.

        In a process of its own: it reads a whole partition of the facts. One at a time.
        """
        async with self._explaining:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "stream.cli", "explain", "--", conversation),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                async with asyncio.timeout(EXPLAIN_SECONDS):
                    said, complaint = await process.communicate()
            except TimeoutError:
                return "That takes too long to be told here."
            finally:
                if process.returncode is None:
                    process.kill()
        return (said or complaint).decode(errors="replace")

    async def _calendar(self, key: str) -> Calendar | None:
        """By which the alert's queue works; None: nobody said, or it is forgotten."""
        alert, rules = await self._alert(key), self._config.rules()
        if alert is None:
            return None
        name = rules.queue_calendars.get(alert.ground.queue)
        return None if name is None else rules.calendar(name)

    async def _alert(self, key: str) -> Alert | None:
        [entry] = await self._ledger.entries([parts_of(key)[0]])
        return entry.alert


def _waiter(alert: Alert, shown: Shown) -> Waiter:
    ground = alert.ground
    return Waiter(
        queue=ground.queue,
        since=ground.started_at or ground.at,
        deadline=alert.deadline,
        conversation=ground.conversation_id,
        is_broken=alert.is_broken,
        customer=shown.customer,
        link=ground.link or shown.link,
    )
