"""A play goes through the worker into Prometheus; the wall's drawing is what was so."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from dev.places import CONFIG
from dev.stack import Stack
from dev.wall.answers import answers_to
from grafana.answers import ask
from stream.simulator.loading import events_of
from stream.simulator.play import Play, write_play
from stream.sla.events import Event
from stream.sla.facts import Fact, FactKind
from stream.sla.instants import parse_rfc3339
from stream.worker.queues import Queues
from tests.dev.wall.conftest import Studio, committed
from tests.dev.wall.test_figures import read, told
from tests.shelf import Shelf
from tests.wall.test_check_wall import served

pytestmark = pytest.mark.broker

BEGIN = parse_rfc3339("2026-11-23T09:00:00Z")
SECONDS = 60
ENDS = {
    FactKind.MET,
    FactKind.ANSWERED_LATE,
    FactKind.CANCELLED,
    FactKind.WAIT_ENDED,
}
WARNS = {"whatsapp-sales": 0.8, "messenger": 0.5}
"""By policy of config/sla.yaml, the part of the promise that is over at its warning."""
QUEUES = ("sales", "support", "unrouted")
AGAIN = {FactKind.CLOCK_STARTED, FactKind.REPLY_RETRACTED}


@dataclass
class Wait:
    """A wait for a first reply, by what was told of it: a second opinion."""

    queue: str
    deadline: int
    risk_at: float
    started_at: int
    waits: bool = True
    late: bool = False


@dataclass
class Told:
    """What the facts come to, folded as simply as can be."""

    waits: dict[tuple[str, int | None], Wait] = field(default_factory=dict)
    verdicts: Counter[FactKind] = field(default_factory=Counter)

    def hear(self, fact: Fact) -> None:
        if fact.measure is None or fact.shadow:
            return
        assert fact.deadline is not None  # of every clock
        assert fact.started_at is not None  # likewise
        promised = fact.deadline - fact.started_at
        risk_at = fact.started_at + WARNS.get(str(fact.policy), 1) * promised
        key = fact.conversation_id, fact.cycle
        new = Wait(fact.queue, fact.deadline, risk_at, fact.started_at)
        wait = self.waits.setdefault(key, new)
        wait.queue, wait.deadline, wait.risk_at = fact.queue, fact.deadline, risk_at
        wait.waits = wait.waits or fact.kind in AGAIN
        if fact.kind in ENDS:
            wait.waits = False
        if fact.kind is FactKind.BREACHED:
            wait.late = True
        if fact.kind is FactKind.BREACH_RETRACTED:
            wait.late = False
        self.verdicts[fact.kind] += 1
        if fact.replaces is not None:
            self.verdicts[FactKind(fact.replaces.value)] -= 1

    def rows(self, now: int) -> dict[str, str]:
        """What the wall says beside each name; every calendar is always open."""
        found: dict[str, list[Wait]] = {name: [] for name in QUEUES}
        for wait in self.waits.values():
            if wait.waits:
                found[wait.queue].append(wait)
        rows = {}
        for queue, waits in found.items():
            late = [wait for wait in waits if wait.late]
            running = [wait for wait in waits if not wait.late]
            risky = [wait for wait in running if now >= wait.risk_at]
            says = "clear"
            if late:
                worst = now - min(wait.deadline for wait in late)
                says = f"late {len(late)} · {told(worst / 1000)}"
            elif running:
                left = told(max(0, min(w.deadline for w in running) - now) / 1000)
                says = f"at risk {len(risky)} · {left}" if risky else left
            rows[f"{queue} · {len(waits)}" if waits else queue] = says
        everybody = [wait for waits in found.values() for wait in waits]
        late_ones = sum(wait.late for wait in everybody)
        at_risk = sum(now >= wait.risk_at and not wait.late for wait in everybody)
        longest = now - min((wait.started_at for wait in everybody), default=now)
        return rows | {
            "Late": str(late_ones) if late_ones else "none",
            "At risk": str(at_risk) if at_risk else "none",
            "Longest": told(longest / 1000) if everybody else "nobody",
        }

    @property
    def level(self) -> float:
        met, broken = (self.verdicts[k] for k in (FactKind.MET, FactKind.BREACHED))
        return 100 * met / (met + broken)


class Stage:
    """The worker's shell with a play, and a real Prometheus that scrapes it."""

    def __init__(self, shelf: Shelf, play: Play, prometheus_url: str) -> None:
        self.shelf = shelf
        self.play = play
        self.prometheus_url = prometheus_url
        self._left: list[Event] = sorted(
            events_of(play.deliveries), key=lambda event: event.arrived
        )

    def run_to(self, second: int) -> int:
        """The play goes on until then; the instant."""
        asyncio.run(self._run_to(second))
        counted = self.shelf.metrics
        if applied := _sum(counted.events):
            self._await("replyclock_events_total", applied)
        recorded = "instance_queue_verdict:replyclock_verdicts:sum"
        verdicts = [
            sample.value
            for family in counted.verdicts.collect()
            for sample in family.samples
            if sample.name.endswith("_total")
            and sample.labels["verdict"] in {"met", "breached"}
        ]
        self._await(recorded, sum(verdicts))
        return self.shelf.now

    async def _run_to(self, second: int) -> None:
        shelf = self.shelf
        while shelf.now < BEGIN + second * 1000:
            shelf.now += 1000
            while self._left and self._left[0].arrived <= shelf.now:
                shelf.arrive(self._left.pop(0))
            await shelf.work()
            await shelf.tick(shelf.now)

    def _await(self, name: str, value: float) -> None:
        until = time.monotonic() + 60
        while True:
            found = ask(self.prometheus_url, f"sum({name})")
            if [sample.value for sample in found] == [value]:
                return
            assert time.monotonic() < until, f"{name}: {found}, not {value}"
            time.sleep(0.2)


