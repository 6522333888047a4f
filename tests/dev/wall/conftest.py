"""One Prometheus and one Chromium for all drawings of a session."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest

from dev.wall import drawn
from dev.wall.answers import answers_to
from dev.wall.canvas import FULL_HD, Canvas, canvas
from dev.wall.recorded import recorded
from dev.wall.situations import SITUATIONS
from grafana.queries import FOLDER

Dashboard = dict[str, Any]
Panel = dict[str, Any]


def committed(name: str) -> Dashboard:
    """The dashboard as its file is."""
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    loaded: Dashboard = json.loads(text)
    return loaded


class Studio:
    def __init__(
        self, runner: asyncio.Runner, drawing: Canvas, prometheus_url: str
    ) -> None:
        self._runner = runner
        self._canvas = drawing
        self._prometheus_url = prometheus_url

    def draw(
        self, dashboard: Dashboard, situation: str, size: tuple[int, int] = FULL_HD
    ) -> list[drawn.Panel]:
        """The dashboard in a situation."""
        at = SITUATIONS[situation].at
        answers = answers_to(dashboard, self._prometheus_url, at)
        return self.draw_answers(dashboard, answers, size)

    def draw_answers(
        self,
        dashboard: Dashboard,
        answers: Mapping[str, Any],
        size: tuple[int, int] = FULL_HD,
    ) -> list[drawn.Panel]:
        """The dashboard with what some Prometheus answered."""
        return self._runner.run(self._canvas.draw(dashboard, answers, size))


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("situations")
    with ExitStack() as stack:
        url = stack.enter_context(recorded(folder))
        # A loop of its own: the one of pytest-asyncio stays as it is.
        runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        stack.enter_context(runner)
        opened = canvas()
        drawing = runner.run(opened.__aenter__())  # type: ignore[arg-type]
        stack.callback(lambda: runner.run(opened.__aexit__(None, None, None)))  # type: ignore[arg-type]
        yield Studio(runner, drawing, url)


@pytest.fixture(scope="session")
def walls(studio: Studio) -> dict[str, list[drawn.Panel]]:
    """The committed wall in every situation."""
    began = time.monotonic()
    wall = committed("wall")
    walls = {situation: studio.draw(wall, situation) for situation in SITUATIONS}
    took = time.monotonic() - began
    print(f"{len(walls)} walls in {took:.1f} s")  # noqa: T201  what it costs
    return walls
