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

from aiokafka.errors import NodeNotReadyError, NoError, UnknownMemberIdError
from aiokafka.protocol.commit import OffsetCommitRequest
from aiokafka.protocol.group import (
    HeartbeatRequest,
    JoinGroupRequest,
    SyncGroupRequest,
)

from stream.engine.guard import EngineError
from stream.engine.lease import Lease, Send

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


class Fence:
    """Ends the lease and calls `fenced`, once, when Kafka has replaced this member.

    A layer of the consumer's client (`client.py`); `fenced` is called in its thread.
    """

    def __init__(self, lease: Lease, fenced: Callable[[], None]) -> None:
        self._lease = lease
        self._fenced = fenced
        self._joined = self._ended = False

    async def __call__(self, request: Any, send: Send) -> Any:
        joins = isinstance(request, JoinGroupRequest)
        if joins and self._joined and not request._member_id:  # noqa: SLF001 - listed in guard.py
            self._end()
            await asyncio.sleep(_REFUSED_S)  # aiokafka asks again at once
            raise NodeNotReadyError("we do not join a second time")
        answer = await send()
        if any(code in _REPLACED for code in _codes(request, answer)):
            self._end()
        self._joined |= joins and answer.error_code == NoError.errno
        return answer

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._fenced()
            self._lease.end()


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
