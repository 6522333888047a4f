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
from grafana.queries import WALL, PanelQuery, panel_queries
from stream.config import load_config
from stream.sla.facts import Measure
from stream.sla.hours import ALWAYS, Calendar
from stream.worker.current_state import CurrentState, Ownership
from stream.worker.metrics import WorkerMetrics
from stream.worker.queues import Queues
from stream.worker.silent_sources import SilentSources
from stream.worker.waiting import Band, Kind, Open, Wait, Waiting

REPOSITORY = Path(__file__).parents[2]
QUEUES = {"sales", "support", "unrouted"}
ALL = frozenset(range(4))
BOARD, LATE, LONGEST, TODAY, TRUST = 1, 2, 4, 5, 6
TILES = range(2, 7)
CONFIG = load_config(REPOSITORY / "config" / "sla.yaml")
CALENDAR = CONFIG.rules().calendar(ALWAYS)


@dataclass
class Worker:
    """The worker's own metrics over waits that a test sets; no Kafka behind them."""

    metrics: WorkerMetrics
    waiting: Waiting = field(default_factory=Waiting)
    owned: frozenset[int] = ALL
    lag: int = 0
    now: int = 0
    at: int | None = None
    """When it is, in milliseconds; None: as it is."""
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

    def shows(self, panel: int) -> dict[str, str]:
        """What the panel reads now, by what is beside it."""
        (query,) = (query for query in wall_queries() if query.panel_id == panel)
        samples = [sample.labels for sample in ask(self.prometheus_url, query.expr)]
        return {
            labels.get("row", labels.get("name", "")): labels["says"]
            for labels in samples
        }

    def await_shown(
        self, panel: int, expected: Callable[[dict[str, str]], bool]
    ) -> dict[str, str]:
        """What the panel reads as soon as a scrape has brought what is expected."""
        until = time.monotonic() + 30
        while not expected(shown := self.shows(panel)):
            assert time.monotonic() < until, f"{panel}: {shown}"
            time.sleep(0.2)
        return shown


def wall_queries() -> list[PanelQuery]:
    wall = json.loads(WALL.read_text(encoding="utf-8"))
    return panel_queries(wall, datetime.now(UTC).astimezone())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    registry = CollectorRegistry()
    worker = Worker(WorkerMetrics(CONFIG, registry))
    ownership = Ownership(
        {"conversations.events": len(ALL)},
        lambda: worker.owned,
        lambda: worker.lag,
        lambda: worker.at or time.time_ns() // 1_000_000,
    )
    registry.register(CurrentState(worker.waiting, ownership, CONFIG, str))
    registry.register(SilentSources(worker.heard, CONFIG, lambda: worker.now))
    registry.register(Queues(CONFIG, lambda: worker.now))
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
    until = time.monotonic() + 60
    while not ask(running.prometheus_url, 'replyclock_lag_records{job="alerts"} > 0'):
        assert time.monotonic() < until, "the alerts process was not scraped"
        time.sleep(0.2)
    # The wall's rules, at their own pace.
    while not running.shows(TODAY):
        assert time.monotonic() < until, "the rules of the wall were not evaluated"
        time.sleep(0.2)
    worker.hold()
    worker.owned, worker.lag, worker.now, worker.at = ALL, 0, 0, None
    worker.heard.clear()
    running.await_shown(TRUST, lambda shown: shown == {"Wall": "live"})
    running.await_shown(BOARD, lambda shown: shown == dict.fromkeys(QUEUES, "clear"))
    return running


def waits(
    place: tuple[str, str],
    started_at: int,
    deadline: int,
    *,
    breached: bool = False,
    calendar: Calendar = CALENDAR,
) -> Open:
    """An open session in which somebody waits for a first reply. Milliseconds."""
    kind = Kind(
        measure=Measure.FIRST_REPLY,
        place=place,
        calendar=calendar,
        breached=breached,
        paused=False,
        resumed=False,
    )
    wait = Wait(
        kind=kind,
        started_at=started_at,
        since=started_at,
        risk_at=deadline,
        deadline=deadline,
    )
    band = Band.BREACHED if breached else Band.OK
    return Open(place, started_at, (wait,), band, deadline)


def waits_now(
    channel: str, queue: str, *, age: float, left: float, breached: bool = False
) -> Open:
    """One that began `age` seconds ago, its deadline `left` ahead."""
    now = time.time_ns() // 1_000_000
    return waits(
        (channel, queue),
        now - int(age * 1000),
        now + int(left * 1000),
        breached=breached,
    )


