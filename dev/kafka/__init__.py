"""A Kafka broker in KRaft mode: broker and controller in one process.

One by itself, or one of a cluster; `dev.kafka.secure` has one with listeners that
ask who is there.
"""

import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dev.faults import StackError
from dev.kafka.jars import classes_file, fetch_jars, jars_folder
from dev.service import Spawn

_CLUSTER = "4L6g3nShT-eMCtK--X86sw"
_JAVA = [
    "java",
    # The broker shares few cores with what is measured and lives for minutes: the
    # second compiler doubles the CPU time of the start and never earns it back.
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",  # or a killed JVM leaves a file in the temporary folder
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
]
_PROPERTIES = """\
node.id={node}
process.roles=broker,controller
controller.quorum.voters={voters}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}{wire}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}{advertised_wire}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,WIRE:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/data
auto.create.topics.enable=false
offsets.topic.replication.factor={brokers}
offsets.topic.num.partitions=4
transaction.state.log.replication.factor={brokers}
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=6000
broker.heartbeat.interval.ms=1000
group.min.session.timeout.ms=1000
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kafka:
    folder: Path
    port: int
    controller_port: int
    name: str = "kafka"
    node: int = 1
    controllers: Sequence[int] = ()
    """The controllers' ports of all nodes of the cluster, in their order."""
    wire: str = ""
    """host:port that it tells those behind a `dev.wire.Wire`, where there is one."""

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def _temporary(self) -> Path:
        return self.folder / "tmp"

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    def prepare(self, spawn: Spawn) -> None:
        """Fetch the jars if need be, format the data folder as KRaft demands."""
        fetch_jars(spawn)
        self._temporary.mkdir(parents=True, exist_ok=True)
        self._properties.write_text(self._settings())
        java = self._java("-Xmx128m")
        tool = ["kafka.tools.StorageTool", "format", "--cluster-id", _CLUSTER]
        options = ["--config", str(self._properties), *self._format_options()]
        status = spawn([*java, *tool, *options]).wait()
        if status:
            raise StackError(f"kafka: formatting {self.folder} ended with {status}")

    def command(self) -> list[str]:
        heap = "-Xmx256m" if self.controllers else "-Xmx512m"
        return [*self._java(heap), "kafka.Kafka", str(self._properties)]

    def _settings(self) -> str:
        """The text of server.properties."""
        controllers = self.controllers or (self.controller_port,)
        wire_port = self.wire.rpartition(":")[2]
        return _PROPERTIES.format(
            node=self.node,
            voters=",".join(
                f"{node}@127.0.0.1:{port}" for node, port in enumerate(controllers, 1)
            ),
            brokers=len(controllers),
            port=self.port,
            controller_port=self.controller_port,
            folder=self.folder,
            # An address that goes with the cut could not be bound again.
            wire=f",WIRE://0.0.0.0:{wire_port}" if self.wire else "",
            advertised_wire=f",WIRE://{self.wire}" if self.wire else "",
        )

    def _format_options(self) -> list[str]:
        return []

    def is_ready(self) -> bool:
        """Whether the broker answers an ApiVersions request.

        It does so only after the controller let it in, not from the moment on when
        the port accepts connections.
        """
        # length | ApiVersions, version 0, correlation id 1, no client id
        request = struct.pack(">ihhih", 10, 18, 0, 1, -1)
        try:
            with socket.create_connection(("127.0.0.1", self.port), 0.5) as broker:
                broker.sendall(request)
                answer = broker.recv(10, socket.MSG_WAITALL)
        except OSError:
            return False
        # length | correlation id, error code
        return len(answer) == 10 and answer[4:] == struct.pack(">ih", 1, 0)  # noqa: PLR2004  bytes

    def _java(self, *options: str) -> list[str]:
        # Compression libraries unpack themselves there: not where others write.
        own = [*options, f"-Djava.io.tmpdir={self._temporary}"]
        if (classes := classes_file()).exists():
            own += [f"-XX:SharedArchiveFile={classes}", "-Xlog:disable"]
        return [*_JAVA, *own, "-cp", f"{jars_folder()}/*"]
