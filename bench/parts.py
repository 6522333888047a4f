"""All that is measured, one after the other on one broker."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import click

from bench.alerts.breaches import breaches
from bench.alerts.pending import pending
from bench.alerts.presses import presses
from bench.alerts.storms import storms
from bench.door.measure import Door, doors
from bench.growth import SHARED, Growth, grow
from bench.live import Live, burst, most, steady
from bench.loss import Event, Loss, lose
from bench.measure import Run, measure
from bench.one_write.measure import OneWrite, one_write
from bench.recovery import Restart, restart
from bench.rules import Timing, rules_timings
from bench.sides import OURS, STOCK, installed_sides
from bench.waits import waits
from bench.workload import Workload, make_workload, write_events
from bench.year import year
from dev.faults import StackError
from dev.stack import Stack
from stream.sla.policy import Rules

_WARM_UP = 4000
_LOSS_EVENTS = 20_000
_ONE_WRITES = 300_000

_RESTARTS = (
    *((OURS, 0, 1), (OURS, 1_000_000, 1), (OURS, 200_000, 5)),
    *((STOCK, 0, 1), (STOCK, 50_000, 1)),
)
"""Side, conversations, states of each in the changelog."""

_SHARES = (0.3, 0.6, 0.8)
"""Of the most that live traffic can be."""

_BURST, _BESIDE = 100_000, 500
"""Deadlines, and events a second meanwhile."""

_GROWTHS = ((10_000, 1), (SHARED, 1), (1_000_000, 1), (SHARED, 2), (SHARED, 3))
"""Conversations, workers."""


PARTS = (
    "rules",
    "one_writes",
    "restarts",
    "lives",
    "growths",
    "losses",
    "doors",
    "waits",
    "presses",
    "breaches",
    "storms",
    "pending",
    "years",
)
"""Beside the pairs; by their names in the report."""
Part = Timing | OneWrite | Restart | Live | Growth | Loss | Door


class Bench:
    """What each part needs; the parts may be run in any order."""

    def __init__(self, stack: Stack, rules: Rules) -> None:
        self._stack = stack
        self._rules = rules

    async def pairs(self, workloads: Sequence[Workload], pairs: int) -> list[Run]:
        """Each side in turn on each workload."""
        runs = []
        for workload in workloads:
            for number in range(1, pairs + 1):
                for side in installed_sides():
                    prefix = f"{workload.name}-{number}-{side.name}."
                    run = await measure(side, workload, self._stack, prefix)
                    runs.append(run)
                    _tell(run, number, pairs, workload)
        return runs

    async def warm_up(self) -> None:
        """A first run of each side, for the broker and the file caches."""
        small = make_workload("", "", write_events(self._rules, _WARM_UP), self._rules)
        for side in installed_sides():
            click.echo(f"warm-up: {side.name}")
            await measure(side, small, self._stack, f"warm-up-{side.name}.")

    async def part(self, name: str, pairs: int) -> Sequence[Part]:
        """One of `PARTS`."""
        measured: dict[str, Callable[[], Awaitable[Sequence[Part]]]] = {
            "rules": self.rules,
            "one_writes": partial(self.one_writes, pairs),
            "restarts": self.restarts,
            "lives": self.lives,
            "growths": self.growths,
            "losses": self.losses,
            "doors": partial(self.doors, pairs),
            "waits": self.waits,
            "presses": partial(presses, self._stack),
            "breaches": partial(breaches, self._stack),
            "storms": partial(storms, self._stack),
            "pending": partial(pending, self._stack),
            "years": self.years,
        }
        return await measured[name]()

    async def rules(self) -> Sequence[Timing]:
        click.echo("the rules alone")
        return await asyncio.to_thread(rules_timings)

    async def doors(self, pairs: int) -> list[Door]:
        click.echo("the door: intake beside a bare handler")
        return await doors(self._stack, self._rules, pairs)

    async def waits(self) -> list[Timing]:
        click.echo("who waits: the alerts' index in Redis")
        return await waits(self._stack.redis_url)

    async def years(self) -> list[Timing]:
        click.echo("a year of facts: the archive and the report")
        return await asyncio.to_thread(year)

    async def one_writes(self, pairs: int) -> list[OneWrite]:
        click.echo("one state write an event: ours, aiokafka, Kafka Streams")
        return await one_write(self._stack, _ONE_WRITES, pairs)

    async def restarts(self) -> list[Restart]:
        found = []
        for side, conversations, repeats in _RESTARTS:
            click.echo(f"restart: {side.name}, {conversations * repeats:,} records")
            found.append(
                await restart(
                    side,
                    self._rules,
                    self._stack,
                    conversations=conversations,
                    repeats=repeats,
                )
            )
        return found

    async def lives(self) -> list[Live]:
        """Shares of the most that can be live, then a burst of deadlines."""
        click.echo("live traffic: how much it can be")
        limit = await most(self._rules, self._stack)
        found = []
        for share in _SHARES:
            rate = int(limit * share)
            click.echo(f"live traffic: {rate:,} events a second")
            title = f"{share:.0%} of {limit:,} events/s"
            try:
                found.append(await steady(self._rules, self._stack, rate, title))
            except StackError as error:
                click.echo(f"  not measured: {error}")
        click.echo(f"a burst of {_BURST:,} deadlines")
        found.append(await burst(self._rules, self._stack, _BURST, _BESIDE))
        return found

    async def growths(self) -> list[Growth]:
        found = []
        for conversations, workers in _GROWTHS:
            click.echo(f"growth: {conversations:,} conversations, {workers} workers")
            found.append(await grow(self._rules, self._stack, conversations, workers))
        return found

    async def losses(self) -> list[Loss]:
        events = write_events(self._rules, _LOSS_EVENTS)
        workload = make_workload("loss", "loss", events, self._rules)
        found = []
        for side in installed_sides():
            for event in Event:
                click.echo(f"loss: {side.name}, {event}")
                found.append(await lose(side, workload, self._stack, event))
        return found


def _tell(run: Run, number: int, pairs: int, workload: Workload) -> None:
    facts = "all facts right" if run.is_right else "WRONG FACTS"
    click.echo(
        f"{workload.title}, pair {number} of {pairs}: {run.side:<12}"
        f"{run.events / run.cpu_seconds:>9,.0f} events/CPU-s"
        f"{run.events / run.wall_seconds:>9,.0f} events/s, {facts}"
    )
