"""What the processes really export, read from their own registries."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric

from alerts.coverage import Coverage
from alerts.inbox.metrics import InboxMetrics
from alerts.metrics import Metrics as AlertsMetrics
from stream.config import load_config
from stream.intake.metrics import IntakeMetrics
from stream.process.reloading import ReloadMetrics
from stream.worker.current_state import CurrentState, Ownership
from stream.worker.metrics import WorkerMetrics
from stream.worker.queues import Queues
from stream.worker.silent_sources import SilentSources
from stream.worker.waiting import Waiting

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Declared:
    """A metric as Prometheus will know it."""

    name: str
    kind: str
    labels: tuple[str, ...]
    process: str


@pytest.fixture(scope="session")
def declared() -> list[Declared]:
    """Every metric of every process, but Prometheus' own `process_…`."""
    return [
        metric
        for metric in (*_worker(), *_alerts(), *_intake(), *_reloading())
        if metric.name.startswith("replyclock_")
    ]


def _worker() -> Iterator[Declared]:
    config = load_config(REPOSITORY / "config" / "sla.yaml")
    registry = CollectorRegistry()
    WorkerMetrics(config, registry)
    yield from _of_registry(registry, "worker")
    coverage = [*Coverage("facts", 4, lambda: frozenset({0}), dict).collect()]
    ownership = Ownership({"events": 4}, lambda: frozenset({0}), lambda: 0, lambda: 0)
    for family in (
        *CurrentState(Waiting(), ownership, config, str).collect(),
        *SilentSources({}, config, lambda: 0).collect(),
        *Queues(config, lambda: 0).collect(),
    ):
        both = family.name in {shared.name for shared in coverage}
        process = "worker, alerts" if both else "worker"
        yield _declared(family, family._labelnames, process)  # type: ignore[attr-defined]


def _alerts() -> Iterator[Declared]:
    alerts = AlertsMetrics(["ops-slack"]).registry
    InboxMetrics(alerts)
    yield from _of_registry(alerts, "alerts")


def _reloading() -> Iterator[Declared]:
    registry = CollectorRegistry()
    ReloadMetrics(registry).took("", 0)
    yield from _of_registry(registry, "worker, alerts")


def _intake() -> Iterator[Declared]:
    yield from _of_registry(IntakeMetrics().registry, "intake")


def _of_registry(registry: CollectorRegistry, process: str) -> Iterator[Declared]:
    for collector in registry._collector_to_names:
        for family in collector.collect():
            labels = getattr(collector, "_labelnames", ())
            yield _declared(family, labels, process)


def _declared(family: Metric, labels: tuple[str, ...], process: str) -> Declared:
    name = f"{family.name}_total" if family.type == "counter" else family.name
    return Declared(name, family.type, tuple(labels), process)
