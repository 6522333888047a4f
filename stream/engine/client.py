"""What stands between aiokafka's clients and Kafka, in one list each.

A request passes these from the top down, its answer from the bottom up:

    the consumer's            the producer's
    ─────────────────         ──────────────────────────────────
    Fence     (static)        leased       a write waits for a lease
    renewing  a lease is      the socket   a last look; TCP_USER_TIMEOUT
      counted from here
    Kafka                     Kafka

The fence stands above the renewal: it must see the answer that ends a member, whoever
renewed by it. Commits are signed on the consumer itself, before they become requests.
"""

import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import NodeNotReadyError
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from stream.engine.lease import ON_THE_WAY_S, Layer, Lease, Send


def put_between(client: AIOKafkaClient, layers: Sequence[Layer]) -> None:
    """Let each request of `client` pass `layers`, the first of them first."""
    send = client.send

    async def passing(node_id: int, request: Any, **options: Any) -> Any:
        async def on(number: int) -> Any:
            if number == len(layers):
                return await send(node_id, request, **options)
            return await layers[number](request, lambda: on(number + 1))

        return await on(0)

    client.send = passing


def sign_commits(consumer: Any, note: Callable[[], str]) -> None:
    """Let the commits of this `AIOKafkaConsumer` carry `note()` as metadata."""
    commit = consumer.commit

    async def signed(offsets: Mapping[TopicPartition, OffsetAndMetadata]) -> None:
        text = note()
        await commit(
            {tp: OffsetAndMetadata(at.offset, text) for tp, at in offsets.items()}
        )

    consumer.commit = signed


def write_under(lease: Lease, client: AIOKafkaClient) -> None:
    """Let this producer's client send no record without a lease."""

    async def leased(request: Any, send: Send) -> Any:
        if isinstance(request, ProduceRequest):
            await lease.proven()
        return await send()

    put_between(client, [leased])
    connect = client._get_conn  # noqa: SLF001 - listed in guard.py

    async def bounded(node_id: int, **options: Any) -> Any:
        connection = await connect(node_id, **options)
        if connection is not None and "send" not in vars(connection):
            _bound(lease, connection)
        return connection

    client._get_conn = bounded  # noqa: SLF001


def _bound(lease: Lease, connection: Any) -> None:
    """Let neither this connection nor the kernel behind it write without a lease."""
    send = connection.send

    def last_look(request: Any, **options: Any) -> Any:
        # To connect took its time, and `leased` had looked before.
        if isinstance(request, ProduceRequest) and not lease.holds():
            raise NodeNotReadyError("no lease any more: asked again by a new try")
        return send(request, **options)

    connection.send = last_look
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        connection._writer.get_extra_info("socket").setsockopt(  # noqa: SLF001
            socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(ON_THE_WAY_S * 1000)
        )
