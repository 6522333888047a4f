"""The wire: what was sent into a cut arrives later, as with a pulled cable."""

import socket
import subprocess
import sys

import pytest

_SAYS = """
import socket, sys, time
peer = socket.create_connection((sys.argv[1], int(sys.argv[2])))
for word in sys.stdin:
    peer.sendall(word.encode())
    print("sent", flush=True)
"""


@pytest.fixture
def caller(wire):
    """A process behind the wire that sends us lines, and our end of it."""
    with socket.create_server(("0.0.0.0", 0)) as server:  # noqa: S104  the wire's, too
        port = str(server.getsockname()[1])
        command = [sys.executable, "-c", _SAYS, wire.here, port]
        with subprocess.Popen(
            wire.behind(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            peer, (address, _) = server.accept()
            assert address == wire.there
            with peer:
                yield process, peer
            process.kill()


def say(process: subprocess.Popen[bytes], word: bytes) -> None:
    process.stdin.write(word + b"\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"sent\n"


def test_a_cut_holds_back(wire, caller):
    """Sent means given to the kernel: it arrives when the wire is mended."""
    process, peer = caller
    say(process, b"one")
    assert peer.recv(10) == b"one\n"
    wire.cut()
    say(process, b"two")
    peer.settimeout(1)
    with pytest.raises(TimeoutError):
        peer.recv(10)
    wire.mend()
    peer.settimeout(10)
    assert peer.recv(10) == b"two\n"


@pytest.mark.usefixtures("caller")
def test_what_is_taken_up_is_gone_though_somebody_is_behind_it(wire):
    """The next wire of the same process has the same name and address."""
    show = ["ip", "address", "show", "to", wire.here]
    assert subprocess.run(show, capture_output=True, check=True).stdout
    wire.take_up()

    assert not subprocess.run(show, capture_output=True, check=True).stdout
