"""What the demo plays: the simulator's traffic, climbs, a storm, and matters."""

import time

from dev.demo.climbs import add_climbs
from dev.demo.matters import add_matters
from dev.demo.pressing import PRESSES
from dev.demo.storm import add_storm
from stream.simulator.characters import CAST
from stream.simulator.play import Play, write_play
from stream.sla.policy import Rules

SALES, SUPPORT = "whatsapp:106540352242922", "messenger:1234567890"
"""Of which accounts the demo's own conversations are customers."""


def write_traffic(
    rules: Rules, rate: int, seed: int, seconds: int, *, first: int = 0
) -> Play:
    """Traffic that begins soon, and not before it is written: else again, later."""
    lead = 1500 + seconds * rate // 20
    while True:
        start = _now() + lead
        play = write_play(
            rules,
            seed=seed,
            start=start,
            seconds=seconds,
            rate=rate,
            first=first,
            cast=CAST,
        )
        add_climbs(play, SALES, start, first)
        add_storm(play, SALES, start, first)
        add_matters(play, (SALES, SUPPORT), start, first)
        play.truth.escalated -= len(PRESSES)
        late = _now() - play.deliveries[0].at
        if late < 0:
            return play
        lead = 2 * (lead + late)


def _now() -> int:
    return time.time_ns() // 1_000_000
