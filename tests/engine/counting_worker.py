"""A worker for the tests: counts the records of each key, tells what it does.

Run as a process of its own. State of a key: `{"n": count, "at": last offset}`; a
record at or below `at` was counted before, so repeats change nothing and a loss
shows as a count that is too low. Tells JSON lines on standard output; logs go to
standard error.
"""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence

from aiokafka.structs import ConsumerRecord
from faust.types import TP

from stream.engine import EngineApp, EngineError, StateTable, readiness_of, run_worker
from stream.engine.admin import open_admin
from stream.kafka.membership import Membership
from stream.process.logs import set_up_logs


def tell(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class Counter:
    """The handler; the value of a record says what to do with it."""

    def __init__(self, app: EngineApp, prefix: str, pause: float) -> None:
        self.app = app
        self.events = prefix + "events"
        self.table: StateTable = app.state_table("counts")
        self.answers = app.writer(prefix + "answers")
        self.pause = pause

    async def handle(self, partition: int, records: Sequence[ConsumerRecord]) -> None:
        state: dict[bytes, dict[str, int]] = {}
        again = 0
        for record in records:
            counted = state.get(record.key) or self.known(partition, record.key)
            if record.offset <= counted["at"]:
                again += 1
                continue
            if record.value == b"nothing":
                continue
            state[record.key] = {"n": counted["n"] + 1, "at": record.offset}
            await self.obey(partition, record.value)
        await asyncio.sleep(self.pause)
        items = [(key, json.dumps(value).encode()) for key, value in state.items()]
        await self.table.write(partition, items)
        first, last = records[0].offset, records[-1].offset
        tell(did="batch", partition=partition, first=first, last=last, again=again)

    def known(self, partition: int, key: bytes) -> dict[str, int]:
        value = self.table.store.get(partition, key)
        return json.loads(value) if value else {"n": 0, "at": -1}

    def last(self, partitions: frozenset[int]) -> dict[int, tuple[int, bytes]]:
        """The last record that is counted: offset and key."""
        states = {p: self.table.store.partition(p).items() for p in partitions}
        return {
            partition: max((json.loads(value)["at"], key) for key, value in items)
            for partition, items in states.items()
            if items
        }

    async def obey(self, partition: int, value: bytes) -> None:
        if value == b"fail":
            raise ValueError("told to fail")
        if value == b"too large":
            await self.answers.write(partition, [(b"k", b"x" * 100_000)])
        if value == b"skip":  # what a bug in Faust would do: the position moves
            tp = TP(self.events, partition)
            position = await self.app.consumer.position(tp)
            await self.app.consumer.seek_wait({tp: position + 40})
            tell(did="skip", partition=partition)


class Forwarder:
    """A handler without a table: passes the keys on, as alerts would."""

    def __init__(self, app: EngineApp, prefix: str, pause: float) -> None:
        self.app = app
        self.events = prefix + "events"
        self.answers = app.writer(prefix + "answers")
        self.pause = pause
        self.is_again = False

    async def handle(self, partition: int, records: Sequence[ConsumerRecord]) -> None:
        await asyncio.sleep(self.pause)
        if not self.is_again and any(record.value == b"again" for record in records):
            self.is_again = True
            await self.app.elsewhere.hand_over_again()
        await self.answers.write(partition, [(r.key, r.value) for r in records])
        first, last = records[0].offset, records[-1].offset
        tell(did="batch", partition=partition, first=first, last=last)


class Hidden(EngineApp):
    """Its changelog goes away after the look at the topics, and before it joins."""

    async def wait_for_turn(self) -> None:
        await super().wait_for_turn()
        async with open_admin(self.access) as admin:
            names = {spec.name for spec in self.changelogs()}
            await admin.delete_topics(list(names))
            while names & {t["topic"] for t in await admin.describe_topics()}:  # noqa: ASYNC110 - Kafka sends no event
                await asyncio.sleep(0.1)


def declare_without_table(
    app: EngineApp, prefix: str, options: dict[str, float]
) -> None:
    forwarder = Forwarder(app, prefix, options.get("pause", 0.0))
    app.batches(forwarder.events)(forwarder.handle)

    if "begin" in options:

        @app.elsewhere.begins_by
        async def beginnings(committed: Mapping[int, int]) -> Mapping[int, int]:
            tell(did="begin", committed=committed)
            return dict.fromkeys(committed, int(options["begin"]))

    @app.on_restored
    def restored(partitions: frozenset[int]) -> None:
        applied = {p: app.applied(p) for p in sorted(partitions)}
        keys = dict.fromkeys(sorted(partitions))
        tell(did="restored", keys=keys, applied=applied)

    @app.on_lost
    def lost(partitions: frozenset[int]) -> None:
        if options.get("fail_on_lost"):
            raise ValueError("told to fail")
        tell(did="lost", partitions=sorted(partitions))

    readiness = readiness_of(app, forwarder.events)

    async def tick() -> None:
        owned = app.owned()
        ends = await app.end_offsets(forwarder.events, owned)
        applied = {p: app.applied(p) for p in owned}
        tell(did="tick", ends=ends, applied=applied, ready=await readiness.look())

    app.every(0.2, tick)


def declare(app: EngineApp, prefix: str, options: dict[str, float]) -> None:
    counter = Counter(app, prefix, options.get("pause", 0.0))
    app.batches(counter.events)(counter.handle)
    app.continuity.leaves_state = lambda record: record.value != b"nothing"

    @app.on_restored
    async def restored(partitions: frozenset[int]) -> None:
        tell(did="restoring")
        await asyncio.sleep(options.get("restore_pause", 0.0))
        store = counter.table.store
        keys = {p: len(store.partition(p)) for p in sorted(partitions)}
        foreign = sorted(store.partitions() - partitions)
        await app.continuity.check_last(counter.events, counter.last(partitions))
        done, total = app.recovery_progress
        tell(did="restored", keys=keys, foreign=foreign, done=done, total=total)

    @app.on_lost
    def lost(partitions: frozenset[int]) -> None:
        tell(did="lost", partitions=sorted(partitions), owned=sorted(app.owned()))

    async def tick() -> None:
        owned = app.owned()
        ends = await app.end_offsets(counter.events, owned)
        applied = {p: app.applied(p) for p in owned}
        tell(did="tick", ends=ends, applied=applied, lag=app.lag())

    app.every(options.get("tick", 0.2), tick)


def main() -> int:
    set_up_logs("info", "json")
    broker, prefix, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    partitions = int(options.get("partitions", 4))
    try:
        kind = Hidden if options.get("hidden") else EngineApp
        app = kind(
            prefix + "app",
            broker=broker,
            partitions=partitions,
            membership=Membership(
                options.get("member_id", ""), options.get("session_timeout", 10.0)
            ),
            stall_after=options.get("stall", 120.0),
        )
        if options.get("tableless"):
            declare_without_table(app, prefix, options)
        else:
            declare(app, prefix, options)
        names = (prefix + "events", prefix + "answers")
        if options.get("uncreated"):  # then Kafka knows of no topic of ours yet
            names = ()
        return run_worker(app, topics=dict.fromkeys(names, partitions))
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return 3


if __name__ == "__main__":
    sys.exit(main())
