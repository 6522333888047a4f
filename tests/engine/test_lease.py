"""The lease: always over before another worker may own what was ours."""

import asyncio
import socket
from types import SimpleNamespace

import pytest
from aiokafka.errors import (
    IllegalGenerationError,
    NodeNotReadyError,
    RebalanceInProgressError,
)
from aiokafka.protocol.group import HeartbeatRequest, SyncGroupRequest
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.protocol.produce import ProduceRequest

from stream.engine.client import put_between, write_under
from stream.engine.lease import Lease, OwnershipLostError, renewing

SESSION = 10.0
ON_THE_WAY = 3.0
"""The kernel gives up after so long."""
HEARTBEAT = HeartbeatRequest("group", 1, "me")
SYNC = SyncGroupRequest("group", 1, "me", "me", [])
PRODUCE = ProduceRequest(required_acks=-1, timeout=1, topics=[], transactional_id=None)


class Connection:
    """What aiokafka has for each broker."""

    def __init__(self, sent):
        self.options = {}
        self._writer = self
        self._sent = sent

    def get_extra_info(self, name):
        assert name == "socket"
        return self

    def setsockopt(self, *option):
        self.options[option[:-1]] = option[-1]

    def send(self, request, **_options):
        self._sent.append(request)


class Kafka:
    """A client that answers after `takes` seconds of a clock of its own."""

    def __init__(self, error_code=0, takes=0.0):
        self.time = 100.0
        self.error_code = error_code
        self.takes = takes
        self.sent = []
        self.lease = Lease(SESSION, lambda: self.time)

        self.connection = Connection(self.sent)

    async def _get_conn(self, _node_id, **_options):
        return self.connection

    async def send(self, _node_id, request, **_options):
        self.sent.append(request)
        self.time += self.takes
        return SimpleNamespace(error_code=self.error_code)


async def test_before_joining_nothing_is_ours():
    """A lease does not hold before the group has given us partitions."""
    assert not Kafka().lease.holds()


@pytest.mark.parametrize("request_", [SYNC, HEARTBEAT], ids=["sync", "heartbeat"])
async def test_counted_from_the_question(request_):
    """The answer's delay does not lengthen the lease."""
    kafka = Kafka(takes=4)
    put_between(kafka, [renewing(kafka.lease)])
    await kafka.send(0, request_)
    kafka.time = 100 + SESSION - ON_THE_WAY - 0.1
    assert kafka.lease.holds()
    kafka.time = 100 + SESSION - ON_THE_WAY
    assert not kafka.lease.holds()


async def test_heartbeat_of_a_rebalance_renews():
    """During a rebalance we are a member, and what is in hand may be written."""
    kafka = Kafka(error_code=RebalanceInProgressError.errno)
    put_between(kafka, [renewing(kafka.lease)])
    await kafka.send(0, HEARTBEAT)
    assert kafka.lease.holds()


@pytest.mark.parametrize(
    ("request_", "error_code"),
    [
        (HEARTBEAT, IllegalGenerationError.errno),
        (SYNC, RebalanceInProgressError.errno),
        (MetadataRequest([]), 0),
    ],
    ids=["not a member", "not synced", "another question"],
)
async def test_other_answers_prove_nothing(request_, error_code):
    """Only a member's heartbeat and a successful join renew."""
    kafka = Kafka(error_code=error_code)
    put_between(kafka, [renewing(kafka.lease)])
    await kafka.send(0, request_)
    assert not kafka.lease.holds()


async def test_a_rebalance_that_lasts_ends_it():
    """Heartbeats do not keep what the group gives away without us."""
    kafka = Kafka(error_code=RebalanceInProgressError.errno)
    put_between(kafka, [renewing(kafka.lease)])
    kafka.lease.leave_within(24)
    kafka.time += 24
    await kafka.send(0, HEARTBEAT)
    assert not kafka.lease.holds()
    kafka.error_code = 0
    await kafka.send(0, SYNC)
    assert kafka.lease.holds()


async def test_a_write_waits_for_the_lease():
    """What is written while a heartbeat is due goes out once it was answered."""
    kafka = Kafka()
    lease = kafka.lease
    write_under(lease, kafka)
    writing = asyncio.create_task(kafka.send(0, PRODUCE))
    await asyncio.sleep(0)
    assert kafka.sent == []
    lease.renew(kafka.time)
    await writing
    assert kafka.sent == [PRODUCE]


async def test_a_write_without_a_lease_fails_once_the_group_moved_on():
    """After a stop longer than the session nothing is sent; other requests are."""
    kafka = Kafka()
    write_under(kafka.lease, kafka)
    kafka.lease.joined(kafka.time)
    kafka.time += SESSION
    kafka.lease.leave_within(24)
    with pytest.raises(OwnershipLostError):
        await kafka.send(0, PRODUCE)
    await kafka.send(0, HEARTBEAT)
    assert kafka.sent == [HEARTBEAT]


async def test_a_connection_looks_once_more():
    """Connecting took longer than the lease: nothing is written, a new try asks."""
    kafka = Kafka()
    write_under(kafka.lease, kafka)
    kafka.lease.renew(kafka.time)
    connection = await kafka._get_conn(0)
    connection.send(PRODUCE)
    kafka.time += SESSION
    connection = await kafka._get_conn(0)
    with pytest.raises(NodeNotReadyError):
        connection.send(PRODUCE)
    connection.send(HEARTBEAT)
    assert kafka.sent == [PRODUCE, HEARTBEAT]


async def test_the_kernel_gives_up_within_the_lease():
    """What was sent into a cut is thrown away before others may own (RFC 5482)."""
    kafka = Kafka()
    write_under(kafka.lease, kafka)
    await kafka._get_conn(0)
    option = (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert kafka.connection.options == {option: ON_THE_WAY * 1000}
