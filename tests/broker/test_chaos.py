"""Short trials: whatever is killed and frozen, every promise holds (`make chaos`)."""

import pytest

from dev.chaos.schedule import draw
from dev.chaos.trial import run_trial

pytestmark = pytest.mark.broker

SEEDS = (101, 102, 103)


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_trial(seed, tmp_path):
    """Nothing lost, nothing twice, the final states right; the seed repeats it."""
    schedule = draw(seed, length=24, faults=4)
    assert await run_trial(schedule, tmp_path / "stack") == [], str(schedule)
