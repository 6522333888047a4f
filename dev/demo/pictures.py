"""Pictures of a running demo for the README: Slack's page, and the wall's preview."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from dev.chromium import take_picture
from dev.demo.rules import LEADS_CHANNEL, STORM_CHANNEL, WEBSITE_CHANNEL
from dev.places import REPOSITORY

CHANNELS = (WEBSITE_CHANNEL, STORM_CHANNEL, LEADS_CHANNEL)
"""Where what people do with alerts is seen."""


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
        take_picture(wall.as_uri(), folder / "wall.png", "1920,1080")
    page = f"{slack_page}?channel={','.join(CHANNELS)}"
    take_picture(page, folder / "slack.png", "1400,900")
