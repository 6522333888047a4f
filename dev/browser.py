"""Chromium without a window, driven as a person would: looked at, clicked, typed into.

Over its DevTools protocol (chromedevtools.github.io/devtools-protocol), which is JSON
over a websocket: a few commands are all that a test of a page needs.
"""

import asyncio
import base64
import json
import subprocess
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from dev.chromium import CHROMIUM
from dev.faults import StackError

PATIENCE_S = 20.0
_TRIES = 3


class Page:
    """One page. What is waited for is given twenty seconds, then `TimeoutError`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)

    async def says(self, words: str, selector: str = "body") -> None:
        """Wait until `words` are in the element."""
        found = f"document.querySelector({json.dumps(selector)})"
        await self.until(f"{found} && {found}.innerText.includes({json.dumps(words)})")

    async def lacks(self, words: str, selector: str = "body") -> None:
        """Wait until they are not, or no longer."""
        found = f"document.querySelector({json.dumps(selector)})"
        await self.until(f"{found} && !{found}.innerText.includes({json.dumps(words)})")

    async def click(self, selector: str) -> None:
        """Press the mouse in the middle of it."""
        found = f"document.querySelector({json.dumps(selector)})"
        x, y = await self.until(
            f"{found} && (({{x, y, width, height}}) => [x + width / 2, y + height / 2])"
            f"(({found}.scrollIntoView(), {found}.getBoundingClientRect()))"
        )
        for kind in ("mousePressed", "mouseReleased"):
            where = {"x": x, "y": y, "button": "left", "clickCount": 1}
            await self._call("Input.dispatchMouseEvent", type=kind, **where)

    async def type(self, selector: str, text: str) -> None:
        """Click into it and type; a line's end is the return key."""
        await self.click(selector)
        await self._call("Input.insertText", text=text.rstrip("\n"))
        if text.endswith("\n"):
            for kind in ("keyDown", "keyUp"):
                key = {"key": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
                await self._call("Input.dispatchKeyEvent", type=kind, **key)

    async def choose(self, selector: str, value: str) -> None:
        """Choose the option with this value: its list is drawn by no page."""
        found = f"document.querySelector({json.dumps(selector)})"
        await self.until(
            f"{found} && (({found}.value = {json.dumps(value)}),"
            f" {found}.dispatchEvent(new Event('change', {{bubbles: true}})))"
        )

    async def evaluate(self, expression: str) -> Any:
        """The value of the JavaScript, or what its promise comes to.

        Raises `RuntimeError` with what it throws.
        """
        async with asyncio.timeout(PATIENCE_S):
            answer = await self._call(
                "Runtime.evaluate",
                expression=expression,
                returnByValue=True,
                awaitPromise=True,
            )
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["result"].get("description", answer["result"]))
        return answer["result"].get("value")

    async def resize(self, width: int, height: int) -> None:
        """Show the page in a window of this size, in pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1}
        await self._call("Emulation.setDeviceMetricsOverride", **size, mobile=False)

    async def take_picture(self, file: Path) -> None:
        """Write the page into `file`, a PNG: as wide as the window, to its end."""
        layout = await self._call("Page.getLayoutMetrics")
        answer = await self._call(
            "Page.captureScreenshot",
            clip={**layout["cssContentSize"], "scale": 1},
            captureBeyondViewport=True,
        )
        await asyncio.to_thread(file.write_bytes, base64.b64decode(answer["data"]))

    async def until(self, expression: str) -> Any:
        """Wait until the JavaScript comes to something true: its value."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                answer = await self._call(
                    "Runtime.evaluate", expression=expression, returnByValue=True
                )
                if value := answer["result"].get("value"):
                    return value
                await asyncio.sleep(0.05)

    async def _call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while True:
            said: dict[str, Any] = await self._socket.receive_json()
            if said.get("id") == number:
                result: dict[str, Any] = said["result"]
                return result


@asynccontextmanager
async def browsing(url: str) -> AsyncIterator[Page]:
    """The page at `url`, in a Chromium of its own."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process, port = await _start(url, Path(folder))
        try:
            async with aiohttp.ClientSession() as session:
                address = f"http://127.0.0.1:{port}/json/list"
                async with session.get(address) as answer:
                    pages = await answer.json()
                [found] = [each for each in pages if each["type"] == "page"]
                socket_url = found["webSocketDebuggerUrl"]
                async with session.ws_connect(socket_url, max_msg_size=0) as socket:
                    yield Page(socket)
        finally:
            process.kill()
            await process.wait()


async def _start(url: str, folder: Path) -> tuple[Process, int]:
    """A Chromium, and its port. Now and then one does not come up: then another.

    Raises `StackError` where none of `_TRIES` does.
    """
    for number in range(_TRIES):
        profile = folder / str(number)
        options = ("--remote-debugging-port=0", f"--user-data-dir={profile}")
        process = await asyncio.create_subprocess_exec(
            *(*CHROMIUM, *options, "--window-size=1400,900", url),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port = None
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    port = await _port(process, profile / "DevToolsActivePort")
        finally:  # also when whoever waits for it is told to stop
            if port is None and process.returncode is None:
                process.kill()
        if port is not None:
            return process, port
        await process.wait()
    raise StackError(f"{CHROMIUM[0]} does not start: tried {_TRIES} times")


async def _port(process: Process, file: Path) -> int | None:
    """The first line of a file that it writes; None when it ends before."""
    while process.returncode is None:
        if written := await asyncio.to_thread(_read, file):
            return int(written.split()[0])
        await asyncio.sleep(0.05)
    return None


def _read(file: Path) -> str:
    return file.read_text("utf-8") if file.exists() else ""
