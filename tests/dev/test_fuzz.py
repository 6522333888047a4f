"""The fuzz: damaged bodies that really differ, and demands that a fault breaks."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from dev.fuzz.__main__ import read_seeds
from dev.fuzz.damage import damaged
from dev.fuzz.demands import SOURCES, BrokenDemandError, check_body, check_row
from stream.channels import whatsapp
from tests.bodies import asked, on_the_wire


def test_a_seed_is_a_row_of_bodies_and_some_still_say_something() -> None:
    """The same damage each time, thousands of different bodies, all answered."""
    seeds = read_seeds(Path("nowhere"))["whatsapp"]

    def row(seed: int) -> list[bytes]:
        random = Random(seed)  # noqa: S311  trials, not secrets
        return [damaged(seeds, random) for _ in range(500)]

    bodies = row(1)
    assert bodies == row(1) != row(2)
    assert len({*bodies}) > 450
    parsed = [found for body in bodies if (found := check_body("whatsapp", body))]
    check_row(parsed)
    assert sum(len(each.events) for each in parsed) > 50


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"account": "1"}, "an account from nowhere"),
        ({"message_id": "1"}, "a message from nowhere"),
        ({"event_id": ""}, "Expected `str` of length >= 1"),
    ],
)
def test_an_event_that_is_not_in_the_body_is_found(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], fault: str
) -> None:
    """A parser that invents something, or writes what nobody can read."""
    import msgspec.structs  # noqa: PLC0415

    def invents(body: object, **about: object) -> object:
        parsed = whatsapp.parse(body, **about)  # type: ignore[arg-type]
        events = tuple(msgspec.structs.replace(e, **changed) for e in parsed.events)
        return replace(parsed, events=events)

    monkeypatch.setitem(SOURCES, "whatsapp", invents)
    with pytest.raises((BrokenDemandError, ValueError), match=fault):
        check_body("whatsapp", on_the_wire(asked()))
