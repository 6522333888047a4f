"""People who press, a clock that is turned by hand, and events that are kept here."""

from collections.abc import Sequence
from itertools import count

import pytest
from redis.asyncio import Redis

from alerts.ledger import Ledger
from alerts.presses.permission import Permission
from alerts.presses.press import Press, PressKind
from alerts.pressing import Presses
from alerts.slack.groups import Groups
from stream.config.acting import MayAct
from stream.kafka.events_topic import KafkaAwayError
from stream.sla.events import Event
from stream.sla.instants import MINUTE
from tests.alerts.conftest import CONFIG, Delivering
from tests.alerts.cycles import DEADLINE

_ids = count(1)


class Clock:
    """Wall time in milliseconds, as long as nobody turns it on."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def go_on(self, minutes: float) -> None:
        self.now += round(minutes * MINUTE)


class Kept:
    """What was written to `conversations.events`."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.is_away = False

    async def append(self, events: Sequence[Event]) -> None:
        if self.is_away:
            raise KafkaAwayError("not connected")
        self.events += events


class Group:
    """The members of the one user group, and how often they were asked for."""

    def __init__(self, *members: str) -> None:
        self.members_now = members
        self.asked = 0

    async def members(self, group: str) -> frozenset[str]:
        assert group == "S0LEADS"
        self.asked += 1
        return frozenset(self.members_now)


class Desk:
    """Somebody who presses, beside the deliverer of `delivering`, by one clock."""

    def __init__(self, delivering: Delivering, clock: Clock) -> None:
        self.clock = clock
        self.events = Kept()
        self.group = Group("U0ANA")
        self._delivering = delivering
        delivering.now = clock
        self.presses = self.of(delivering.ledger)

    def of(self, ledger: Ledger, may_act: MayAct = "everyone") -> Presses:
        """As a process has them whose ledger this is."""
        return Presses(
            ledger=ledger,
            permission=Permission(may_act, Groups(self.group.members, self.clock)),
            events=self.events,
            counts=self._delivering.metrics.presses,
            wake=self._wake,
            config=CONFIG,
            now=self.clock,
            covered=self._covered,
        )

    def _wake(self, keys: Sequence[str]) -> None:
        if hasattr(self._delivering, "deliverer"):
            self._delivering.deliverer.wake(keys)

    async def _covered(self, storm: str) -> Sequence[str]:
        return storm.split(",")

    async def press(
        self, key: str, kind: PressKind, by: str = "U0ANA", minutes: int | None = None
    ) -> str:
        """Press now, for so many `minutes`."""
        return await self.presses.press(key, self.made(kind, by, minutes))

    def made(
        self, kind: PressKind, by: str = "U0ANA", minutes: int | None = None
    ) -> Press:
        return Press(
            press_id=f"press-{next(_ids)}",
            kind=kind,
            by=by,
            at=self.clock.now,
            until=None if minutes is None else self.clock.now + minutes * MINUTE,
            reason="moving house" if kind is PressKind.MUTE else "",
        )

    def counted(self, name: str, **labels: str) -> float | None:
        registry = self._delivering.metrics.registry
        return registry.get_sample_value(f"replyclock_{name}", labels)

    def suppressed(self, receiver: str, reason: str) -> float | None:
        """How many messages were kept back."""
        why = {"receiver": receiver, "reason": reason}
        return self.counted("alerts_suppressed_total", **why)


@pytest.fixture
def clock() -> Clock:
    return Clock(DEADLINE + 5 * MINUTE)


@pytest.fixture
def desk(delivering: Delivering, clock: Clock) -> Desk:
    return Desk(delivering, clock)


@pytest.fixture
async def elsewhere(redis: Redis, prefix: str) -> Ledger:
    """The ledger as another process has it."""
    return Ledger(redis, prefix)
