"""`make secrets`: .env into the files that containers read."""

import subprocess
from pathlib import Path

import pytest

from tests.compose.conftest import SECRETS, make_secrets


def test_make_secrets_writes_what_compose_mounts(tmp_path: Path) -> None:
    """A file a secret, for the containers to read, in a folder for nobody else.

    What .env does not say is empty, which is not set; written again it is as .env.
    """
    for token in ("xoxb-1", "xoxb-2"):
        (tmp_path / ".env").write_text(
            f"REPLYCLOCK_SLACK_BOT_TOKEN={token}\nREPLYCLOCK_ID_SECRET='a b'\n"
            "REPLYCLOCK_KAFKA_PASSWORD=\n",
            encoding="utf-8",
        )
        make_secrets(tmp_path)
        files = {file.name: file for file in (tmp_path / ".secrets").iterdir()}
        said = {name: file.read_text().strip() for name, file in files.items()}
        assert said == {
            **dict.fromkeys(SECRETS, ""),
            "slack_bot_token": token,
            "id_secret": "a b",
        }
    assert {file.stat().st_mode & 0o777 for file in files.values()} == {0o644}
    assert (tmp_path / ".secrets").stat().st_mode & 0o777 == 0o700


def test_make_secrets_ends_at_a_line_that_a_shell_reads_otherwise(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A text with spaces and no quotes would be an empty secret, without a word."""
    said = "REPLYCLOCK_WHATSAPP_VERIFY_TOKEN=my own text\nREPLYCLOCK_ID_SECRET=a\n"
    (tmp_path / ".env").write_text(said, encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        make_secrets(tmp_path)
    assert "single quotes" in capfd.readouterr().err
    assert not (tmp_path / ".secrets").exists()


@pytest.mark.parametrize("text", ["hu$h", '"hu$h"', "hu`h`", "'hu'$h", "hu\\h"])
def test_make_secrets_refuses_what_would_be_another_text(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], text: str
) -> None:
    """A shell and Compose expand it; the variable is named, what it holds is not."""
    said = f"# $5, don't\nREPLYCLOCK_ID_SECRET={text}\nREPLYCLOCK_EVENTS_TOKEN='b$a'\n"
    (tmp_path / ".env").write_text(said, encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        make_secrets(tmp_path)
    error = capfd.readouterr().err

    assert "stands in single quotes" in error
    assert "REPLYCLOCK_ID_SECRET" in error
    assert "hu" not in error
    assert "EVENTS" not in error
    assert not (tmp_path / ".secrets").exists()


def test_make_secrets_keeps_what_stands_in_single_quotes(tmp_path: Path) -> None:
    """To the letter; a comment may say what it likes."""
    text = r"a$b`c\d#e"
    (tmp_path / ".env").write_text(
        f"# costs $5, don't\nREPLYCLOCK_ID_SECRET='{text}' # $ is quoted\n", "utf-8"
    )
    make_secrets(tmp_path)

    assert (tmp_path / ".secrets" / "id_secret").read_text("utf-8") == f"{text}\n"
