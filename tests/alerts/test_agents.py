"""What is taken from the topic, and what becomes of the rest."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnectionError

from alerts.agents import FactsReader
from alerts.alert import alert_key, concerns_alerts
from alerts.bookmark import Bookmark
from alerts.ledger import MEMORY, Ledger
from alerts.metrics import Metrics
from alerts.positions import Positions
from stream.dead_letters.letters import DeadLetterLimitError, DeadLetters
from stream.dead_letters.limit import Bounds
from stream.records import encode_fact
from stream.sla.facts import FactKind
from tests.alerts.cycles import DEADLINE, Cycle
from tests.alerts.patience import eventually


class Record:
    """As aiokafka's."""

    topic, partition = "sla.facts", 3

    def __init__(self, offset: int, key: bytes, value: bytes) -> None:
        self.offset, self.key, self.value = offset, key, value


def record(offset: int, cycle: Cycle, value: bytes) -> Record:
    return Record(offset, cycle.conversation.encode(), value)


class Engine:
    """Owns partition 3 and is at offset 0, whatever happens."""

    def __init__(self) -> None:
        self.hand_overs = 0
        self.at = 0

    def owned(self) -> frozenset[int]:
        return frozenset({3})

    def applied(self, partition: int) -> int | None:
        return self.at if partition == 3 else None

    async def hand_over_again(self) -> None:
        self.hand_overs += 1


class Taking:
    """A reader, and what it told others."""

    def __init__(self, ledger: Ledger, now: int, bounds: Bounds = Bounds()) -> None:  # noqa: B008  a frozen value
        self.woken: set[str] = set()
        self.dead: list[tuple[bytes, bytes]] = []
        self.metrics = Metrics(["r"])
        self.engine = Engine()
        self.is_waiting = self.may_wait = False
        self.bookmark = Bookmark(
            ledger.positions, self.engine, self._ends, self.engine.hand_over_again
        )
        self.reader = FactsReader(
            ledger=ledger,
            bookmark=self.bookmark,
            metrics=self.metrics,
            wake=self.woken.update,
            concern=concerns_alerts,
            dead_letters=DeadLetters(bounds, write=self._bury, recall=self._recall),
            now=lambda: now,
            may_wait=lambda: self.may_wait,
            waiting=self._waiting,
        )

    async def _bury(self, partition: int, dead: Sequence[tuple[bytes, bytes]]) -> None:
        assert partition == 3
        self.dead += dead

    async def _recall(self, *_: object) -> Mapping[int, str]:
        return {}

    async def _ends(self, partitions: Iterable[int]) -> Mapping[int, int]:
        return dict.fromkeys(partitions, 100)

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        self.is_waiting = True
        yield
        self.is_waiting = False


@pytest.mark.broker
async def test_only_news_wakes(ledger: Ledger) -> None:
    """Breaches wake the deliverer; facts of running clocks and repeats do not."""
    taking, cycle = Taking(ledger, DEADLINE), Cycle()
    warned = cycle.fact(FactKind.WARNED, cycle.start)
    batch = [
        record(1, cycle, encode_fact(warned)),
        record(2, cycle, encode_fact(cycle.breached())),
        record(3, Cycle("b"), encode_fact(Cycle("b").met())),
    ]
    await taking.reader.take(3, batch)
    assert taking.woken == {alert_key(cycle.breached())}

    taking.woken.clear()
    await taking.reader.take(3, batch)
    assert taking.woken == set()
    assert taking.dead == []


@pytest.mark.broker
async def test_what_cannot_be_read_is_buried_without_its_words(ledger: Ledger) -> None:
    """A bad record and a fact under another key leave their place and a reason."""
    taking, cycle = Taking(ledger, DEADLINE), Cycle()
    await taking.reader.take(
        3,
        [
            record(1, cycle, b'{"secret words"'),
            Record(2, b"other", encode_fact(cycle.breached())),
            record(3, cycle, encode_fact(cycle.breached())),
        ],
    )

    assert len(taking.woken) == 1
    assert [key for key, _ in taking.dead] == [cycle.conversation.encode(), b"other"]
    assert b"secret words" not in taking.dead[0][1]
    assert b'"partition":3,"offset":2' in taking.dead[1][1]
    assert b"the key is not the conversation_id" in taking.dead[1][1]


@pytest.mark.broker
async def test_facts_older_than_the_memory_are_no_news(ledger: Ledger) -> None:
    """A topic read from its beginning does not alert on what was forgotten."""
    cycle = Cycle()
    noticed = cycle.breached().noticed_at
    for age, keys in ((MEMORY, 0), (MEMORY - 1, 1)):
        taking = Taking(ledger, noticed + age)
        await taking.reader.take(3, [record(1, cycle, encode_fact(cycle.breached()))])
        assert len(taking.woken) == keys


