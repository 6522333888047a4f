"""What the wall says is what is so: read from the drawing, compared with the truth."""

import pytest

from dev.wall.drawn import Panel
from dev.wall.situations import SITUATIONS, Queue

pytestmark = pytest.mark.broker


def read(panels: list[Panel]) -> dict[str, str]:
    """What stands beside each name, anywhere on the wall."""
    texts = [text for panel in panels for text in panel.texts if text.role != "title"]
    names, values = texts[::2], texts[1::2]
    assert {text.role for text in names} == {"name"}
    assert {text.role for text in values} == {"value"}
    pairs = zip(names, values, strict=True)
    return {name.text: value.text for name, value in pairs}


def told(seconds: float) -> str:
    """A time as the wall says it, in whole minutes."""
    hours, rest = divmod(int(seconds), 3_600)
    if hours:
        return f"{hours} h {rest // 60:02}"
    return f"{rest // 60} min" if rest >= 60 else f"{rest} s"


def row(name: str, queue: Queue) -> tuple[str, str]:
    waiting = queue.ok + queue.at_risk + queue.breached
    left = f"{name} · {waiting}" if waiting else name
    if queue.breached:
        return left, f"late {queue.breached} · {told(queue.lateness or 0)}"
    if queue.at_risk:
        return left, f"at risk {queue.at_risk} · {told(queue.next_breach or 0)}"
    return left, told(queue.next_breach) if queue.next_breach else "clear"


@pytest.mark.parametrize("situation", ["busy", "eight queues", "26-hour waits"])
def test_every_number_on_the_wall_is_true(
    walls: dict[str, list[Panel]], situation: str
) -> None:
    """Who waits, how late, how long; in time of all that was decided today."""
    queues = SITUATIONS[situation].queues
    said = read(walls[situation])
    level, _, objective = said.pop("Today").partition(" of ")
    said.pop("Wall")

    met = sum(queue.met for queue in queues.values())
    decided = met + sum(queue.broken for queue in queues.values())
    assert float(level) == pytest.approx(100 * met / decided, abs=0.1)
    assert objective == "90 %"
    assert said == {
        **dict(row(name, queue) for name, queue in queues.items()),
        "Late": str(sum(queue.breached for queue in queues.values())),
        "At risk": str(sum(queue.at_risk for queue in queues.values())),
        "Longest": told(max(queue.longest or 0 for queue in queues.values())),
    }
