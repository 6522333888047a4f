"""A cluster of three brokers, each of them a controller, too."""

from pathlib import Path

from dev.kafka import Kafka
from dev.ports import reserve_port

_NODES = (1, 2, 3)


def cluster(folder: Path, wire: str = "") -> list[Kafka]:
    """`kafka-1`, `kafka-2`, `kafka-3`; two of them must run for any to be ready.

    `wire`: our address for those behind a wire, where there is one.
    """
    controllers = [reserve_port() for _ in _NODES]
    return [
        Kafka(
            name=f"kafka-{node}",
            folder=folder / f"kafka-{node}",
            port=reserve_port(),
            controller_port=controllers[node - 1],
            node=node,
            controllers=controllers,
            wire=f"{wire}:{reserve_port()}" if wire else "",
        )
        for node in _NODES
    ]
