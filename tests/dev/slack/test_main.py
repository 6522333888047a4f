import socket

from click.testing import CliRunner

from dev.slack.__main__ import main


def test_help_has_an_example():
    """A person can start it by hand."""
    shown = CliRunner().invoke(main, ["--help"]).output
    assert "Example: python -m dev.slack --port 8095" in shown


def test_a_channel_without_a_name_is_refused():
    """The message shows how to write it; nothing starts."""
    result = CliRunner().invoke(main, ["--channel", "C0SALES"])
    assert result.exit_code == 2
    assert "write ID=NAME" in result.output


def test_a_port_that_is_taken_is_a_line():
    """And no address of a page that is somebody else's."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["--port", str(port)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Error: cannot listen on 127.0.0.1:{port}: try --port\n"
