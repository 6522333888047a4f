"""Pictures of a running demo for the README: Slack's page, and the wall's preview."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from dev.places import REPOSITORY

_CHROMIUM = (
    *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking", "--disable-sync"),
    *("--disable-component-update", "--hide-scrollbars"),
)


def take_pictures(folder: Path, slack_page: str, prometheus: str) -> None:
    """Write `slack.png` and `wall.png` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as work:
        wall = Path(work) / "wall.html"
        preview = [sys.executable, "-m", "grafana.preview", "--prometheus", prometheus]
        drawn = subprocess.run(
            preview, cwd=REPOSITORY, stdout=subprocess.PIPE, check=True
        )
        wall.write_bytes(drawn.stdout)
        _shoot(wall.as_uri(), folder / "wall.png", "1920,1080", Path(work) / "a")
        _shoot(slack_page, folder / "slack.png", "1400,900", Path(work) / "b")


def _shoot(url: str, file: Path, size: str, profile: Path) -> None:
    asked = [
        f"--window-size={size}",
        f"--screenshot={file}",
        f"--user-data-dir={profile}",
    ]
    subprocess.run(
        [*_CHROMIUM, *asked, "--virtual-time-budget=3000", url],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=60,
        check=True,
    )
