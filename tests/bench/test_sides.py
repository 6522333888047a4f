from dataclasses import replace
from pathlib import Path

import pytest

from bench import sides
from bench.sides import OURS, QUIX, STOCK
from dev.places import REPOSITORY


@pytest.mark.parametrize(
    ("side", "group", "changelog"),
    [
        (OURS, "p.replyclock-worker", "p.replyclock-worker-conversations-changelog"),
        (STOCK, "p.stock-faust", "p.stock-faust-conversations-changelog"),
        (
            QUIX,
            "p.quix-streams",
            "changelog__p.quix-streams--p.conversations.events--default",
        ),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_names_follow_from_the_prefix(side: sides.Side, group: str, changelog: str):
    """Quix Streams has the prefix twice in its changelog's name, and not in front."""
    assert (side.group_of("p."), side.changelog_of("p.")) == (group, changelog)


def test_a_bench_runs_without_quix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A peer whose environment was not made is left out; the others stay."""
    absent = replace(QUIX, python=tmp_path / "python")
    present = replace(QUIX, python=tmp_path)

    monkeypatch.setattr(sides, "PEERS", (STOCK, absent))
    assert sides.installed_sides() == [OURS, STOCK]
    monkeypatch.setattr(sides, "PEERS", (STOCK, present))
    assert sides.installed_sides() == [OURS, STOCK, present]


def test_targets_are_those_that_were_promised():
    """Stock Faust at least 15 times, Quix Streams at least 2 times."""
    assert (STOCK.target, QUIX.target) == (15, 2)


def test_quix_is_no_part_of_the_product():
    """Only the bench's own lock has Quix Streams, with the hashes of its files."""
    locks = REPOSITORY.glob("requirements*.lock")
    with_quix = [lock.name for lock in locks if "quixstreams==" in lock.read_text()]
    assert with_quix == ["requirements-bench.lock"]
    assert "--hash=" in (REPOSITORY / "requirements-bench.lock").read_text("utf-8")
