"""The bench of stores needs a package that the product does not have."""

from click.testing import CliRunner

from bench import stores


def test_without_rocksdict_it_says_what_to_install(monkeypatch):
    """A line that can be followed, and nothing is started."""
    monkeypatch.setattr(stores, "find_spec", lambda _name: None)

    done = CliRunner().invoke(stores.main)

    assert done.exit_code == 1
    assert done.output == (
        "Error: rocksdict is not installed: .venv/bin/pip install rocksdict\n"
    )
