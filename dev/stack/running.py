"""`Stack`: the services of one stack, from the start to the stop."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from dev.alertmanager import Alertmanager
from dev.faults import StackError, StoppedError
from dev.kafka import Kafka
from dev.kafka.cluster import cluster
from dev.kafka.secure import SecureKafka
from dev.packages import preflight
from dev.ports import reserve_port
from dev.processes import Processes
from dev.prometheus import Prometheus
from dev.redis import Redis
from dev.service import Running, Service
from dev.slack.service import SlackService
from dev.stack.folder import claim, log_file

SERVICES = ("kafka", "redis", "prometheus", "alertmanager", "slack")
OTHER_KAFKAS = ("kafka-cluster", "kafka-secure")
"""Started only when named. The cluster's brokers are kafka-1, kafka-2, kafka-3."""


class Stack:
    """Running services. Leave the `with` block, or call `stop`, to end them."""

    def __init__(self, folder: Path, services: Iterable[Service]) -> None:
        """For `Stack.start`, which also starts them."""
        self.folder = folder
        self.processes = Processes()
        """Start a process of your own here and it ends with the stack."""
        self._running = {
            service.name: Running(service, self.log_file(service.name), self.processes)
            for service in services
        }
        self._lock: IO[str] | None = None

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        services: Iterable[str] = SERVICES,
        prometheus_targets: Mapping[str, str] | None = None,
        scrape_interval: str = "1s",
        wire: str = "",
        on_progress: Callable[[str], None] = lambda _line: None,
    ) -> Self:
        """Start the services side by side; returns when every one is ready.

        Empties `folder` first. `prometheus_targets` maps a scrape job to host:port.
        `wire` is our address on a `dev.wire.Wire`: Kafka serves those behind it, too.
        Raises `StackError`, with nothing left running, when any does not start.
        """
        wanted = tuple(dict.fromkeys(services))
        existing = (*SERVICES, *OTHER_KAFKAS)
        unknown = [name for name in wanted if name not in existing]
        if unknown:
            known = ", ".join(existing)
            raise StackError(f"no service {unknown[0]!r}: there are {known}")
        preflight(wanted)
        folder = folder.absolute()
        lock = claim(folder)
        stack = cls(
            folder,
            _build(folder, wanted, prometheus_targets or {}, scrape_interval, wire),
        )
        stack._lock = lock
        try:
            stack._start_all(on_progress)
        except BaseException:
            stack.stop()
            raise
        return stack

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End everything at once: what a stack holds is thrown away anyway."""
        self.processes.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @property
    def broker(self) -> str:
        """Of the one broker, or of all of the cluster, separated by commas."""
        return ",".join(kafka.address for kafka in self._kafkas())

    @property
    def wired_broker(self) -> str:
        """The same for those behind the wire."""
        return ",".join(kafka.wire for kafka in self._kafkas())

    def _kafkas(self) -> list[Kafka]:
        names = [name for name in self.names if name.startswith("kafka")]
        services = [self._get(name).service for name in names or ["kafka"]]
        return [service for service in services if isinstance(service, Kafka)]

    @property
    def secure_kafka(self) -> SecureKafka:
        """The ways into `kafka-secure`."""
        kafka = self._get("kafka-secure").service
        assert isinstance(kafka, SecureKafka)
        return kafka

    @property
    def redis_url(self) -> str:
        return self.address("redis")

    @property
    def prometheus_url(self) -> str:
        return self.address("prometheus")

    @property
    def alertmanager_url(self) -> str:
        return self.address("alertmanager")

    @property
    def slack_page_url(self) -> str:
        return self.address("slack")

    @property
    def slack_url(self) -> str:
        """The API's address, as `slack_sdk` wants its `base_url`."""
        return self.slack_page_url + "api/"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._running)

    def address(self, service: str) -> str:
        return self._get(service).service.address

    def pid(self, service: str) -> int | None:
        """The process id of a service; None while it is down."""
        return self._get(service).pid

    def kill(self, service: str) -> None:
        """End one service as a crash would; its data stays."""
        self._get(service).kill()

    def restart(self, service: str) -> float:
        """Stop one service in order if it runs, start it on the same port and data.

        Returns when it is ready: the seconds from its new start until then.
        """
        running = self._get(service)
        running.stop()
        return running.start()

    def scrape(self, targets: Mapping[str, str]) -> None:
        """Let Prometheus scrape these (job -> host:port) instead of what it did."""
        prometheus = self._get("prometheus").service
        assert isinstance(prometheus, Prometheus)
        prometheus.scrape(targets)

    def logs(self, service: str) -> str:
        """All that the service has written."""
        return self._get(service).log.read_text("utf-8", "replace")

    def log_file(self, name: str) -> Path:
        """The log of a service, or of a process of your own."""
        return log_file(self.folder, name)

    def _get(self, service: str) -> Running:
        try:
            return self._running[service]
        except KeyError:
            raise StackError(f"{service} is not part of this stack") from None

    def _start_all(self, on_progress: Callable[[str], None]) -> None:
        with ThreadPoolExecutor(max_workers=len(self._running)) as threads:
            starts = {
                threads.submit(running.start): name
                for name, running in self._running.items()
            }
            try:
                for start in as_completed(starts):
                    took = start.result()
                    on_progress(f"{starts[start]} is ready after {took:.1f} s")
            except BaseException:
                # The other threads wait for servers that are never to be ready.
                self.processes.close()
                _await(starts)
                raise


def _await(starts: Iterable[Future[float]]) -> None:
    for start in starts:
        with suppress(StackError, StoppedError):
            start.result()


def _build(
    folder: Path,
    wanted: tuple[str, ...],
    targets: Mapping[str, str],
    scrape_interval: str,
    wire: str,
) -> list[Service]:
    ports = {name: reserve_port() for name in wanted}
    built: list[Service] = []
    for name in wanted:
        own, port = folder / name, ports[name]
        match name:
            case "kafka":
                kafka = Kafka(folder=own, port=port, controller_port=reserve_port())
                wired = f"{wire}:{reserve_port()}" if wire else ""
                built.append(replace(kafka, wire=wired))
            case "kafka-cluster":
                built += cluster(folder, wire)
            case "kafka-secure":
                built.append(SecureKafka.on_free_ports(own, port))
            case "redis":
                built.append(Redis(folder=own, port=port))
            case "prometheus":
                alertmanager = ports.get("alertmanager")
                built.append(
                    Prometheus(
                        folder=own,
                        port=port,
                        targets=targets,
                        alertmanager=f"127.0.0.1:{alertmanager}"
                        if alertmanager
                        else None,
                        scrape_interval=scrape_interval,
                    )
                )
            case "alertmanager":
                built.append(Alertmanager(folder=own, port=port))
            case _:
                built.append(SlackService(folder=own, port=port))
    return built
