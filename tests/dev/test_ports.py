import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from dev.ports import is_listening, reserve_port


def test_a_server_gets_its_reserved_port():
    """A server that sets SO_REUSEADDR, as servers do, binds the port at once."""
    port = reserve_port()
    with socket.create_server(("127.0.0.1", port)):
        assert is_listening(port)
    assert not is_listening(port)


def test_a_reserved_port_is_refused_to_others():
    """Another's plain bind fails, so no second stack chooses the port."""
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", reserve_port()))


def test_ports_reserved_at_once_differ():
    """Many stacks may start at the same moment."""
    with ThreadPoolExecutor(8) as threads:
        ports = list(threads.map(lambda _: reserve_port(), range(200)))
    assert len(set(ports)) == 200


def test_no_port_is_one_that_clients_are_given():
    """A client that dials a dead server never becomes that server itself."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as limits:  # noqa: PTH123  procfs
        first = int(limits.read().split()[0])
    assert max(reserve_port() for _ in range(20)) < first
