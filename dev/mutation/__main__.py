"""`make mutate`: a sample of mutants of `stream/sla`, and which nobody noticed."""

import argparse
import sys
from collections import Counter
from pathlib import Path

# What the trials share is loaded once, before they fork; the rules are not.
import hypothesis
import msgspec
import pytest

from dev.mutation.mutants import Mutant, sample
from dev.mutation.trial import Outcome, trial

_LOADED = (hypothesis, msgspec, pytest)

_PATIENCE = 2
"""Times the CPU time of the code as it is, before a mutant is endless."""

RULES = Path("stream/sla")
HOURS = "tests/sla/test_opening_hours.py"
TESTS = (
    "tests/scenarios",
    *sorted(
        str(path)
        for path in Path("tests/sla").glob("test_*.py")
        if path.name not in {"test_opening_hours.py", "test_simulator_oracle.py"}
    ),
    "tests/worker/test_table.py",
    "tests/backtest",
    "tests/worker/test_metrics.py",
    "tests/worker/test_waiting.py",
    "tests/sla/test_simulator_oracle.py",
)


def tests_of(mutant: Mutant) -> tuple[str, ...]:
    """Those that could notice, quick ones first."""
    if mutant.module.stem in {"opening_hours", "hours"}:
        return ("tests/scenarios", HOURS)
    return TESTS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="1/1", help="2/3: the second third")
    asked = parser.parse_args()
    part, parts = (int(number) for number in asked.part.split("/"))
    mutants = sample(sorted(RULES.glob("*.py")), asked.count, asked.seed)
    unharmed = trial(None, (*TESTS, HOURS))
    if unharmed.outcome is not Outcome.SURVIVED:
        sys.exit("the tests fail without any mutant")
    limit = _PATIENCE * unharmed.cpu_seconds
    tried, noticed = Counter[str](), Counter[str]()
    for number, mutant in enumerate(mutants):
        if number % parts != part - 1:
            continue
        outcome, _ = trial(mutant, tests_of(mutant), limit)
        name = mutant.module.stem
        tried[name] += 1
        noticed[name] += outcome is not Outcome.SURVIVED
        print(number, outcome, mutant.module, mutant.operator, mutant.occurrence)
        sys.stdout.flush()
    for name, count in sorted(tried.items()):
        print(f"{name:<16}{noticed[name]:>5} of {count}")
    share = noticed.total() / tried.total()
    print(f"noticed {noticed.total()} of {tried.total()}: {share:.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
