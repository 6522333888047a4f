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
