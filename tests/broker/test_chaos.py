"""Short trials: whatever is killed and frozen, every promise holds (`make chaos`)."""

import pytest

from dev.chaos.schedule import Action, Fault, Schedule, draw
from dev.chaos.trial import run_trial

pytestmark = pytest.mark.broker

SEEDS = (101,)
CLOCKS_AND_REDIS = (
    Action(8, Fault.TERMINATE, "alerts"),
    Action(9, Fault.CLOCK, "worker", 8, by=-20),
    Action(14, Fault.WIPE, "redis"),
    # Kafka refuses records from more than an hour ahead.
    Action(15, Fault.CLOCK, "worker-2", 5, by=26 * 3600),
)
ABORTS = """
import os, sys, threading
from stream.cli import main
if sys.argv[1] == "worker":
    threading.Timer(12, os.abort).start()
main()
"""


def trial_of(*actions: Action, workers: tuple[str, ...] = ("worker",)) -> Schedule:
    """One broker, and nothing drawn."""
    return Schedule(seed=7, workers=workers, length=24, actions=actions)


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_trial(seed, tmp_path):
    """Nothing lost, nothing twice, the final states right; the seed repeats it."""
    schedule = draw(seed, length=24, faults=4)
    assert await run_trial(schedule, tmp_path / "stack") == [], str(schedule)


async def test_clocks_and_redis(tmp_path):
    """A clock that jumps moves no verdict and no date; a wiped Redis loses no alert."""
    schedule = trial_of(*CLOCKS_AND_REDIS, workers=("worker", "worker-2"))
    assert await run_trial(schedule, tmp_path / "stack") == []


MISSED = {
    "wall": (
        [Action(9, Fault.CLOCK, "worker", 8, by=1800)],
        "differ from replay",
    ),
    "elsewhere": ([Action(9, Fault.WIPE, "redis")], "is not answered"),
    "lookup": (
        # Restarted: a process knows what it posted itself.
        [Action(11, Fault.TERMINATE, "alerts"), Action(16, Fault.WIPE, "redis")],
        "posted twice",
    ),
}


@pytest.mark.parametrize("mend", sorted(MISSED))
async def test_a_mend_is_missed(mend, tmp_path):
    """With the clock believed at once, or what Redis lost not read or looked for."""
    actions, says = MISSED[mend]
    program, stack = ("-m", "dev.chaos.weakened", mend), tmp_path / "stack"
    found = await run_trial(trial_of(*actions), stack, program=program, settle=20)
    assert any(says in fault for fault in found), found


async def test_a_crash_in_c_is_named_with_its_dump(tmp_path):
    """Whoever aborts is started again, and every promise holds; it is a fault."""
    (tmp_path / "aborts.py").write_text(ABORTS)
    program = ("-m", "aborts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(tmp_path))
        found = await run_trial(
            trial_of(), tmp_path / "stack", program=program, settle=20
        )
    assert any("status -6" in fault and "core dump: /" in fault for fault in found), (
        found
    )
