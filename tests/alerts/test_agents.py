"""What is taken from the topic, and when posting may begin."""

import pytest

from alerts.agents import PATIENCE, CatchUp, FactsReader
from alerts.alert import alert_key
from alerts.ledger import MEMORY, Ledger
from alerts.metrics import Metrics
from stream.records import encode_fact
from stream.sla.facts import FactKind
from tests.alerts.cycles import DEADLINE, Cycle


class Record:
    """As aiokafka's."""

    topic, partition = "sla.facts", 3

    def __init__(self, offset: int, key: bytes, value: bytes) -> None:
        self.offset, self.key, self.value = offset, key, value


def record(offset: int, cycle: Cycle, value: bytes) -> Record:
    return Record(offset, cycle.conversation.encode(), value)


class Taking:
    """A reader, and what it told others."""

    def __init__(self, ledger: Ledger, now: int) -> None:
        self.woken: set[str] = set()
        self.dead: list[tuple[bytes, bytes]] = []
        self.metrics = Metrics(["r"])
        self.reader = FactsReader(
            ledger=ledger,
            metrics=self.metrics,
            wake=self.woken.update,
            write_dead_letters=self._bury,
            now=lambda: now,
            may_wait=lambda: True,
        )

    async def _bury(self, partition: int, dead: list[tuple[bytes, bytes]]) -> None:
        assert partition == 3
        self.dead += dead


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


def test_catch_up_ends_when_all_is_read() -> None:
    """Posting waits until every partition that is ours was read to its old end."""
    applied: dict[int, int | None] = {0: 5, 1: 0}
    catch_up = CatchUp(applied.get, now=lambda: 1000)
    assert not catch_up.is_over()
    catch_up.began({0: 5, 1: 7})
    assert not catch_up.is_over()
    applied[1] = 7
    assert catch_up.is_over()

    catch_up.began({0: 9})
    assert not catch_up.is_over()
    applied[0] = None  # another process reads it now
    assert catch_up.is_over()


def test_catch_up_ends_when_it_takes_too_long() -> None:
    """In doubt, send: a backlog that lasts does not hold alerts back for ever."""
    now = 1000
    catch_up = CatchUp(lambda _: 0, now=lambda: now)
    catch_up.began({0: 10**9})
    now += PATIENCE
    assert not catch_up.is_over()
    now += 1
    assert catch_up.is_over()
