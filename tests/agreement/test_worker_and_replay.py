"""A worker's shell agrees with `replay`: seeds of crashes and reloads on a set clock.

The same comparison as `tests/broker/test_live_and_replay.py`, without Kafka and a
hundred times as fast, so that more seeds and meaner crashes can be tried.
"""

from collections import deque
from contextlib import suppress
from random import Random

import pytest
from msgspec.structs import replace

from stream.config import parse_config
from stream.records import encode_event
from stream.sla.conversation import due_at
from stream.sla.instants import SECOND, from_ms
from stream.worker.book import Items
from stream.worker.reconsidering import Reconsidering
from stream.worker.table import decode_state
from tests.agreement.comparison import (
    Outage,
    Reload,
    Rerun,
    disagreements,
    state_disagreements,
)
from tests.agreement.crowd import Arrival, gather
from tests.agreement.short_rules import short_rules
from tests.shelf import Shelf, Stamped
from tests.timelines import START

SEEDS = (0, 1, 2, 3, 49, 137)
"""In the last two a fault of before can be seen (ADR 37)."""
SECONDS, DRAIN = 70, 30
PARTITIONS = 4
LOOK = 100
"""Milliseconds between two looks at the deadlines."""
PAUSE = 2000
"""Milliseconds without news at both sides of a reload."""


class CrashError(Exception):
    """The process is gone in the middle of what it did."""


class Mortal(Shelf):
    """A worker that can die between the facts of a batch and its states."""

    dies = False

    async def write_states(self, partition: int, items: Items) -> None:
        if self.dies:
            raise CrashError
        await super().write_states(partition, items)


class Run:
    """One seed: what arrives when, when it dies, for how long, and when it reloads."""

    def __init__(self, seed: int, mode: str) -> None:
        self._random = Random(f"run {seed}")  # noqa: S311  tests
        self.shelf = Mortal(short_rules(START))
        self.shelf.owned = frozenset(range(PARTITIONS))
        self.rules = self.shelf.book.rules
        later = short_rules(START, later=True, reload=mode)
        self._later = parse_config(later, "later.yaml").rules()
        killed = START + self._random.randrange(10, 40) * SECOND
        back = killed + self._random.randrange(15) * SECOND
        self.outage = Outage(killed, back, back)
        self._reload_at = self.outage.ended + self._random.randrange(3, 20) * SECOND
        crowd = gather(seed, start=START, seconds=SECONDS, count=120)
        held_back = [self._held_back(arrival) for arrival in crowd]
        self._coming = deque(sorted(held_back, key=lambda arrival: arrival.at))
        self._reconsidering = Reconsidering(
            self.shelf.book, lambda: self.shelf.owned, lambda: self.shelf.now
        )
        self.records: list[Stamped] = []

    @property
    def reload(self) -> Reload:
        return Reload(self._later, self._reload_at, self._reload_at)

    async def play(self, end: int) -> None:
        """Until the clock says `end`."""
        shelf, outage = self.shelf, self.outage
        for now in range(START, end + 1, LOOK):
            shelf.now = now
            while self._coming and self._coming[0].at <= now:
                self._arrive(self._coming.popleft())
            if now == outage.began:
                await self._die()
            if now == outage.ended:
                await self._restart()
            if now == self._reload_at:
                await self._reload()
            if not outage.began <= now < outage.ended:
                await self._live(share=0.7)

    def _held_back(self, arrival: Arrival) -> Arrival:
        """Nothing comes around the reload: what came before it is behind it."""
        ends = self._reload_at + PAUSE
        is_around = ends - 2 * PAUSE <= arrival.at <= ends
        return Arrival(ends, arrival.event) if is_around else arrival

    def _arrive(self, arrival: Arrival) -> None:
        event = replace(arrival.event, received_at=from_ms(arrival.at))
        key = event.conversation_id.encode()
        partition = key[-1] % PARTITIONS
        offset = len(self.shelf.topic.get(partition, []))
        value = encode_event(event)
        record = Stamped(offset, key, value, partition, timestamp=arrival.at)
        self.records.append(record)
        self.shelf.arrive(record, partition=partition)

    async def _live(self, share: float) -> None:
        for partition in self.shelf.topic:
            if self._random.random() < share:
                await self.shelf.work(partition)
        await self.shelf.timers.tick()
        await self._reconsidering.step()

    async def _die(self) -> None:
        self.shelf.dies = True
        with suppress(CrashError):
            await self._live(share=0.5)

    async def _restart(self) -> None:
        shelf = self.shelf
        shelf.dies = False
        shelf.restart()
        for partition, records in shelf.topic.items():
            committed = self._random.randrange(20)
            shelf.applied[partition] = max(0, shelf.applied[partition] - committed)
            assert shelf.applied[partition] <= len(records)
            shelf.timers.forget(partition)
            items = shelf.states.get(partition, {}).items()
            await shelf.book.restore(partition, list(items))
        await shelf.timers.tick()  # before it has read what had waited

    async def _reload(self) -> None:
        await self._live(share=1)  # what came before it is behind it
        self.shelf.book.take(self._later)
        self._reconsidering.begin(self.shelf.owned)


@pytest.mark.parametrize("mode", ["new_cycles", "reevaluate_open"])
@pytest.mark.parametrize("seed", SEEDS)
async def test_a_worker_and_replay_agree(seed, mode):
    """The same facts, verdicts and states, whatever the worker went through."""
    end = START + (SECONDS + DRAIN) * SECOND
    run = Run(seed, mode)
    await run.play(end)
    settled = end - run.rules.allowed_lateness
    versions = mode == "new_cycles"
    live = [f for f in run.shelf.facts if f.cause is not None or f.at <= settled]
    reload = run.reload.seen_in(live)

    for silence in (None, run.outage):
        replayed = Rerun(run.rules, reload, silence).over(run.records, end)
        delay = max(SECOND, replayed.slowest(live, run.outage))
        touched = replayed.touched(reload, run.outage, delay)
        assert disagreements(live, replayed, touched, versions=versions) == []
    states = {
        key.decode(): decode_state(value)
        for kept in run.shelf.states.values()
        for key, value in kept.items()
        if abs(due_at(replayed.states[key.decode()], run.reload.rules) - settled) > 2000
    }
    assert state_disagreements(states, replayed, touched, versions=versions) == []
