"""Free ports that stay free until the server that is to have them has started."""

import random
import socket

from dev.faults import StackError

_RANGE = range(15_000, 30_000)
"""Below Linux's ephemeral ports: a client that dials a server which is down cannot
be given the very port it dials, connect to itself, and keep the server out."""


def reserve_port() -> int:
    """A port of 127.0.0.1 that no other caller gets in the next minute.

    One connection is made and closed from the server's side. That leaves the port in
    TIME_WAIT: a plain bind, like the one here, is refused, so two stacks that start at
    the same moment never choose the same one. A server that sets SO_REUSEADDR, as
    they all do, gets it, since the reserving socket set it too, after its own bind.
    """
    for port in random.sample(_RANGE, 200):
        with socket.socket() as server:
            try:
                server.bind(("127.0.0.1", port))
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.listen(1)
            except OSError:
                continue
            with socket.create_connection(("127.0.0.1", port)) as client:
                server.accept()[0].close()
                client.recv(1)
            return port
    raise StackError("no free port between 15000 and 30000 on 127.0.0.1")


def is_listening(port: int) -> bool:
    """Whether somebody accepts connections on this port of 127.0.0.1."""
    with socket.socket() as client:
        client.settimeout(0.5)
        return client.connect_ex(("127.0.0.1", port)) == 0