def _sum(counter: object) -> float:
    families = counter.collect()  # type: ignore[attr-defined]
    return float(
        sum(s.value for f in families for s in f.samples if s.name.endswith("_total"))
    )


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    shelf = Shelf(CONFIG.read_text("utf-8"))
    shelf.now, shelf.owned = BEGIN, frozenset(range(4))
    for partition in shelf.owned:
        shelf.topic[partition], shelf.applied[partition] = [], 0
    shelf.registry.register(Queues(shelf.config, lambda: shelf.now))
    rules = shelf.config.rules()
    play = write_play(rules, seed=3, start=BEGIN, seconds=SECONDS, rate=60)
    folder = tmp_path_factory.mktemp("play")
    with ExitStack() as stack:
        at = stack.enter_context(served(shelf.registry))
        prometheus = Stack.start(
            folder, services=["prometheus"], prometheus_targets={"worker": at}
        )
        stage = Stage(shelf, play, stack.enter_context(prometheus).prometheus_url)
        stage.run_to(0)  # counters are seen at zero before they move
        yield stage


@pytest.mark.parametrize("second", [25, 40, SECONDS + 60])
def test_the_wall_says_what_was_so(stage: Stage, studio: Studio, second: int) -> None:
    """While many wait, when many are late, and when everybody was answered."""
    now = stage.run_to(second)
    answers = answers_to(
        committed("wall"), stage.prometheus_url, datetime.now(UTC).astimezone()
    )
    said = read(studio.draw_answers(committed("wall"), answers))
    facts = Told()
    for fact in stage.shelf.facts:
        facts.hear(fact)
    level, _, objective = said.pop("Today").partition(" of ")
    assert float(level) == pytest.approx(facts.level, abs=0.1)
    assert objective == "90 %"
    said.pop("Wall")  # of the worker, whose lag is made up here
    assert said == facts.rows(now)
    if second > SECONDS:
        truth = stage.play.truth
        assert facts.level == 100 * truth.met / (truth.met + truth.breached)
        assert said["Late"] == str(truth.breached - truth.answered_late)
