"""A Chromium that does not come up."""

import shlex

import pytest

from dev import browser
from dev.chromium import CHROMIUM
from dev.faults import StackError

pytestmark = pytest.mark.broker
PAGE = "data:text/html,<h1>there</h1>"


def lame(folder, then):
    """A Chromium that ends at once the first time, and does `then` from then on."""
    script = folder / "chromium"
    script.write_text(
        f"#!/bin/sh\nset -e\ncd {folder}\nmkdir been 2>/dev/null || {then}\nexit 1\n"
    )
    script.chmod(0o755)
    return (str(script),)


async def test_another_one_is_started(tmp_path, monkeypatch):
    """Who ends before it listens is followed by another."""
    real = f'exec {shlex.join(CHROMIUM)} "$@"'
    monkeypatch.setattr(browser, "CHROMIUM", lame(tmp_path, real))

    async with browser.browsing(PAGE) as page:
        await page.says("there")


async def test_in_the_end_it_is_said(tmp_path, monkeypatch):
    """Three of them, and no more."""
    monkeypatch.setattr(browser, "CHROMIUM", lame(tmp_path, "exit 1"))

    with pytest.raises(StackError, match="does not start: tried 3 times"):
        async with browser.browsing(PAGE):
            pass
