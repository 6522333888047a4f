"""What a release leaves behind: written by it as data, read by every later one.

    .venv/bin/python -m tests.upgrading.kept 0.2.0    writes tests/data/state/0.2.0/

    rules.yaml     the rules in force
    events.jsonl   what arrives, by arrival; the upgrade is in the middle of it
    facts.jsonl    what that release tells of it
    states.jsonl   its changelog at the upgrade: key, and the state's bytes in hex
    ledger.jsonl   its Redis at the upgrade: the commands that fill one

The conversations are those of a crowd in which everything happens (tests.agreement).
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace
from redis.asyncio import Redis

from alerts.alert import alert_key, concerns_alerts
from alerts.ledger import Ledger
from alerts.positions import Span
from alerts.presses.press import Press, PressKind
from dev.places import REPOSITORY
from dev.stack import Stack
from stream.records import decode_event, decode_fact, encode_event, encode_fact
from stream.sla.events import Event
from stream.sla.facts import Fact
from stream.sla.instants import SECOND, from_ms
from tests.agreement.crowd import gather
from tests.agreement.short_rules import short_rules
from tests.shelf import Shelf
from tests.timelines import START

KEPT = REPOSITORY / "tests" / "data" / "state"
UPGRADED_AT = START + 40 * SECOND
END = START + 120 * SECOND
"""Every clock is over by then."""
_PREFIX = "kept."


@dataclass(frozen=True)
class Kept:
    """One release's folder."""

    folder: Path

    @cached_property
    def rules(self) -> str:
        return (self.folder / "rules.yaml").read_text("utf-8")

    @cached_property
    def events(self) -> list[Event]:
        return [decode_event(line) for line in self._lines("events")]

    @cached_property
    def facts(self) -> list[Fact]:
        return [decode_fact(line) for line in self._lines("facts")]

    @cached_property
    def states(self) -> dict[bytes, bytes]:
        pairs = [msgspec.json.decode(line) for line in self._lines("states")]
        return {key.encode(): bytes.fromhex(state) for key, state in pairs}

    def redis_commands(self, prefix: str) -> list[list[Any]]:
        """What fills a Redis, under another prefix than it was kept with."""
        return [
            [str(word).replace(f"{{{_PREFIX}", f"{{{prefix}") for word in words]
            for words in map(msgspec.json.decode, self._lines("ledger"))
        ]

    def _lines(self, name: str) -> list[bytes]:
        return (self.folder / f"{name}.jsonl").read_bytes().splitlines()


@dataclass
class Course:
    """A worker's shell to which events come at their times.

    What is due is concluded at its very instant, so it tells what `replay` tells.
    `told`: its facts since it began, in order.
    """

    shelf: Shelf
    coming: list[Event]
    told: list[Fact] = field(init=False)

    def __post_init__(self) -> None:
        self.coming = sorted(self.coming, key=lambda event: event.arrived)
        self.told = self.shelf.facts

    async def run_until(self, end: int) -> None:
        """Until the clock says `end` (ms), what arrives or is due then included."""
        shelf = self.shelf
        while (now := self._next()) <= end:
            shelf.now = now
            while self.coming and self.coming[0].arrived <= now:
                shelf.arrive(self.coming.pop(0))
            await shelf.work()
            await shelf.timers.tick()
        shelf.now = end

    def _next(self) -> int:
        lateness = self.shelf.book.rules.allowed_lateness
        due = self.shelf.book.deadlines(0).next()
        at = [] if due is None else [max(due + lateness, self.shelf.now)]
        at += [event.arrived for event in self.coming[:1]]
        return min(at, default=END + 1)


async def upgraded(kept: Kept) -> Course:
    """A worker of today that finds the topic and the changelog of the release."""
    shelf = Shelf(kept.rules)
    shelf.now = UPGRADED_AT
    shelf.states[0] = dict(kept.states)
    before = [event for event in kept.events if event.arrived <= UPGRADED_AT]
    shelf.arrive(*before)
    # What was not committed comes again: the offsets in the states say that it is old.
    shelf.applied[0] = len(before) * 2 // 3
    await shelf.book.restore(0, list(shelf.states[0].items()))
    await shelf.work()
    return Course(shelf, [e for e in kept.events if e.arrived > UPGRADED_AT])


