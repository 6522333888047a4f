"""Chromium without a window: a picture of a page, or what became of it."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

CHROMIUM = (
    *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking", "--disable-sync"),
    *("--disable-component-update", "--hide-scrollbars"),
)


def take_picture(url: str, file: Path, size: str) -> None:
    """Write the page at `url` into `file`, in a window of `size` (`1400,900`)."""
    _run(url, size, f"--screenshot={file}")


def read_page(url: str, size: str) -> str:
    """The page's HTML after its scripts have run."""
    return _run(url, size, "--dump-dom").decode()


def _run(url: str, size: str, *asked: str) -> bytes:
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        where = (f"--window-size={size}", f"--user-data-dir={profile}")
        return subprocess.run(
            [*CHROMIUM, *where, *asked, "--virtual-time-budget=3000", url],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=True,
        ).stdout
