"""The order in which Grafana's own libraries put the rows of the board."""

import json
import random

import pytest

from dev.wall.canvas import canvas
from grafana.queries import WALL

Row = tuple[dict[str, str], float]

pytestmark = pytest.mark.broker


BOARD = 1


def row(value: float, queue: str, says: str, number: str = "") -> Row:
    return {"queue": queue, "row": queue + number, "says": says}, value


IN_ORDER = [
    row(-1_000_000_000, "a-partner", "stale"),
    row(-1_000_000_000, "b-partner", "stale"),
    row(-3905, "complaints", "late 5 · 1 h 05", " · 8"),
    row(-61, "sales", "late 2 · 1 min", " · 17"),
    row(9, "vip", "at risk 1 · 9 s", " · 2"),
    row(100, "billing", "1 min", " · 4"),
    row(100, "claims", "1 min", " · 10"),
    row(1_000_000_000, "a-quiet", "clear"),
    row(1_000_000_000, "b-quiet", "clear"),
    row(1_000_000_000, "c-quiet", "clear"),
    row(2_000_000_000, "", "less urgent", "and 3 more"),
]


async def test_rows_are_drawn_by_urgency_then_by_name() -> None:
    """Whatever order Prometheus answers in: a quiet queue does not jump about."""
    wall = json.loads(WALL.read_text(encoding="utf-8"))
    expected = [(str(row["row"]), str(row["says"])) for row, _ in IN_ORDER]
    async with canvas() as drawing:
        for seed in range(3):
            shuffled = random.Random(seed).sample(IN_ORDER, len(IN_ORDER))  # noqa: S311
            series = [{"metric": row, "value": [0, value]} for row, value in shuffled]
            answers = {"from": 0, "to": 1, "answers": {BOARD: {"A": series}}}
            (board, *_) = await drawing.draw(wall, answers)
            read = [text for text in board.texts if text.role in {"name", "value"}]
            read.sort(key=lambda text: (text.tile, text.box.left))
            texts = [text.text for text in read]
            assert [*zip(texts[::2], texts[1::2], strict=True)] == expected