def told_until(facts: Sequence[Fact], at: int) -> list[Fact]:
    """What was told until the instant `at` (ms), it included."""
    return [fact for fact in facts if fact.noticed_at <= at]


def _arriving() -> Iterator[Event]:
    crowd = gather(12, start=START, seconds=70, count=14)
    for arrival in sorted(crowd, key=lambda each: each.at):
        yield replace(arrival.event, received_at=from_ms(arrival.at))


async def _pages(rules: str, redis: Redis) -> dict[str, list[bytes]]:
    """The lines of each file; `redis` is empty before."""
    events = list(_arriving())
    course = Course(Shelf(rules), list(events))
    await course.run_until(UPGRADED_AT)
    states = dict(course.shelf.states[0])
    told = list(course.told)
    await course.run_until(END)
    await _fill(Ledger(redis, _PREFIX), told)
    encode = msgspec.json.encode
    return {
        "events": [encode_event(event) for event in events],
        "facts": [encode_fact(fact) for fact in course.told],
        "states": [encode([k.decode(), v.hex()]) for k, v in sorted(states.items())],
        "ledger": [encode(words) async for words in _commands(redis)],
    }


async def _fill(ledger: Ledger, told: Sequence[Fact]) -> None:
    """Every second alert is posted, one is taken by somebody."""
    span = Span(partition=0, begin=0, end=len(told))
    numbered = [
        (fact, offset) for offset, fact in enumerate(told) if concerns_alerts(fact)
    ]
    await ledger.want(numbered, span)
    keys = sorted({alert_key(fact) for fact, _ in numbered})
    for number, key in enumerate(keys):
        (entry,) = await ledger.entries([key])
        if number % 2 or entry.alert is None:
            continue
        await ledger.leases.take(key, "kept", 60_000)
        at = UPGRADED_AT
        await ledger.begin(entry, "kept", receiver="lead", channel="C0OPS", now=at)
        ts = f"{at // 1000}.{number:06}"
        shown = entry.alert.revision
        await ledger.record(entry, "kept", ts=ts, shown=shown, done=True, now=at)
    taken = Press(press_id="1", kind=PressKind.TAKE, by="U0ANA", at=UPGRADED_AT)
    await ledger.presses.note(keys[:1], taken, UPGRADED_AT)


async def _commands(redis: Redis) -> AsyncIterator[list[Any]]:
    """What fills a Redis with all that is in this one, but for how long it lives."""
    for raw in sorted([key async for key in redis.scan_iter()]):
        key = raw.decode()
        match await redis.type(raw):
            case b"hash":
                pairs = sorted((await redis.hgetall(raw)).items())
                yield ["HSET", key, *(word.decode() for pair in pairs for word in pair)]
            case b"zset":
                scored = await redis.zrange(raw, 0, -1, withscores=True)
                words = [
                    w for member, score in scored for w in (score, member.decode())
                ]
                yield ["ZADD", key, *words]
            case b"string" if b":lease" in raw:
                pass  # it ends by itself before anybody else comes
            case other:
                raise AssertionError((key, other))


def main(version: str) -> None:
    rules, folder = short_rules(START), KEPT / version
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as place:

        async def pages(url: str) -> dict[str, list[bytes]]:
            async with Redis.from_url(url) as redis:
                return await _pages(rules, redis)

        with Stack.start(Path(place) / "stack", services=["redis"]) as stack:
            found = asyncio.run(pages(stack.redis_url))
    (folder / "rules.yaml").write_text(rules, "utf-8")
    for name, lines in found.items():
        (folder / f"{name}.jsonl").write_bytes(b"\n".join([*lines, b""]))


if __name__ == "__main__":
    main(sys.argv[1])
