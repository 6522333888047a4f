"""Pictures of a running demo for the README: Slack's page, and the dashboards."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

from dev.chromium import take_picture
from dev.demo.rules import LEADS_CHANNEL, STORM_CHANNEL, WEBSITE_CHANNEL
from dev.wall.answers import answers_to
from dev.wall.canvas import canvas
from grafana.queries import FOLDER

CHANNELS = (WEBSITE_CHANNEL, STORM_CHANNEL, LEADS_CHANNEL)
"""Where what people do with alerts is seen."""


def take_pictures(folder: Path, slack_page: str, prometheus: str) -> None:
    """Write `slack.png` and a picture of each dashboard into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    page = f"{slack_page}?channel={','.join(CHANNELS)}"
    take_picture(page, folder / "slack.png", "1400,900")
    asyncio.run(_take_dashboards(folder, prometheus))


async def _take_dashboards(folder: Path, prometheus: str) -> None:
    now = datetime.now(UTC)
    async with canvas() as drawing:
        for file in sorted(FOLDER.glob("*.json")):
            dashboard = json.loads(file.read_text("utf-8"))
            await drawing.draw(dashboard, answers_to(dashboard, prometheus, now))
            await drawing.take_picture(folder / f"{file.stem}.png")
