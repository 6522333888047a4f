"""The wall's own queries, against a real Prometheus that scrapes a real registry."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, start_http_server

from alerts.coverage import Coverage
from dev.stack import Stack
from grafana.answers import QueryFailedError, Sample, ask
from grafana.check_wall import faults_of, main
from grafana.expressions import IDLE, NOBODY, PARTIAL, STALE, STUCK, UNDECIDED
from grafana.preview import draw_wall
from grafana.queries import WALL, PanelQuery, panel_queries
from stream.config import load_config
from stream.sla.facts import Measure
from stream.worker.current_state import CurrentState, Ownership
from stream.worker.metrics import WorkerMetrics
from stream.worker.silent_sources import SilentSources
from stream.worker.waiting import Open, Wait, Waiting

REPOSITORY = Path(__file__).parents[2]
QUEUES = {"sales", "support", "unrouted"}
ALL = frozenset(range(4))


@dataclass
class Worker:
    """The worker's own metrics over waits that a test sets; no Kafka behind them."""

    metrics: WorkerMetrics
    waiting: Waiting = field(default_factory=Waiting)
    owned: frozenset[int] = ALL
    lag: int = 0
    now: int = 0
    heard: dict[tuple[str, str], int] = field(default_factory=dict)

    def hold(self, *sessions: Open) -> None:
        """These sessions are open now, one a partition."""
        self.waiting._partitions = {
            partition: {b"c%d" % partition: session}
            for partition, session in enumerate(sessions)
        }


@dataclass
class Site:
    worker: Worker
    prometheus_url: str

    def shows(self, panel: str, ref_id: str = "A") -> dict[str, float]:
        """What the panel's query answers now, by queue."""
        (query,) = (
            query
            for query in wall_queries()
            if (query.panel, query.ref_id) == (panel, ref_id)
        )
        return {
            sample.labels.get("queue", ""): sample.value
            for sample in ask(self.prometheus_url, query.expr)
        }

    def await_shown(
        self,
        panel: str,
        expected: Callable[[dict[str, float]], bool],
        ref_id: str = "A",
    ) -> dict[str, float]:
        """The panel's figures as soon as a scrape has brought the expected ones."""
        until = time.monotonic() + 20
        while not expected(shown := self.shows(panel, ref_id)):
            assert time.monotonic() < until, f"{panel}: {shown}"
            time.sleep(0.2)
        return shown


def wall_queries() -> list[PanelQuery]:
    wall = json.loads(WALL.read_text(encoding="utf-8"))
    return panel_queries(wall, datetime.now(UTC).astimezone())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    config = load_config(REPOSITORY / "config" / "sla.yaml")
    registry = CollectorRegistry()
    worker = Worker(WorkerMetrics(config, registry))
    ownership = Ownership(
        {"conversations.events": len(ALL)},
        lambda: worker.owned,
        lambda: worker.lag,
        lambda: time.time_ns() // 1_000_000,
    )
    registry.register(CurrentState(worker.waiting, ownership, config, str))
    registry.register(SilentSources(worker.heard, config, lambda: worker.now))
    # The alerts process beside it reads no fact, which changes no figure of the wall.
    facts = CollectorRegistry()
    facts.register(Coverage("sla.facts", len(ALL), frozenset, lambda: {0: 12}))
    folder = tmp_path_factory.mktemp("prometheus")
    with ExitStack() as stack:
        targets = {"worker": registry, "alerts": facts}
        at = {job: stack.enter_context(served(each)) for job, each in targets.items()}
        prometheus = stack.enter_context(
            Stack.start(folder, services=["prometheus"], prometheus_targets=at)
        )
        yield Site(worker, prometheus.prometheus_url)


@contextmanager
def served(registry: CollectorRegistry) -> Iterator[str]:
    """Where Prometheus finds the registry."""
    server, thread = start_http_server(0, "127.0.0.1", registry)
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def site(running: Site) -> Site:
    """A quiet worker that Prometheus has seen: nobody waits, all owned, all heard.

    Of the alerts process Prometheus has seen that facts wait and nobody reads them.
    """
    worker = running.worker
    until = time.monotonic() + 20
    while not ask(running.prometheus_url, 'replyclock_lag_records{job="alerts"} > 0'):
        assert time.monotonic() < until, "the alerts process was not scraped"
        time.sleep(0.2)
    worker.hold()
    worker.owned, worker.lag, worker.now = ALL, 0, 0
    worker.heard.clear()
    running.await_shown("Coverage", lambda shown: shown == {"": 1})
    running.await_shown("Waiting now", lambda shown: shown == {"": 0})
    return running


