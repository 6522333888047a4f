"""Alertmanager's API v2: an alert fires while somebody waits, and then resolves.

Alertmanager knows an alert by its labels, and keeps it in memory only: what fires is
repeated (`alerts.sinks.repeating`), and resolves by itself at `endsAt` when we are dead
for longer than `OUTLIVES_US`. Labels say nothing of customers; `notice` is what tells
two conversations of a queue apart.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp

from alerts.alert import Alert
from alerts.customer import Shown
from alerts.destination import Destination
from alerts.sinks.request import ask
from alerts.sinks.sink import Saying, instant, tested
from alerts.sinks.webhook_body import plain
from alerts.slack.blocks import Message
from alerts.slack.client import Posted
from stream.process.sinks import Access
from stream.sla.instants import MINUTE, SECOND, rfc3339

OUTLIVES_US = 15 * MINUTE
"""So long does an alert fire that is not repeated: longer than a restart takes."""
ITS_CLOCK = 10 * SECOND
"""So much may its clock be behind: to Alertmanager an end in its future is none, and
the alert fires on until it is told again."""
BROKEN, NEAR, TEST = "ReplyPromiseBroken", "ReplyPromiseNear", "ReplyClockTest"


class Alertmanager:
    """`now` is wall time in ms."""

    cannot_look = True

    def __init__(
        self,
        access: Access,
        session: aiohttp.ClientSession,
        *,
        shown: Callable[[Alert], Shown],
        now: Callable[[], int],
    ) -> None:
        self._api = f"{access.url.rstrip('/')}/api/v2"
        self._session = session
        self._shown = shown
        self._now = now

    async def post(self, where: Destination, saying: Saying) -> str:
        del where
        await self.repeat([saying])
        return instant(self._now())

    async def edit(self, where: Destination, ts: str, saying: Saying) -> None:
        del where, ts
        await self.repeat([saying])

    async def find(self, where: Destination, key: str, since: float) -> Posted | None:
        """As if it were there, so that what is so is told again."""
        del where, key, since
        return Posted(instant(self._now()), "")

    async def put_right(
        self, where: Destination, ts: str, saying: Saying, since: float
    ) -> None:
        """One key is one thing there."""

    async def say(self, place: str, message: Message, key: str) -> None:
        """It knows states and no words."""
        del place, message, key

    async def repeat(self, sayings: Sequence[Saying]) -> None:
        """Tell how all of these are now, in one request."""
        now = self._now()
        alerts = [
            alert
            for saying in sayings
            for alert in alerts_of(saying, self._shown(saying.alert).link, now)
        ]
        await self._send(alerts)

    async def look(self) -> None:
        await ask(self._session, "GET", f"{self._api}/status")

    async def test(self, by: str, *, is_over: bool) -> None:
        """An alert that says that it is a test, and its end."""
        now = self._now()
        ends = now if is_over else now + OUTLIVES_US
        test = {
            "labels": {"alertname": TEST, "severity": "info"},
            "annotations": {"summary": tested(by)},
            "startsAt": rfc3339(now - MINUTE),
            "endsAt": rfc3339(ends),
        }
        await self._send([test])

    async def _send(self, alerts: Sequence[dict[str, Any]]) -> None:
        body = json.dumps(alerts).encode()
        await ask(self._session, "POST", f"{self._api}/alerts", body=body)


def alerts_of(saying: Saying, link: str | None, now: int) -> list[dict[str, Any]]:
    """What Alertmanager is told: a warning and its breach are two of its alerts.

    An alert is its labels there, so the severity of one cannot change.
    """
    alert = saying.alert
    until = now + OUTLIVES_US if saying.is_open else alert.last.noticed_at - ITS_CLOCK
    if not alert.is_broken:
        return [_alert(saying, NEAR, link, alert.ground.at, until)]
    told = [_alert(saying, BROKEN, link, alert.deadline, until)]
    if alert.is_forewarned and saying.call is None:
        told.append(_alert(saying, NEAR, link, alert.deadline - 1, alert.deadline))
    return told


def _alert(
    saying: Saying, name: str, link: str | None, starts: int, ends: int
) -> dict[str, Any]:
    ground, call = saying.alert.ground, saying.call
    labels = {
        "alertname": name,
        "severity": "page" if name == BROKEN else "ticket",
        "queue": ground.queue,
        "measure": ground.measure,
        "policy": ground.policy,
        "channel": ground.channel,
        "receiver": saying.receiver,
        "notice": saying.key,
    }
    annotations = {
        "summary": plain(saying.message.text),
        "conversation": ground.conversation_id,
        "instead_of": None if call is None else call.instead_of,
    }
    said = {
        "labels": _known(labels),
        "annotations": _known(annotations),
        "startsAt": rfc3339(starts),
        # An answer in time, known late, ends it before it began.
        "endsAt": rfc3339(max(ends, starts + 1)),
    }
    address = ground.link or link
    return said if address is None else said | {"generatorURL": address}


def _known(values: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
