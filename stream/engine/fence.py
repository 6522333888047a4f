"""The fence: a static member that Kafka has replaced ends, and does not come back.

Whoever joins with a static member's id takes its place at once. The process that had
it hears so in the next answer of the group's coordinator: "unknown member". aiokafka
would join again as a newcomer, with the same id, and so replace the one that replaced
it, and so on for ever. Kafka's own client ends there, and so do we. The same answer
comes after a silence longer than the session timeout; who is right, a process cannot
know.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import NodeNotReadyError, NoError, UnknownMemberIdError
from aiokafka.protocol.commit import OffsetCommitRequest
from aiokafka.protocol.group import (
    HeartbeatRequest,
    JoinGroupRequest,
    SyncGroupRequest,
)

from stream.engine.guard import EngineError
from stream.engine.lease import Lease

_FENCED_INSTANCE_ID = 82  # aiokafka has no name for it
_REPLACED = (UnknownMemberIdError.errno, _FENCED_INSTANCE_ID)
_REFUSED_S = 1.0


class MemberFencedError(EngineError):
    """Kafka does not count this process as its member any more."""

    def __init__(self, member_id: str) -> None:
        super().__init__(
            f"we are not the member {member_id} any more: another process joined with"
            " this REPLYCLOCK_MEMBER_ID, or we were silent for longer than"
            " REPLYCLOCK_SESSION_TIMEOUT"
        )


def fence_by(lease: Lease, client: AIOKafkaClient, fenced: Callable[[], None]) -> None:
    """End the lease and call `fenced`, once, when Kafka has replaced this member.

    `client` is that of the consumer; `fenced` is called in its thread.
    """
    send = client.send
    joined = ended = False

    def end() -> None:
        nonlocal ended
        if not ended:
            ended = True
            fenced()
            lease.end()

    async def fencing(node_id: int, request: Any, **options: Any) -> Any:
        nonlocal joined
        joins = isinstance(request, JoinGroupRequest)
        if joins and joined and not request._member_id:  # noqa: SLF001 - listed in guard.py
            end()
            await asyncio.sleep(_REFUSED_S)  # aiokafka asks again at once
            raise NodeNotReadyError("we do not join a second time")
        answer = await send(node_id, request, **options)
        if any(code in _REPLACED for code in _codes(request, answer)):
            end()
        joined = joined or (joins and answer.error_code == NoError.errno)
        return answer

    client.send = fencing


def _codes(request: Any, answer: Any) -> Iterable[int]:
    """Errors of the answers that depend on being a member."""
    match request:
        case HeartbeatRequest() | JoinGroupRequest() | SyncGroupRequest():
            yield answer.error_code
        case OffsetCommitRequest():
            for _, partitions in answer.topics:
                yield from (code for _, code in partitions)
        case _:
            pass
