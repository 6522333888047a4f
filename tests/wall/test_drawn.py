"""The order in which Grafana's own libraries put the rows of the board."""

import json
import random
from collections.abc import Sequence

import pytest

from dev.wall.canvas import canvas
from dev.wall.drawn import Panel
from dev.wall.faults import unreadable
from grafana.queries import WALL

Row = tuple[dict[str, str], float]

pytestmark = pytest.mark.broker


BOARD = 1


def row(value: float, queue: str, says: str, number: str = "") -> Row:
    return {"queue": queue, "row": queue + number, "says": says}, value


def answers(rows: Sequence[Row]) -> dict[str, object]:
    """To what the board asks; nothing to the others."""
    series = [{"metric": labels, "value": [0, value]} for labels, value in rows]
    return {"from": 0, "to": 1, "answers": {BOARD: {"A": series}}}


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


def drawn(board: Panel) -> tuple[list[str], list[str]]:
    """What is read at the left of the rows, and at their right, from above."""
    texts = sorted(board.texts, key=lambda text: text.box.top)
    names, values = (
        [text.text for text in texts if text.role == role] for role in ("name", "value")
    )
    return names, values


WIDEST = (
    ("partner-accounts · 3355", "late 1840 · 26 h 05"),
    ("partne…counts · muted", "late 1840 · 26 h 05"),
    ("customer…ss-emea · 12", "at risk 12 · 26 h 05"),
    ("mammoth-programm · 12", "closed · 167 h 05"),
)


async def test_the_widest_rows_fit() -> None:
    """Twelve of them and what is left: none is cut, none wraps into the next.

    A hundred at risk with ten hours left in a queue of sixteen letters would be.
    """
    wall = json.loads(WALL.read_text(encoding="utf-8"))
    rows: list[Row] = [
        ({"queue": f"q{n:02}", "row": name, "says": says}, n)
        for n, (name, says) in enumerate(WIDEST * 3)
    ]
    rows.append(({"row": "and 188 more", "says": "less urgent"}, 2_000_000_000))
    async with canvas() as drawing:
        (board, *_) = await drawing.draw(wall, answers(rows))
    assert [*unreadable([board])] == []
    assert [*zip(*drawn(board), strict=True)] == [
        (labels["row"], labels["says"]) for labels, _ in rows
    ]


async def test_the_widest_figures_fit() -> None:
    """Beside their names."""
    widest = {
        2: ("Late", "12345"),
        3: ("At risk", "12345"),
        4: ("Longest", "167 h 05"),
        5: ("Today", "99.4 under 99.5 %"),
        6: ("Wall", "source silent"),
    }
    told = {
        panel: {"A": [{"metric": {"name": name, "says": says}, "value": [0, 1]}]}
        for panel, (name, says) in widest.items()
    }
    wall = json.loads(WALL.read_text(encoding="utf-8"))
    async with canvas() as drawing:
        asked = {"from": 0, "to": 1, "answers": told}
        (_, *tiles) = await drawing.draw(wall, asked)
    assert [*unreadable(tiles)] == []
    for tile in tiles:
        name, says = (text for text in tile.texts if text.role in {"name", "value"})
        assert (name.text, says.text) == widest[tile.id]
        assert name.box.right < says.box.left, tile.id


async def test_rows_are_drawn_by_urgency_then_by_name() -> None:
    """Whatever order Prometheus answers in: a quiet queue does not jump about."""
    wall = json.loads(WALL.read_text(encoding="utf-8"))
    expected = [(str(row["row"]), str(row["says"])) for row, _ in IN_ORDER]
    async with canvas() as drawing:
        for seed in range(3):
            shuffled = random.Random(seed).sample(IN_ORDER, len(IN_ORDER))  # noqa: S311
            (board, *_) = await drawing.draw(wall, answers(shuffled))
            assert [*zip(*drawn(board), strict=True)] == expected
