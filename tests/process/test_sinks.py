"""Addresses and secrets of sinks, as the environment has them."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from stream.cli import main
from stream.process.sinks import UnsetError, WrongSinkError, access

SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
CONFIG = """\
version: 1
policies: [{name: all, targets: {first_reply: 5m}}]
queues: {sales: {link: "https://desk.example/{customer}"}}
alerts:
  routes: [{to: desk}]
  receivers:
    desk: {webhook: {url_from: DESK}, fallback: {to: ops}}
    ops: {slack: {channel: C0OPS}}
"""
DESK = {
    "REPLYCLOCK_SINK_DESK": "https://hush-1@desk.example/hush-2",
    "REPLYCLOCK_SINK_DESK_SECRET": SECRET,
}


def test_a_webhook_has_an_address_and_a_secret() -> None:
    """Neither is in what a log would show of it."""
    found = access("webhook:DESK", DESK)

    assert found.url == "https://hush-1@desk.example/hush-2"
    assert found.secrets == (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",)
    assert "hush" not in repr(found)


def test_both_can_be_files(tmp_path: Path) -> None:
    """Two secrets while one is changed for another."""
    url, secret = tmp_path / "url", tmp_path / "secret"
    url.write_text("https://desk.example/\n", encoding="utf-8")
    secret.write_text(f"{SECRET} {SECRET}\n", encoding="utf-8")
    found = access(
        "webhook:DESK",
        {
            "REPLYCLOCK_SINK_DESK_FILE": str(url),
            "REPLYCLOCK_SINK_DESK_SECRET_FILE": str(secret),
        },
    )

    assert found.url == "https://desk.example/"
    assert len(found.secrets) == 2


def test_others_need_no_secret() -> None:
    """Of Apprise not even an http address."""
    for place, url in (("alertmanager:X", "http://x:9093"), ("apprise:X", "ntfy://x")):
        assert access(place, {"REPLYCLOCK_SINK_X": url}).url == url


@pytest.mark.parametrize("name", [*DESK])
def test_what_is_not_set_is_named(name: str) -> None:
    """An empty variable is not set."""
    with pytest.raises(UnsetError, match=f"^{name} is not set here$"):
        access("webhook:DESK", DESK | {name: " "})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"REPLYCLOCK_SINK_DESK": "hush"}, "REPLYCLOCK_SINK_DESK is no address"),
        ({"REPLYCLOCK_SINK_DESK": "ftp://x/hush"}, "is no address"),
        ({"REPLYCLOCK_SINK_DESK": "https://x:hush/"}, "is no address"),
        ({"REPLYCLOCK_SINK_DESK": "https:///hush"}, "is no address"),
        ({"REPLYCLOCK_SINK_DESK": "https://x/hush hush"}, "is no address"),
        ({"REPLYCLOCK_SINK_DESK_SECRET": "hush"}, "_SECRET must be whsec_"),
        ({"REPLYCLOCK_SINK_DESK_SECRET": "whsec_aHVzaA=="}, "24 to 64 bytes"),
        ({"REPLYCLOCK_SINK_DESK_SECRET": "whsec_hush!"}, "24 to 64 bytes"),
        ({"REPLYCLOCK_SINK_DESK_FILE": "/hush"}, "are both set"),
    ],
)
def test_what_cannot_be_used_is_not_shown(changed: dict[str, str], said: str) -> None:
    """The variable is named, its value is not."""
    with pytest.raises(WrongSinkError, match=said) as raised:
        access("webhook:DESK", DESK | changed)

    assert "hush" not in f"{raised.value} {raised.value.__cause__}"


def check(tmp_path: Path, **environment: str) -> tuple[int, str]:
    file = tmp_path / "sla.yaml"
    file.write_text(CONFIG, encoding="utf-8")
    env = dict.fromkeys(DESK, "") | environment
    result = CliRunner().invoke(main, ["check", str(file)], env=env)
    return result.exit_code, result.output.replace(f"{tmp_path}/", "")


def test_check_says_where_it_is_named(tmp_path: Path) -> None:
    """Not set here is a warning: the rules may be checked where nothing is sent."""
    status, said = check(tmp_path)

    assert status == 0
    assert (
        "sla.yaml:7:22: warning: alerts.receivers.desk.webhook.url_from:"
        " REPLYCLOCK_SINK_DESK is not set here" in said
    )


def test_check_refuses_what_cannot_be_used(tmp_path: Path) -> None:
    """A wrong secret is a fault, and is not shown."""
    status, said = check(tmp_path, **(DESK | {"REPLYCLOCK_SINK_DESK_SECRET": "hush"}))

    assert status == 1
    assert "REPLYCLOCK_SINK_DESK_SECRET must be whsec_" in said
    assert "hush" not in said
    assert check(tmp_path, **DESK)[0] == 0
