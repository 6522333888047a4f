"""The doors: import-linter is red where a room imports other than its door says."""

import grimp
import pytest

from dev.doors import DoorsContract

DOOR = '"""A room.\n\nMay import: {may}.\nMust never know: {never}.\n"""\n'


@pytest.fixture
def faults(tmp_path, monkeypatch):
    """Builds a house of rooms {name: (may, never, code)}; what the contract finds."""

    def build(rooms):
        # Another name each time: what Python has imported once, it remembers.
        name = f"house_{abs(hash(str(tmp_path)))}"
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        for room, (may, never, code) in rooms.items():
            folder = tmp_path / name / room
            folder.mkdir()
            (folder / "__init__.py").write_text(DOOR.format(may=may, never=never))
            (folder / "work.py").write_text(code.replace("HOUSE", name))
        monkeypatch.syspath_prepend(tmp_path)
        graph = grimp.build_graph(name, include_external_packages=True, cache_dir=None)
        contract = DoorsContract("doors", {}, {"house": name, "beside": []})
        check = contract.check(graph, verbose=False)
        assert check.kept is not bool(check.metadata["faults"])
        return [fault.replace(name, "HOUSE") for fault in check.metadata["faults"]]

    return build


NOTHING = ("nothing of ours", "Faust", "")


def test_a_house_as_its_doors_say(faults):
    """What is said and done alike is no fault."""
    code = "from HOUSE.low import work\n"
    assert faults({"low": NOTHING, "high": ("low", "a clock", code)}) == []


def test_an_arrow_that_no_door_says(faults):
    """The line to look at is named."""
    code = "from HOUSE.low import work\n"
    assert faults({"low": NOTHING, "high": ("nothing of ours", "Faust", code)}) == [
        "HOUSE.high.work imports HOUSE.low.work: HOUSE.high may not import low"
    ]


def test_an_arrow_that_is_no_more(faults):
    """A door says no more than is so."""
    assert faults({"low": NOTHING, "high": ("low", "Faust", "")}) == [
        "HOUSE.high: says that it may import low, and does not"
    ]


def test_the_world_stays_outside(faults):
    """Whatever a word stands for."""
    assert faults({"low": ("nothing of ours", "logs, a clock", "import time\n")}) == [
        "HOUSE.low.work imports time: HOUSE.low must never know a clock"
    ]


def test_a_word_that_stands_for_nothing(faults):
    """A sentence that cannot be held is no sentence."""
    (fault,) = faults({"low": ("nothing of ours", "the weather", "")})
    assert fault == "HOUSE.low: no such word: the weather"


def test_a_door_without_its_sentences(faults):
    """Each room says both."""
    (fault,) = faults({"low": ("what it needs. Or not", "Faust", "")})
    assert "May import" in fault
