"""One Chromium in which any number of dashboards are drawn, one after the other."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from dev.browser import Page, browsing
from dev.packages import preflight
from dev.ports import reserve_port
from dev.wall.drawn import Panel, panels_of
from dev.wall.page_folder import ICONS, ensure_page

FULL_HD = (1920, 1080)
"""A TV, and most desks."""


class Canvas:
    def __init__(self, page: Page) -> None:
        self._page = page

    async def draw(
        self,
        dashboard: Mapping[str, Any],
        answers: Mapping[str, Any],
        size: tuple[int, int] = FULL_HD,
    ) -> list[Panel]:
        """Draw it in a window of `size`; what can be read there, panel by panel.

        As if one had scrolled to its end: Grafana draws no row that is out of sight.
        """
        width, height = size
        await self._page.resize(width, height)
        drawing = f"draw({json.dumps(dashboard)}, {json.dumps(answers)})"
        drawn = await self._page.evaluate(drawing)
        await self._page.resize(width, max(height, drawn))
        await self._page.evaluate("still()")
        return panels_of(await self._page.evaluate("measure()"))

    async def take_picture(self, file: Path) -> None:
        """Write what was drawn last into `file`, a PNG, to its end."""
        await self._page.take_picture(file)


@asynccontextmanager
async def canvas() -> AsyncIterator[Canvas]:
    """Raises `StackError` when the page cannot be made on this machine."""
    preflight([], also=["chromium"])
    async with _served(ensure_page()) as address, browsing(address) as page:
        await page.until("window.draw && true")
        yield Canvas(page)


@asynccontextmanager
async def _served(folder: Path) -> AsyncIterator[str]:
    """The page's address. Grafana fetches its icons, which a page of a file may not."""
    app = web.Application()
    app.router.add_static("/public/build/img/icons", folder / ICONS)
    app.router.add_static("/out", folder / "out")
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    port = reserve_port()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{port}/out/index.html"
    finally:
        await runner.cleanup()
