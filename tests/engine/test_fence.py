"""The fence: replaced once is replaced for good."""

from types import SimpleNamespace

import pytest
from aiokafka.errors import NodeNotReadyError, UnknownMemberIdError
from aiokafka.protocol.commit import OffsetCommitRequest
from aiokafka.protocol.group import (
    HeartbeatRequest,
    JoinGroupRequest,
    SyncGroupRequest,
)

from stream.engine import fence
from stream.engine.client import put_between
from stream.engine.fence import Fence
from stream.engine.lease import Lease

FENCED_INSTANCE = 82
HEARTBEAT = HeartbeatRequest("group", 1, "one-1")
SYNC = SyncGroupRequest("group", 1, "one-1", "one", [])
COMMIT = OffsetCommitRequest("group", 1, "one-1", -1, [])


def join(member_id: str) -> JoinGroupRequest:
    return JoinGroupRequest("group", 10, 30, member_id, "one", "consumer", [])


class Kafka:
    """A client whose coordinator answers with `error_code`; a clock that stands."""

    def __init__(self):
        self.error_code = 0
        self.sent = []
        self.fenced = 0
        self.lease = Lease(10, lambda: 100.0)
        self.lease.renew(100)
        put_between(self, [Fence(self.lease, self.count)])

    def count(self):
        self.fenced += 1

    async def send(self, _node_id, request, **_options):
        self.sent.append(request)
        topics = [("events", [(0, 0), (1, self.error_code)])]
        return SimpleNamespace(error_code=self.error_code, topics=topics)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(fence, "_REFUSED_S", 0)


@pytest.mark.parametrize(
    "request_", [HEARTBEAT, SYNC, COMMIT, join("one-1")], ids=lambda r: type(r).__name__
)
@pytest.mark.parametrize("code", [UnknownMemberIdError.errno, FENCED_INSTANCE])
async def test_a_replaced_member_writes_no_more(request_, code):
    """Whatever the coordinator is asked, its answer ends the lease; told once."""
    kafka = Kafka()
    await kafka.send(0, request_)
    assert kafka.lease.holds()
    kafka.error_code = code
    await kafka.send(0, request_)
    await kafka.send(0, request_)
    assert not kafka.lease.holds()
    assert kafka.fenced == 1


async def test_it_does_not_come_back():
    """A newcomer once; a rebalance joins with the id that Kafka gave."""
    kafka = Kafka()
    await kafka.send(0, join(""))
    await kafka.send(0, join("one-1"))
    assert kafka.fenced == 0
    with pytest.raises(NodeNotReadyError):
        await kafka.send(0, join(""))
    assert kafka.fenced == 1
    assert len(kafka.sent) == 2


async def test_a_first_try_may_fail():
    """Before it was a member it asks as often as needed."""
    kafka = Kafka()
    kafka.error_code = 15  # no coordinator yet
    await kafka.send(0, join(""))
    await kafka.send(0, join(""))
    assert kafka.fenced == 0