def wait(*, age: float, left: float, breached: bool = False) -> Wait:
    """A first-reply wait that began `age` seconds ago, its deadline `left` ahead."""
    now = time.time_ns() // 1_000_000
    deadline = now + int(left * 1000)
    return Wait(
        measure=Measure.FIRST_REPLY,
        started_at=now - int(age * 1000),
        risk_at=deadline,
        deadline=deadline,
        breached=breached,
        paused=False,
    )


@pytest.mark.broker
def test_every_panel_answers_when_nothing_happens(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """A worker that has seen no event fills the whole wall, in words."""
    assert main(["--prometheus", site.prometheus_url]) == 0, capsys.readouterr().err
    assert site.shows("Oldest wait") == {"": NOBODY}
    assert site.shows("Breached, still waiting") == {"": 0}
    assert site.shows("Service level today") == {"": UNDECIDED}
    assert site.shows("Next breach") == dict.fromkeys(QUEUES, IDLE)
    assert site.shows("Data delay") == {"": 0}
    assert site.shows("Events behind") == {"": 0}
    assert site.shows("Silent sources") == {"": 0}
    for ref_id in "ABCD":
        assert site.shows("Queues", ref_id) == dict.fromkeys(QUEUES, 0)
    assert site.shows("Queues", "E") == dict.fromkeys(QUEUES, UNDECIDED)


@pytest.mark.broker
def test_waits_are_shown_as_they_are(site: Site) -> None:
    """Counts, the oldest wait and the nearest deadline, per queue and in all."""
    site.worker.hold(
        Open(("whatsapp", "sales"), (wait(age=700, left=-400, breached=True),)),
        Open(("whatsapp", "sales"), (wait(age=100, left=200),)),
        Open(("messenger", "support"), (wait(age=50, left=850),)),
        Open(("messenger", "support"), ()),
    )
    site.await_shown("Waiting now", lambda shown: shown == {"": 3})
    assert site.shows("Breached, still waiting") == {"": 1}
    assert site.shows("Oldest wait")[""] == pytest.approx(700, abs=15)
    left = site.shows("Next breach")
    assert left["sales"] == pytest.approx(200, abs=15)
    assert left["support"] == pytest.approx(850, abs=15)
    assert left["unrouted"] == IDLE
    assert site.shows("Queues", "A") == {"sales": 2, "support": 1, "unrouted": 0}
    assert site.shows("Queues", "C") == {"sales": 1, "support": 0, "unrouted": 0}
    oldest = site.shows("Queues", "D")
    assert oldest["sales"] == pytest.approx(700, abs=15)
    assert oldest["unrouted"] == NOBODY


@pytest.mark.broker
def test_a_part_of_the_truth_is_not_shown_as_a_number(site: Site) -> None:
    """With two of four partitions owned the counts say `partial`, and still answer."""
    waits = [Open(("whatsapp", "sales"), (wait(age=9, left=9),)) for _ in ALL]
    site.worker.hold(*waits)
    site.await_shown("Waiting now", lambda shown: shown == {"": 4})
    site.worker.owned = frozenset({0, 1})
    site.await_shown("Coverage", lambda shown: shown == {"": 0.5})
    for panel in ("Oldest wait", "Waiting now", "Breached, still waiting"):
        assert site.shows(panel) == {"": PARTIAL}, panel
    assert site.shows("Next breach") == dict.fromkeys(QUEUES, PARTIAL)
    assert main(["--prometheus", site.prometheus_url]) == 0


@pytest.mark.broker
def test_the_figures_of_a_silent_source_are_stale(site: Site) -> None:
    """Rule 3.6: what is green there may not be true."""
    assert site.shows("Queues", "F") == dict.fromkeys(QUEUES, 0)
    site.worker.now += 1_800_000
    site.worker.heard["messenger", "1234567890"] = site.worker.now
    shown = {"sales": 1.0, "support": 0.0, "unrouted": 0.0}
    site.await_shown("Queues", lambda stale: stale == shown, "F")
    assert site.shows("Silent sources") == {"": 1}
    for panel in ("Oldest wait", "Waiting now", "Breached, still waiting"):
        assert site.shows(panel) == {"": STALE}, panel
    idle = dict.fromkeys(QUEUES, IDLE)
    assert site.shows("Next breach") == {**idle, "sales": STALE}
    assert site.shows("Queues", "A") == {"sales": STALE, "support": 0, "unrouted": 0}

    site.worker.hold(Open(("whatsapp", "sales"), (wait(age=100, left=200),)))
    site.await_shown("Waiting now", lambda shown: shown == {"": 1})
    assert site.shows("Next breach")["sales"] == pytest.approx(200, abs=15)
    assert site.shows("Queues", "C")["sales"] == STALE


@pytest.mark.broker
def test_records_that_nobody_applies_are_a_delay(site: Site) -> None:
    """A quiet minute with records waiting is at least a minute of delay."""
    site.worker.lag = 12
    site.await_shown("Events behind", lambda shown: shown == {"": 12})
    assert site.shows("Data delay") == {"": STUCK}


@pytest.mark.broker
def test_service_level_leaves_retracted_verdicts_out(site: Site) -> None:
    """Four met, two breached of which one is taken back, one cancelled: 4 of 5."""
    metrics, labels = site.worker.metrics, ("first_reply", "whatsapp", "sales")
    metrics.verdicts.labels(*labels, "met").inc(4)
    metrics.verdicts.labels(*labels, "breached").inc(2)
    metrics.verdicts.labels(*labels, "cancelled").inc(1)
    metrics.retractions.labels(*labels, "breached").inc(1)
    site.await_shown("Service level today", lambda shown: 0.79 < shown[""] < 0.81)
    assert site.shows("Service level today")[""] == pytest.approx(0.8)
    levels = site.shows("Queues", "E")
    assert levels.pop("sales") == pytest.approx(0.8)
    assert levels == {"support": UNDECIDED, "unrouted": UNDECIDED}


@pytest.mark.broker
def test_delay_of_events_is_measured(site: Site) -> None:
    """Five slow events of a hundred show: neither the middle nor the newest's age."""
    site.worker.metrics.event_delay.observe([0.01] * 95 + [1.9] * 5)
    site.await_shown("Data delay", lambda shown: 1 < shown[""] <= 2)


@pytest.mark.broker
def test_empty_wall_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a worker every panel is named, and the exit status is 1."""
    with Stack.start(tmp_path / "stack", services=["prometheus"]) as stack:
        assert main(["--prometheus", stack.prometheus_url]) == 1
    faults = capsys.readouterr().err
    for query in wall_queries():
        assert f"{query.panel} {query.ref_id}: empty" in faults


def test_prometheus_that_is_away_is_a_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An address where nobody listens gives a line a panel, no traceback."""
    assert main(["--prometheus", "http://127.0.0.1:1"]) == 1
    assert "Oldest wait A: no answer" in capsys.readouterr().err


def query(*, instant: bool = True) -> PanelQuery:
    return PanelQuery(panel="P", panel_id=1, ref_id="A", expr="x", instant=instant)


def test_answers_without_a_number_are_failures() -> None:
    """Empty, NaN, infinite and refused answers each have their line."""

    def refuse(expr: str) -> list[Sample]:
        raise QueryFailedError("parse error")

    def answer(*values: str) -> list[Sample]:
        return [Sample({}, float(value)) for value in values]

    assert faults_of([query()], lambda _: answer("0", "-2")) == []
    assert faults_of([query()], lambda _: []) == ["P A: empty: x"]
    assert faults_of([query()], lambda _: answer("1", "NaN")) == [
        "P A: not a number: x"
    ]
    assert faults_of([query()], lambda _: answer("+Inf")) == ["P A: not a number: x"]
    assert faults_of([query()], refuse) == ["P A: parse error: x"]
    assert faults_of([query(instant=False)], lambda _: answer("1")) == [
        "P A: not an instant query: x"
    ]


@pytest.mark.broker
def test_preview_shows_what_prometheus_answers(site: Site) -> None:
    """The page has every panel's title and figure, and says that it is no Grafana."""
    site.worker.hold(Open(("whatsapp", "sales"), (wait(age=3, left=997),)))
    site.await_shown("Waiting now", lambda shown: shown == {"": 1})
    page = draw_wall(site.prometheus_url)
    for told in wall_queries():
        assert f"<h2>{told.panel}</h2>" in page
    assert ">1</span>" in page
    assert "00:16:" in page
    assert "no clock runs" in page
    assert "not Grafana" in page
