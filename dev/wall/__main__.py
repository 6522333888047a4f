"""`python -m dev.wall`: a picture of a dashboard, as Grafana draws it."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from dev.faults import StackError
from dev.wall.answers import answers_to
from dev.wall.canvas import FULL_HD, canvas
from dev.wall.faults import unreadable
from dev.wall.recorded import recorded
from dev.wall.situations import SITUATIONS
from grafana.answers import QueryFailedError
from grafana.queries import UnknownVariableError


class _Size(click.ParamType):
    name = "WIDTHxHEIGHT"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> object:
        if not isinstance(value, str):
            return value
        try:
            width, height = map(int, value.split("x"))
        except ValueError:
            self.fail(f"{value!r} is no size: write 1920x1080", param, ctx)
        return width, height


@click.command()
@click.argument(
    "dashboard", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--prometheus", metavar="URL", help="Who is asked.")
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The PNG file to write of what Prometheus answers.",
)
@click.option(
    "--situations",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder for a picture of each situation of dev/wall/situations.py instead;"
    " prints what cannot be read there.",
)
@click.option(
    "--size", type=_Size(), default=FULL_HD, help="Of the window.  [default: 1920x1080]"
)
def main(
    dashboard: Path,
    prometheus: str | None,
    picture: Path | None,
    situations: Path | None,
    size: tuple[int, int],
) -> None:
    """Draw DASHBOARD, a file of classic JSON, as Grafana would.

    Example: python -m dev.wall grafana/dashboards/ReplyClock/wall.json
    --prometheus http://127.0.0.1:9090 --picture wall.png

    Example: python -m dev.wall grafana/dashboards/ReplyClock/wall.json
    --situations pictures
    """
    read = json.loads(dashboard.read_text("utf-8"))
    try:
        if situations:
            situations.mkdir(parents=True, exist_ok=True)
            asyncio.run(_draw_situations(read, situations, size))
        elif prometheus and picture:
            asyncio.run(_draw(read, prometheus, picture, size))
        else:
            raise click.UsageError("give --prometheus and --picture, or --situations")
    except (StackError, QueryFailedError, UnknownVariableError) as error:
        raise click.ClickException(str(error)) from error


async def _draw(
    dashboard: Mapping[str, Any], prometheus: str, picture: Path, size: tuple[int, int]
) -> None:
    answers = answers_to(dashboard, prometheus, datetime.now(UTC))
    async with canvas() as drawing:
        await drawing.draw(dashboard, answers, size)
        await drawing.take_picture(picture)


async def _draw_situations(
    dashboard: Mapping[str, Any], folder: Path, size: tuple[int, int]
) -> None:
    with TemporaryDirectory() as work, recorded(Path(work)) as url:
        async with canvas() as drawing:
            for name, situation in SITUATIONS.items():
                answers = answers_to(dashboard, url, situation.at)
                panels = await drawing.draw(dashboard, answers, size)
                await drawing.take_picture(folder / f"{name.replace(' ', '-')}.png")
                for fault in unreadable(panels):
                    click.echo(f"{name}: {fault}")


if __name__ == "__main__":
    main(prog_name="python -m dev.wall")