@pytest.mark.broker
def test_every_panel_answers_when_nothing_happens(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """A worker that has seen no event fills the whole wall, in words."""
    assert main(["--prometheus", site.prometheus_url]) == 0, capsys.readouterr().err
    read = {name: says for panel in TILES for name, says in site.shows(panel).items()}
    assert read == {
        "Late": "none",
        "At risk": "none",
        "Longest": "nobody",
        "Today": "none yet",
        "Wall": "live",
    }


@pytest.mark.broker
def test_waits_are_shown_as_they_are(site: Site) -> None:
    """Counts, the worst lateness and the time left, per queue and in all."""
    site.worker.hold(
        waits_now("whatsapp", "sales", age=4330, left=-4030, breached=True),
        waits_now("whatsapp", "sales", age=100, left=200),
        waits_now("messenger", "support", age=50, left=850),
        Open(("messenger", "support"), 0, ()),
    )
    site.await_shown(LATE, lambda shown: shown == {"Late": "1"})
    assert site.shows(BOARD) == {
        "sales · 2": "late 1 · 1 h 07",
        "support · 1": "14 min",
        "unrouted": "clear",
    }
    assert site.shows(LONGEST) == {"Longest": "1 h 12"}


def instant(day_and_time: str) -> int:
    """Of a week in Budapest, where the offices of config/full.yaml are."""
    local = datetime.fromisoformat(f"2026-11-{day_and_time}:00+01:00")
    return int(local.timestamp() * 1000)


@pytest.mark.broker
def test_monday_morning_is_not_red_for_the_weekend(site: Site) -> None:
    """Who wrote ten minutes before closing has waited ten minutes on Monday at nine."""
    office = load_config(REPOSITORY / "config" / "full.yaml").rules().calendar("office")
    place, times = ("whatsapp", "sales"), (instant("21T13:50"), instant("23T09:05"))
    for at in ("21T20:00", "22T12:00", "23T08:59"):
        site.worker.at = instant(at)
        site.worker.hold(waits(place, *times, calendar=office))
        shown = site.await_shown(BOARD, lambda shown: "sales · 1" in shown)
        assert shown["sales · 1"] == "5 min", at
        assert site.shows(LATE) == {"Late": "none"}
        assert site.shows(LONGEST) == {"Longest": "10 min"}

    site.worker.at = instant("23T09:12")
    site.worker.hold(waits(place, *times, calendar=office, breached=True))
    late = "late 1 · 7 min"
    site.await_shown(BOARD, lambda shown: shown["sales · 1"] == late)
    assert site.shows(LONGEST) == {"Longest": "22 min"}


@pytest.mark.broker
def test_a_part_of_the_truth_is_not_shown_as_a_number(site: Site) -> None:
    """With two of four partitions owned the wall says `partial`, and still answers."""
    waits = [waits_now("whatsapp", "sales", age=9, left=99) for _ in ALL]
    site.worker.hold(*waits)
    site.await_shown(BOARD, lambda shown: "sales · 4" in shown)
    site.worker.owned = frozenset({0, 1})
    site.await_shown(TRUST, lambda shown: shown == {"Wall": "partial"})
    assert site.shows(BOARD) == dict.fromkeys(QUEUES, "partial")
    assert site.shows(LATE) == {"Late": "partial"}
    assert main(["--prometheus", site.prometheus_url]) == 0


@pytest.mark.broker
def test_the_figures_of_a_silent_source_are_stale(site: Site) -> None:
    """Rule 3.6: what is good news there may not be true."""
    site.worker.now += 1_800_000
    site.worker.heard["messenger", "1234567890"] = site.worker.now
    site.await_shown(TRUST, lambda shown: shown == {"Wall": "source silent"})
    clear = dict.fromkeys(QUEUES, "clear")
    assert site.shows(BOARD) == {**clear, "sales": "stale"}


@pytest.mark.broker
def test_records_that_nobody_applies_are_a_delay(site: Site) -> None:
    """A quiet minute with records waiting is at least a minute of delay."""
    site.worker.lag = 12
    site.await_shown(TRUST, lambda shown: shown == {"Wall": "delayed"})


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
    assert "Longest wait, in open time A: no answer" in capsys.readouterr().err


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