@pytest.mark.broker
async def test_facts_of_a_newer_worker_are_not_drained_into_the_bin(
    ledger: Ledger,
) -> None:
    """Workers were upgraded first: the process ends before it commits them (A5)."""
    taking, cycle = Taking(ledger, DEADLINE, Bounds(consecutive=3)), Cycle()
    newer = encode_fact(cycle.breached()).replace(b'"breached"', b'"foretold"')
    with pytest.raises(DeadLetterLimitError, match=r"3 of the last 3.*upgrade"):
        await taking.reader.take(3, [record(n, cycle, newer) for n in range(5)])

    assert len(taking.dead) == 3
    assert await ledger.positions.read([3]) == {}


@pytest.mark.broker
async def test_a_batch_after_a_hole_is_not_taken(ledger: Ledger, redis: Redis) -> None:
    """Redis has lost what came before it: reading goes back, nothing is kept (A8)."""
    taking, first, second = Taking(ledger, DEADLINE), Cycle("a"), Cycle("b")
    await taking.reader.take(3, [record(6, first, encode_fact(first.breached()))])
    assert await ledger.positions.read([3]) == {3: 7}

    await redis.hset(ledger.positions.key, "3", 5)
    await taking.reader.take(3, [record(7, second, encode_fact(second.breached()))])
    assert taking.engine.hand_overs == 1
    assert await ledger.positions.read([3]) == {3: 5}
    assert await ledger.differing() == [alert_key(first.breached())]


@pytest.mark.broker
async def test_reading_begins_where_redis_stands(ledger: Ledger, redis: Redis) -> None:
    """Earlier than Kafka's commit, later, at the very beginning; or another topic."""
    bookmark = Taking(ledger, DEADLINE).bookmark
    assert await bookmark.beginnings({3: 40}) == {3: 0}
    for stored, begin in ((30, 30), (40, 40), (50, 50), (100, 100), (101, 0)):
        await redis.hset(ledger.positions.key, "3", stored)
        assert await bookmark.beginnings({3: 40}) == {3: begin}


@pytest.mark.broker
async def test_offsets_without_a_record_are_no_loss(ledger: Ledger) -> None:
    """Markers of a transaction, or what retention took: the engine passes them by."""
    taking, cycle = Taking(ledger, DEADLINE), Cycle()
    await taking.reader.take(3, [record(6, cycle, encode_fact(cycle.breached()))])
    taking.engine.at = 9
    await taking.bookmark.look()
    await taking.reader.take(3, [record(9, cycle, encode_fact(cycle.answered()))])

    assert taking.engine.hand_overs == 0
    assert await ledger.positions.read([3]) == {3: 10}


@pytest.mark.broker
async def test_another_version_reads_from_the_beginning(
    ledger: Ledger, redis: Redis, prefix: str
) -> None:
    """A newer worker's facts that the last version could not read are read (A5)."""
    older = Positions(redis, f"{{{prefix}replyclock:alerts}}", words="older")
    assert await older.begin(3, None, 40)
    assert await older.read([3]) == {3: 40}

    assert await Taking(ledger, DEADLINE).bookmark.beginnings({3: 40}) == {3: 0}


@pytest.mark.broker
async def test_a_loss_is_seen_though_nothing_comes(
    ledger: Ledger, redis: Redis
) -> None:
    """Each second Redis is asked where it stands (A8)."""
    taking = Taking(ledger, DEADLINE)
    taking.engine.at = 40
    await taking.bookmark.beginnings({3: 40})
    await taking.bookmark.began([3])
    await taking.bookmark.look()
    assert taking.engine.hand_overs == 0

    await redis.delete(ledger.positions.key)
    await taking.bookmark.look()
    assert taking.engine.hand_overs == 1


async def test_waiting_for_redis_is_said_to_the_watchdog(
    unused_tcp_port: int,
) -> None:
    """No stall of ours; and it ends when somebody waits for the batch in hand."""
    url = f"redis://127.0.0.1:{unused_tcp_port}"
    async with Redis.from_url(url, retry=Retry(NoBackoff(), 0)) as away:
        taking, cycle = Taking(Ledger(away), DEADLINE), Cycle()
        taking.may_wait = True
        batch = [record(1, cycle, encode_fact(cycle.breached()))]
        take = asyncio.create_task(taking.reader.take(3, batch))

        async def is_waiting() -> bool:
            return taking.is_waiting

        await eventually(is_waiting)
        taking.may_wait = False
        with pytest.raises(NoConnectionError):
            await take
